// Programs of control groups on Unix sockets, which need Linux 6.7.
import { arrayMap, cgroupSockAddr, type u32, u64 } from "@typebpf/dsl";

/** How often each program has run. */
export const runs = arrayMap({ value: u64, maxEntries: 5 });

function count(index: u32): void {
  const entry = runs.get(index);
  if (entry) entry.value += 1n;
}

/** No streams; datagrams may be connected. */
export const connectUnix = cgroupSockAddr.connectUnix((ctx) => {
  count(0);
  return ctx.type === 1 ? 0 : 1;
});
export const sendmsgUnix = cgroupSockAddr.sendmsgUnix((ctx) => {
  count(1);
  return ctx.family === 1 ? 1 : 0;
});
export const recvmsgUnix = cgroupSockAddr.recvmsgUnix(() => {
  count(2);
  return 1;
});
export const getpeernameUnix = cgroupSockAddr.getpeernameUnix(() => {
  count(3);
  return 1;
});
export const getsocknameUnix = cgroupSockAddr.getsocknameUnix(() => {
  count(4);
  return 1;
});
