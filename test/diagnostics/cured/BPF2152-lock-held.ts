import { arrayMap, spinLock, struct, u64, xdp, XDP } from "@typebpf/dsl";

const Account = struct("account", { lock: spinLock, last: u64 });
export const accounts = arrayMap({ value: Account, maxEntries: 1 });

export const main = xdp((ctx) => {
  const account = accounts.get(0);
  if (!account) return XDP.PASS;
  const now = ctx.ktimeGetNs();
  using lock = account.lock.acquire();
  account.last = now;
  return XDP.PASS;
});
