import { spinLock, struct, u64, xdp, XDP } from "@typebpf/dsl";

const Account = struct("account", { lock: spinLock, packets: u64 });

export const main = xdp(() => {
  const account = Account({ packets: 1n });
  using lock = account.lock.acquire(); // here
  account.packets += 1n;
  return XDP.PASS;
});
