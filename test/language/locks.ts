// Locks in map values: members that change together, early ways out of the block, locks in functions and loops, and
// copies of values, whose lock is free.
// not javascript: maps live in the kernel or the simulator
//
// run count
//   packet: 0500000000000000
//   returns: PASS
//   out: 0500000000000000 0100000000000000 0500000000000000
//   after accounts: 00000000 = 00000000 00000000 0100000000000000 0500000000000000
// run count
//   packet: 0500000000000000
//   given accounts: 00000000 = 00000000 00000000 6300000000000000 ffffffffffffffff
//   returns: PASS
//   out: 0500000000000000 6400000000000000 0400000000000000
//   after accounts: 00000000 = 00000000 00000000 6400000000000000 0400000000000000
// run count
//   packet: 0500000000000000
//   given accounts: 00000000 = 00000000 00000000 6400000000000000 0100000000000000
//   returns: DROP
//   after accounts: 00000000 = 00000000 00000000 6400000000000000 0100000000000000
// run many
//   packet: 0300000000000000
//   given accounts: 00000000 = 00000000 00000000 0700000000000000 0100000000000000
//   given spare: 0300000000000000 = 00000000 00000000 0000000000000000 0000000000000000
//   returns: TX
//   after accounts: 00000000 = 00000000 00000000 0b00000000000000 0700000000000000
//   after spare: 0300000000000000 = 00000000 00000000 0b00000000000000 0700000000000000
// run many
//   packet: 0900000000000000
//   returns: TX
//   after accounts: 00000000 = 00000000 00000000 0400000000000000 0600000000000000
//   after spare: 0900000000000000 = 00000000 00000000 0400000000000000 0600000000000000
import { arrayMap, hashMap, type Ref, spinLock, struct, u64, xdp, XDP } from "@typebpf/dsl";

const Account = struct("account", { lock: spinLock, packets: u64, bytes: u64 });
export const accounts = arrayMap({ value: Account, maxEntries: 1 });
export const spare = hashMap({ key: u64, value: Account, maxEntries: 8 });

const Sample = struct("sample", { bytes: u64, packets: u64, total: u64 });

export const count = xdp((ctx) => {
  const s = ctx.packet.at(0, Sample);
  const account = accounts.get(0);
  if (!s || !account) return XDP.ABORTED;
  {
    using lock = account.lock.acquire();
    if (account.packets >= 100n) return XDP.DROP;
    account.packets += 1n;
    account.bytes += s.bytes;
    s.packets = account.packets;
    s.total = account.bytes;
  }
  return accounts.has(0) ? XDP.PASS : XDP.ABORTED;
});

function add(account: Ref<typeof Account>, bytes: u64): void {
  using held = account.lock.acquire();
  account.packets += 1n;
  if (bytes === 0n) return;
  account.bytes += bytes;
}

export const many = xdp((ctx) => {
  const s = ctx.packet.at(0, Sample);
  const account = accounts.get(0);
  if (!s || !account) return XDP.ABORTED;
  for (let i = 0n; i < 4n; i += 1n) add(account, i);
  spare.set(s.bytes, { ...account });
  const copy = spare.get(s.bytes);
  return copy && copy.packets === account.packets ? XDP.TX : XDP.DROP;
});
