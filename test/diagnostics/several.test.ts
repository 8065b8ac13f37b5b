// Several errors in one filter: each is reported once, at its place, and nothing that follows from another is. A line with
// errors ends in a comment with their codes and the text that is marked: `// BPF2003 hits | BPF2005 1`.
import { describe, expect, test } from "vitest";
import { compileFile } from "../../packages/codegen/src/compile.ts";

const PATH = "/given/a.bpf.ts";

const HEADER = `import { array, arrayMap, atomicAdd, hashMap, i64, ringBuffer, struct, trace, u8, u16, u32, u64, xdp, XDP } from "@typebpf/dsl";
import { Ethernet, EtherType, IPv4 } from "@typebpf/dsl/net";
const Flow = struct("flow", { saddr: u32, port: u16, kind: u8, hits: u64 });
const flows = hashMap({ key: u32, value: Flow, maxEntries: 16 });
const counts = arrayMap({ value: u64, maxEntries: 4 });
const events = ringBuffer({ value: Flow, maxEntries: 4096 });
`;

const module = (text: string): string => `${HEADER}${text}`;

const program = (body: string): string =>
  module(`export const filter = xdp((ctx) => {\n${body.trim()}\nreturn XDP.PASS;\n});\n`);

const filters: Readonly<Record<string, string>> = {
  "unchecked lookups, each for itself": program(`
const flow = flows.get(1);
flow.port = 80; // BPF2003 flow
const eth = ctx.packet.at(0, Ethernet);
if (eth.proto === 0) return XDP.DROP; // BPF2003 eth
`),
  "a wrong name, and what is made of it": program(`
const queue = ctx.queueIndex; // BPF2004 queueIndex
const twice = queue * 2;
const last = ctx.ingresIfindex + twice; // BPF2004 ingresIfindex
trace\`\${last}\`;
`),
  "names of three places": program(`
const flow = flows.lookup(1); // BPF2004 lookup
const ip = ctx.packet.at(14, IPV4); // BPF2002 IPV4
const action = XDP.DORP; // BPF2004 DORP
`),
  "an import that leads nowhere, and an export that is not there": `import { hashmap, u32, xdp, XDP } from "@typebpf/dsl"; // BPF2002 hashmap
import { limit } from "./limits.ts"; // BPF2007 "./limits.ts"
const seen = hashmap({ key: u32, value: u32, maxEntries: limit });
export const filter = xdp(() => (seen.get(1) ? XDP.DROP : XDP.PASS));
`,
  "number and bigint": program(`
const flow = flows.get(1);
if (!flow) return XDP.PASS;
flow.hits += 1; // BPF2005 flow.hits += 1
if (flow.hits === 5) return XDP.DROP; // BPF2023 flow.hits === 5
flow.hits = flow.port; // BPF2005 flow.hits
`),
  "widths": program(`
const flow = flows.get(1);
if (!flow) return XDP.PASS;
flow.kind = flow.port; // BPF2006 flow.kind
flow.port = flow.saddr; // BPF2006 flow.port
flow.saddr = flow.port;
`),
  "things that the language has not": program(`
var first = 1; // BPF1045 var first = 1
class Counter {} // BPF1020 class Counter {}
if (first == 2) throw first; // BPF1046 == | BPF1021 throw first;
`),
  "a refused construct hides what TypeScript says in it, and nothing else": program(`
const flow = flows.get(1)!; // BPF1037 flows.get(1)!
flow.ports = 1; // BPF2004 ports
const any: any = flow; // BPF1035 any
any.thing.other = 2;
`),
  "constants that rest on each other": module(`const A = counts.has(1); // BPF1012 counts.has(1)
const B = A ? 1 : 2;
const C = [B, B];
const D = counts.get(0); // BPF1012 counts.get(0)
export const filter = xdp((ctx) => (ctx.rxQueueIndex > B && C[0] === 1 && D ? XDP.DROP : XDP.PASS));
`),
  "fractions": program(`
const half = ctx.packet.length / 2; // BPF1053 ctx.packet.length / 2
const third = ctx.packet.length / 3; // BPF1053 ctx.packet.length / 3
if (half > third) return XDP.DROP;
`),
  "text": program(`
let name = "x"; // BPF1034 "x"
name = "y";
const other = \`\${ctx.rxQueueIndex}\`; // BPF1033 \`\${ctx.rxQueueIndex}\`
`),
  "verdicts": module(`export const one = xdp(() => 2); // BPF2010 2
export const two = xdp((ctx) => (ctx.rxQueueIndex > 1 ? true : XDP.PASS)); // BPF2010 (ctx.rxQueueIndex > 1 ? true : XDP.PASS)
`),
  "ranges": program(`
const bytes = array(u8, 4)();
bytes[ctx.rxQueueIndex] = 1; // BPF2101 ctx.rxQueueIndex
const rest = ctx.packet.length % ctx.ingressIfindex; // BPF2102 ctx.ingressIfindex
if (rest === 0) return XDP.DROP;
`),
  "loops": program(`
let total = 0;
while (ctx.getPrandomU32() > 5) total ^= 1; // BPF3001 while (ctx.getPrandomU32() > 5) total ^= 1;
while (ctx.getPrandomU32() > 6) total ^= 2; // BPF3001 while (ctx.getPrandomU32() > 6) total ^= 2;
if (total > 1) return XDP.DROP;
`),
  "members of structs": program(`
const flow = Flow({ saddr: 1, prot: 2 }); // BPF2004 prot
flow.saddrs = 3; // BPF2004 saddrs
counts.set(0, 5); // BPF2005 5
`),
  "missing annotations": module(`function first(x) { // BPF2011 x
  return x.y.z;
}
function second(y): number { // BPF2011 y
  return y;
}
export const filter = xdp((ctx) => (second(first(ctx)) > 1 ? XDP.DROP : XDP.PASS));
`),
  "paths without a value": module(`function first(x: number): number { // BPF2009 number
  if (x > 1) return 1;
}
function second(x: number): number { // BPF2009 number
  while (x > 1) x--;
}
export const filter = xdp((ctx) => (first(ctx.rxQueueIndex) > second(2) ? XDP.DROP : XDP.PASS));
`),
  "read-only things": program(`
ctx.rxQueueIndex = 1; // BPF2008 rxQueueIndex
const limit = 1;
limit = 2; // BPF2008 limit
`),
  "records of the ring buffer": program(`
const event = events.reserve(); // BPF1070 events.reserve()
if (event) event.submit();
const other = events.reserve(); // BPF1070 events.reserve()
if (other) other.discard();
`),
  "recursion": module(`function again(x: number): number {
  return x > 1 ? again(x - 1) : 0; // BPF1013 again(x - 1)
}
function other(x: number): number {
  return x > 1 ? other(x - 2) : 0; // BPF1013 other(x - 2)
}
export const filter = xdp((ctx) => (again(ctx.rxQueueIndex) > other(ctx.ingressIfindex) ? XDP.DROP : XDP.PASS));
`),
  "functions": module(`async function later() { // BPF1023 async
  return 1;
}
function* many() { // BPF1024 *
  yield 1;
}
export const filter = xdp(() => XDP.PASS);
`),
  "the kernel's names": module(`export const drop$ = xdp(() => XDP.DROP); // BPF1007 drop$
export const long_name_of_filter_one = xdp(() => XDP.DROP);
export const long_name_of_filter_two = xdp(() => XDP.DROP); // BPF1008 long_name_of_filter_two
`),
  "signs": program(`
const flow = flows.get(1);
if (!flow) return XDP.PASS;
const signed = i64(flow.hits);
if (signed + flow.hits > 1n) return XDP.DROP; // BPF2020 signed + flow.hits
if (signed < flow.hits) return XDP.DROP; // BPF2020 signed < flow.hits
`),
  "calls with wrong arguments": program(`
const flow = flows.get("x"); // BPF2001 "x"
counts.delete(1); // BPF2004 delete
const bytes = ctx.packet.at(0); // BPF2001 at
`),
  "syntax, and then nothing else": program(`
const x = ; // BPF1001 ;
flows.get(1).port = 2;
`),
  "kinds of values": program(`
const either = ctx.rxQueueIndex > 1 ? 1 : 2n; // BPF2026 ctx.rxQueueIndex > 1 ? 1 : 2n
const flag = ctx.rxQueueIndex > 2;
if (-flag < 0) return XDP.DROP; // BPF2029 -flag
`),
};

function expected(text: string): readonly string[] {
  return text.split("\n").flatMap((line, index) => {
    const comment = / \/\/ (BPF\d{4} .*)$/.exec(line)?.[1];
    return (comment?.split(" | ") ?? []).map((one) => `${index + 1}: ${one}`);
  });
}

describe("each error once", () => {
  test.each(Object.entries(filters))("%s", async (_, text) => {
    const { diagnostics } = await compileFile(PATH, { virtualFiles: new Map([[PATH, text]]) });
    const lines = text.split("\n");
    const found = diagnostics.map(({ code, at }) => {
      const marked = at ? (lines[at.line - 1] ?? "").slice(at.column - 1, at.column - 1 + at.length) : "";
      return `${at?.line}: ${code} ${marked}`;
    });
    expect(found.toSorted()).toEqual(expected(text).toSorted());
    expect(found.length).toBeGreaterThan(0);
  });
});
