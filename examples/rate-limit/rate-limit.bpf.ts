// Lets each IPv4 source send so many packets in a second and drops the rest: a token bucket for each address.
import { arrayMap, lruHashMap, sizeOf, struct, u32be, u64, xdp, XDP } from "@typebpf/dsl";
import { Ethernet, EtherType, IPv4 } from "@typebpf/dsl/net";

const Limit = struct("limit", { nsPerToken: u64, burst: u64 });
const Bucket = struct("bucket", { tokens: u64, filledNs: u64, dropped: u64 });

/** The limit for every source, at index 0: how long a token takes to come, and how many wait at most. Zero: no limit. */
export const limits = arrayMap({ value: Limit, maxEntries: 1 });

/** What each source has left. The sources that were not seen for longest make room for new ones. */
export const buckets = lruHashMap({ key: u32be, value: Bucket, maxEntries: 65_536 });

export const limit = xdp((ctx) => {
  const eth = ctx.packet.at(0, Ethernet);
  if (eth?.proto !== EtherType.IPv4) return XDP.PASS;

  const ip = ctx.packet.at(sizeOf(Ethernet), IPv4);
  if (!ip) return XDP.PASS;

  const allowed = limits.get(0);
  if (!allowed || allowed.nsPerToken === 0n || allowed.burst === 0n) return XDP.PASS;

  const now = ctx.ktimeGetNs();
  const bucket = buckets.get(ip.saddr);
  if (!bucket) {
    buckets.set(ip.saddr, { tokens: allowed.burst - 1n, filledNs: now });
    return XDP.PASS;
  }

  const earned = (now - bucket.filledNs) / allowed.nsPerToken;
  const tokens = bucket.tokens + earned;
  bucket.tokens = tokens < allowed.burst ? tokens : allowed.burst;
  // Not `now`: what is left of the time counts for the next token.
  bucket.filledNs += earned * allowed.nsPerToken;

  if (bucket.tokens === 0n) {
    bucket.dropped += 1n;
    return XDP.DROP;
  }
  bucket.tokens -= 1n;
  return XDP.PASS;
});
