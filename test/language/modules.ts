// Imports between modules: functions, schemas, constants, renamed and re-exported.
//
// sweep imported: u32 u32
import { xdp, XDP } from "@typebpf/dsl";
import { EtherType } from "@typebpf/dsl/net";
import { hash as hashOf, Seed, Tuple } from "./lib/hash.ts";
import * as seeds from "./lib/seed.ts";

function local(value: number): number {
  return value * 2;
}

export const imported = xdp((ctx) => {
  const tuple = ctx.packet.at(0, Tuple);
  if (!tuple) return XDP.ABORTED;
  tuple.out = hashOf(tuple);
  if (Seed !== seeds.SEED) return XDP.DROP;
  return local(tuple.left & 0xff) === (EtherType.IPv4 & 0xff) ? XDP.TX : XDP.PASS;
});
