import { arrayMap, spinLock, struct, u64, xdp, XDP } from "@typebpf/dsl";

const Account = struct("account", { lock: spinLock, packets: u64 });
const accounts = arrayMap({ value: Account, maxEntries: 1 });

export const main = xdp(() => {
  const account = accounts.get(0);
  if (!account) return XDP.PASS;
  using lock = account.lock.acquire();
  account.packets += 1n;
  return XDP.PASS;
});
