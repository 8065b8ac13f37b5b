// Joins pairs of TCP connections inside the kernel: what one of a pair brings goes out by the other, and never comes up to
// the program that made them. For the data path of a proxy.
import { hashMap, SK, skSkb, sockHash, struct, u32, u64 } from "@typebpf/dsl";

const MAX_CONNECTIONS = 65_536;

/** A connection of this host by its ports. */
const Ends = struct("ends", { local: u32, remote: u32 });
/** The other one of a pair, and how much has gone there. */
const Joined = struct("joined", { to: Ends, segments: u64, bytes: u64 });

/** The sockets of all connections. */
export const sockets = sockHash({ key: Ends, maxEntries: MAX_CONNECTIONS });
/** By connection, where its data goes. */
export const joined = hashMap({ key: Ends, value: Joined, maxEntries: MAX_CONNECTIONS });

export const splice = skSkb.verdict((ctx) => {
  const pair = joined.get({ local: ctx.localPort, remote: ctx.remotePort });
  if (!pair) return SK.PASS;
  pair.segments += 1n;
  pair.bytes += u64(ctx.len);
  return sockets.redirect(ctx, pair.to);
});
