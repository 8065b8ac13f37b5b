// What is said about TypeScript's findings: the row, and what to write instead, in the author's own words.
import { expect, test } from "vitest";
import { convertModule } from "./project.ts";
import { createSession } from "./session.ts";

const session = createSession();
const target = { kernel: "6.1", isa: 3 } as const;

const header = `import { arrayMap, hashMap, i64, struct, tc, TC, u8, u16, u32, u64, xdp, XDP } from "@typebpf/dsl";
import { Ethernet, IPv4 } from "@typebpf/dsl/net";
const Flow = struct("flow", { saddr: u32, port: u16, kind: u8, hits: u64 });
const flows = hashMap({ key: u32, value: Flow, maxEntries: 16 });
const counts = arrayMap({ value: u64, maxEntries: 4 });
export const filter = xdp((ctx) => {
  const flow = flows.get(1);
  if (!flow) return XDP.PASS;
  const maybe = flows.get(3)?.port;
`;

function found(line: string) {
  const virtualFiles = new Map([["/given/a.bpf.ts", `${header}  ${line}\n  return XDP.PASS;\n});\n`]]);
  const { diagnostics } = convertModule("/given/a.bpf.ts", { target, virtualFiles, session });
  return diagnostics.map(({ code, help }) => [code, help]);
}

test.each([
  // Near names: contexts, structs, maps, constants, exports of the DSL.
  ["ctx.queueIndex;", "BPF2004", "did you mean rxQueueIndex?"],
  ["flow.sadr;", "BPF2004", "did you mean saddr?"],
  ["flow.zzzzzzz;", "BPF2004", "there is: saddr, port, kind, hits"],
  ["Flow({ prot: 1 });", "BPF2004", "did you mean port?"],
  ["XDP.DORP;", "BPF2004", "did you mean DROP?"],
  ["flows.lookup(1);", "BPF2004", "write get"],
  ["flows.delet(1);", "BPF2004", "did you mean delete?"],
  ["IPV4;", "BPF2002", "did you mean IPv4?"],
  ["ringBuffer;", "BPF2002", 'import it: import { ringBuffer } from "@typebpf/dsl"'],
  ["EtherType;", "BPF2002", 'import it: import { EtherType } from "@typebpf/dsl/net"'],
  // What is called otherwise here, and what other program types have.
  ["ctx.bpf_ktime_get_ns();", "BPF2004", "did you mean ktimeGetNs?"],
  ["Math.random();", "BPF2004", "write ctx.getPrandomU32()"],
  ["Date.now();", "BPF2002", "write ctx.ktimeGetNs()"],
  ["console.log(1);", "BPF2002", "write trace`…`, imported from @typebpf/dsl"],
  ["htons(80);", "BPF2002", "write the field itself: big-endian fields read and write in host order"],
  [
    "ctx.cloneRedirect(1, 2);",
    "BPF2004",
    "this program type has no cloneRedirect; tc, netkit.primary, netkit.peer, others have it",
  ],
  // Checks.
  ["flows.get(2).port;", "BPF2003", "keep it and check it: const found = flows.get(2); if (!found) return …"],
  ["const other = flows.get(2); other.port = 1;", "BPF2003", "check it first: if (!other) return …"],
  ["flow.port = maybe;", "BPF2003", "check it first: if (maybe === undefined) return …"],
  // Casts and literals.
  ["flow.hits += 1;", "BPF2005", "write 1n"],
  ["flow.hits += flow.port;", "BPF2005", "cast one side: u64(flow.port)"],
  ["flow.hits = flow.port;", "BPF2005", "cast it: u64(flow.port)"],
  ["flow.port = flow.hits;", "BPF2005", "cast it: u16(flow.hits)"],
  ["counts.set(0, 5);", "BPF2005", "write 5n"],
  ["counts.get(5n);", "BPF2005", "write 5"],
  ["const x: u64 = flow.saddr + 1;", "BPF2005", "cast it: u64(flow.saddr + 1)"],
  ["flow.kind = flow.port;", "BPF2006", "cast it: u8(flow.port)"],
  ["Flow({ kind: flow.saddr });", "BPF2006", "cast it: u8(flow.saddr)"],
  ["flow.hits === 5;", "BPF2023", "write 5n"],
  ["flow.port === 5n;", "BPF2023", "write 5"],
  ["flow.port = true;", "BPF2001", "correct the types; an editor shows the same error"],
])("%s", (line, code, help) => {
  expect(found(line)).toEqual([[code, help]]);
});

test("what the casts of the help give is accepted", () => {
  const lines = ["flow.hits += u64(flow.port);", "flow.port = u16(flow.hits);", "flow.kind = u8(flow.port);"];
  const checks = ["if (maybe === undefined) return XDP.PASS;", "flow.port = maybe;"];
  expect(found([...lines, ...checks].join("\n"))).toEqual([]);
});
