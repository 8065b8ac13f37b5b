// A set of filters for the UDP sockets of one application, one for each service that it offers: what is not a request of
// the service never reaches the process. Each sees its socket's datagrams from the UDP header on.
import { arrayMap, atomicAdd, bytesEqual, array, type SocketFilterContext, socketFilter, sizeOf, struct, u8, u16be, u64 } from "@typebpf/dsl";
import { Udp } from "@typebpf/dsl/net";

const Counts = struct("counts", { accepted: u64, refused: u64 });

/** What each service's socket was sent: 0 names, 1 metrics, 2 log. */
export const counts = arrayMap({ value: Counts, maxEntries: 3 });

const [NAMES, METRICS, LOG] = [0, 1, 2];

function verdict(ctx: SocketFilterContext, service: number, isRequest: boolean): number {
  const count = counts.get(service);
  if (count && isRequest) atomicAdd(count, "accepted", 1n);
  if (count && !isRequest) atomicAdd(count, "refused", 1n);
  return isRequest ? ctx.len : 0;
}

const DnsHeader = struct("dns_header", { id: u16be, flags: u16be, questions: u16be, answers: u16be, authorities: u16be, additional: u16be });

/** A name server: questions only, one at a time, and no answers. */
export const names = socketFilter((ctx) => {
  const header = ctx.loadBytes(sizeOf(Udp), DnsHeader);
  const isQuestion = header !== undefined && (header.flags & 0xf800) === 0 && header.questions === 1 && header.answers === 0;
  return verdict(ctx, NAMES, isQuestion);
});

/** A collector of metrics: lines that begin with the name of this application. */
export const metrics = socketFilter((ctx) => {
  const start = ctx.loadBytes(sizeOf(Udp), array(u8, 4));
  return verdict(ctx, METRICS, start !== undefined && bytesEqual(start, "app."));
});

const Priority = struct("priority", { bracket: u8, digit: u8, next: u8 });

/** A log: a priority of one to three digits in angle brackets. */
export const log = socketFilter((ctx) => {
  const start = ctx.loadBytes(sizeOf(Udp), Priority);
  const isEntry = start !== undefined && start.bracket === 0x3c && start.digit >= 0x30 && start.digit <= 0x39;
  return verdict(ctx, LOG, isEntry);
});
