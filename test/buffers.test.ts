// What is refused of buffers, views, unions and text, each in one clear sentence.
import { expect, test } from "vitest";
import { compileFile } from "../packages/codegen/src/compile.ts";

const head = `import { array, arrayMap, bytesEqual, copy, startsWith, struct, u8, u32, union, view, xdp, XDP } from "@typebpf/dsl";
const P = struct("p", { a: u8, b: u32 });
const U = union("u", { a: u32, b: array(u8, 4) });
export const m = arrayMap({ value: struct("v", { n: u32, t: array(u8, 10) }), maxEntries: 1 });
export const f = xdp((ctx) => {
  const n = ctx.packet.length;
  const b = new Uint8Array(8);
  const d = new DataView(b.buffer);
  const u = U({ a: n });
  b[0] = n & 255;
`;

async function findings(body: string): Promise<readonly string[]> {
  const path = "/virtual/buffers.bpf.ts";
  const text = `${head}  ${body}\n  return b[1] === d.getUint8(2) ? XDP.PASS : XDP.DROP;\n});\n`;
  const { diagnostics } = await compileFile(path, { virtualFiles: new Map([[path, text]]) });
  return diagnostics.map(({ code, message }) => `${code} ${message}`);
}

test.each([
  ["const c = new Uint8Array(n);", "BPF1012 the length of a buffer must be constant"],
  ["const c = new Uint8Array(0);", "BPF2029 a buffer has from 1 to 65536 items"],
  ["const c = b.subarray(n);", "BPF1012 begin and end of a subarray must be constant"],
  ["b.set([1, 2], 7);", "BPF2101 the offset is 7, 2 items fit at 0…6 only"],
  ["b.set([1, 300]);", "BPF2029 constants that do not fit u8"],
  ["d.setUint32(5, 1);", "BPF2101 the offset is 5, 4 bytes fit at 0…4 only"],
  ["d.setUint32(n, 1);", "BPF2101 the offset is 0…2^31-1, 4 bytes fit at 0…4 only"],
  ["d.setUint32(0, 1, n > 1);", "BPF1012 the byte order must be constant"],
  ["const e = new DataView(b.subarray(1, 5).buffer);", "BPF2004 only a buffer as `new` makes it has a buffer to view"],
  ["view(b, 1, P).a = 1;", "BPF2101 the offset is 1, 8 bytes fit at 0 only"],
  ["if (bytesEqual(b, 'abc')) return XDP.TX;", "BPF2029 8 bytes against 3 characters"],
  ["if (startsWith(b, 'abc', 6)) return XDP.TX;", "BPF2101 the offset is 6, 3 items fit at 0…5 only"],
  ["m.set(0, { t: 'abcdefghijkl' });", "BPF2031 12 characters for array(u8, 10)"],
  ["m.set(0, { t: b });", "BPF2024 reference to array(u8, 8) does not fit array(u8, 10)"],
  ["const w = { ...u };", "BPF2040 a union has no copy member by member"],
  ["const w = U({ ...u });", "BPF2040 several members for union u"],
])("%s", async (body, expected) => {
  expect(await findings(body)).toEqual([expected]);
});

test("what is right in the same places is accepted", async () => {
  const body =
    "b.set([1, 2], 6); d.setUint32(4, 300); m.set(0, { t: 'abcdefghij' }); const w = U(u); d.setUint8(w.a & 7, 1);";
  expect(await findings(body)).toEqual([]);
});
