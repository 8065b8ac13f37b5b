// An XDP program that reads what the device tells of a packet: functions of the kernel, called by id.
import { arrayMap, u64, XDP, xdp } from "@typebpf/dsl";

/** 0: packets with a time, 1: packets with a hash, 2: the last hash, 3: packets with a VLAN tag, 4: all packets. */
export const told = arrayMap({ value: u64, maxEntries: 5 });

export const reads = xdp((ctx) => {
  const [timed, hashed, hash, tagged, all] = [told.get(0), told.get(1), told.get(2), told.get(3), told.get(4)];
  if (!timed || !hashed || !hash || !tagged || !all) return XDP.ABORTED;
  all.value += 1n;
  if (ctx.metadataRxTimestamp()) timed.value += 1n;
  const found = ctx.metadataRxHash();
  if (found) {
    hashed.value += 1n;
    hash.value = (u64(found.type) << 32n) | u64(found.hash);
  }
  const tag = ctx.metadataRxVlanTag();
  if (tag && tag.protocol === 0x8100) tagged.value += u64(tag.tci);
  return XDP.PASS;
});
