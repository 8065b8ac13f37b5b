// Connections of TCP that programs of this machine make, or fail to make, told by the changes of their state.
import { array, hashMap, ringBuffer, struct, tracepoint, u8, u16, u32, u64 } from "@typebpf/dsl";

/** States of a connection (include/net/tcp_states.h). */
const State = { ESTABLISHED: 1, SYN_SENT: 2 } as const;
const TCP = 6;

const Attempt = struct("attempt", { started: u64, pid: u32, comm: array(u8, 16) });

/** Connections that are being made, by the kernel's address of the socket. */
const attempts = hashMap({ key: u64, value: Attempt, maxEntries: 4096 });

/** One connection that was made, or was not. */
export const Connect = struct("connect", {
  durationNs: u64,
  pid: u32,
  comm: array(u8, 16),
  /** 2 for IPv4, 10 for IPv6. */
  family: u16,
  sport: u16,
  dport: u16,
  established: u8,
  saddr: array(u8, 16),
  daddr: array(u8, 16),
});

export const connects = ringBuffer({ value: Connect, maxEntries: 1 << 16 });

export const watch = tracepoint("sock:inet_sock_set_state", (ctx) => {
  if (ctx.protocol !== TCP) return 0;
  if (ctx.newstate === State.SYN_SENT) {
    const comm = ctx.getCurrentComm(array(u8, 16));
    if (!comm) return 0;
    attempts.set(ctx.skaddr, { started: ctx.ktimeGetNs(), pid: u32(ctx.getCurrentPidTgid() >> 32n), comm });
    return 0;
  }
  if (ctx.oldstate !== State.SYN_SENT) return 0;
  const attempt = attempts.get(ctx.skaddr);
  if (!attempt) return 0;
  connects.output({
    durationNs: ctx.ktimeGetNs() - attempt.started,
    pid: attempt.pid,
    comm: attempt.comm,
    family: ctx.family,
    sport: ctx.sport,
    dport: ctx.dport,
    established: ctx.newstate === State.ESTABLISHED ? 1 : 0,
    saddr: ctx.saddrV6,
    daddr: ctx.daddrV6,
  });
  attempts.delete(ctx.skaddr);
  return 0;
});
