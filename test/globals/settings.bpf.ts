// A filter with every kind of global data, for test/globals/globals.test.ts.
import { array, config, struct, u16, u32, type u64, XDP, xdp } from "@typebpf/dsl";

const Flow = struct("flow", { saddr: u32, port: u16 });
const Words = array(u32, 4);

export const LIMIT = 100;
export let count: u64 = 0n;
export let step: u32 = 2;
export let last = Flow({ port: 53 });
export const initial = Flow;
export let words = Words([1, 2, 3]);
export const settings = config({ port: u16, limit: u32, from: Flow }, { port: 53, from: { saddr: 7 } });
export const factor = config(u32, 3);

export const main = xdp((ctx) => {
  count += BigInt(step);
  last.saddr += settings.from.saddr;
  last.port = settings.port;
  words[3] = factor;
  return ctx.packet.length > settings.limit ? XDP.DROP : XDP.PASS;
});
