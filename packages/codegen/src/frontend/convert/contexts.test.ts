// The contexts of program types: fields that are read and written, helpers that fill and read memory, bytesEqual.
import { describe, expect, test } from "vitest";
import { compileFile } from "../../compile.ts";
import { convertModule } from "../project.ts";
import { createSession } from "../session.ts";

const session = createSession();

const HEADER = `import { array, arrayMap, bytesEqual, HeaderStart, socketFilter, struct, tc, TC, u8, u16, u32, u64, u32be, xdp, XDP, type TcContext } from "@typebpf/dsl";
const Word = struct("word", { value: u32be });
const counts = arrayMap({ value: u64, maxEntries: 8 });
`;

const given = (body: string): string => `${HEADER}\n${body}\n`;

function tcWith(body: string): string {
  return given(`export const filter = tc((ctx) => {\n${body}\nreturn TC.OK;\n});`);
}

function convert(text: string) {
  const virtualFiles = new Map([["/given/a.bpf.ts", text]]);
  return convertModule("/given/a.bpf.ts", { target: { kernel: "6.1", isa: 3 }, virtualFiles, session });
}

function codesOf(text: string): readonly string[] {
  return convert(text).diagnostics.map(({ code }) => code);
}

test("programs of several types stand in one module", () => {
  const { module } = convert(
    given(`export const a = tc(() => TC.SHOT);
export const b = socketFilter((ctx) => ctx.len);
export const c = xdp((ctx) => ctx.rxQueueIndex === 0 ? XDP.PASS : XDP.DROP);`),
  );
  expect(module?.programs.map(({ name, type }) => [name, type])).toEqual([
    ["a", "sched_cls"],
    ["b", "socket_filter"],
    ["c", "xdp"],
  ]);
});

describe("fields of the context", () => {
  test.each([
    ["written", "ctx.mark = 5; ctx.tstamp = 1n; ctx.cb[4] = ctx.cb[0];", []],
    ["compound, in a function", "const paint = (c: TcContext) => { c.priority += 2; c.mark++; };\npaint(ctx);", []],
    ["read-only", "ctx.protocol = 5;", ["BPF2008"]],
    ["of another program type", "const x = ctx.rxQueueIndex;", ["BPF2004"]],
    ["an item that is not there", "ctx.cb[5] = 1;", ["BPF1004"]],
    ["an item at run time", "ctx.cb[ctx.mark & 3] = 1;", ["BPF1004"]],
    ["an array as a value", "const all = ctx.cb;", ["BPF1004"]],
    ["too wide a value", "ctx.tcIndex = ctx.mark;", ["BPF2006"]],
  ])("%s", (_, body, codes) => expect(codesOf(tcWith(body))).toEqual(codes));

  test("an index that is a constant is one", () => {
    const { module } = convert(tcWith("const SLOT = 3;\nctx.cb[SLOT] = 7;"));
    const [statement] = module?.functions[0]?.body.slice(-2) ?? [];
    expect(statement).toMatchObject({ value: { kind: "assign", target: { field: "cb", index: 3 } } });
  });
});

describe("helpers that fill and read memory", () => {
  test.each([
    ["a struct", "const w = ctx.loadBytes(0, Word);\nctx.mark = w ? w.value : 0;", []],
    ["an integer", "const w = ctx.loadBytes(0, u16);\nctx.mark = w ? w.value : 0;", []],
    [
      "from a header",
      "const w = ctx.loadBytesRelative(0, array(u8, 4), HeaderStart.NET);\nif (w) ctx.mark = w[3];",
      [],
    ],
    ["what may be missing", "ctx.mark = ctx.loadBytes(0, Word).value;", ["BPF2003"]],
    ["stored", "ctx.storeBytes(0, Word({ value: 1 }));", []],
    ["stored from a map", "const c = counts.get(0);\nif (c) ctx.storeBytes(0, c);", []],
    ["what lies in no memory", "ctx.storeBytes(0, { value: 1 });", ["BPF2026"]],
    ["flags that a size depends on", "ctx.l3CsumReplace(24, 1, 2, ctx.mark);", ["BPF1012"]],
    ["constant flags", "const SIZE = 2;\nctx.l3CsumReplace(24, 1, 2, SIZE);", []],
    ["memory or nothing", "ctx.mark = u32(ctx.csumDiff(undefined, Word(), 0));", []],
  ])("%s", (_, body, codes) => expect(codesOf(tcWith(body))).toEqual(codes));
});

test("memory that a helper fills in a loop cannot be kept for the next iteration", async () => {
  const loop = (use: string): string =>
    tcWith(`let before = ctx.loadBytes(0, u8);
let sum = 0;
for (let i = 0; i < 4; i++) {
  const now = ctx.loadBytes(i, u8);
  ${use}
}
ctx.mark = sum;`);
  const codes = async (use: string): Promise<readonly string[]> => {
    const virtualFiles = new Map([["/given/a.bpf.ts", loop(use)]]);
    return (await compileFile("/given/a.bpf.ts", { virtualFiles })).diagnostics.map(({ code }) => code);
  };
  expect(await codes("if (before) sum = (sum + before.value) & 0xff;\n  before = now;")).toEqual(["BPF3008"]);
  expect(await codes("if (before && now) sum = (sum + before.value + now.value) & 0xff;")).toEqual([]);
});

describe("bytesEqual", () => {
  const filter = (condition: string): string =>
    given(`const METHOD = "POST";
export const f = socketFilter((ctx) => {
const b = ctx.loadBytes(0, array(u8, 4));
return b && ${condition} ? 1 : 0;
});`);

  test.each([
    ["as many characters", 'bytesEqual(b, "GET ")', []],
    ["a constant", "bytesEqual(b, METHOD)", []],
    ["fewer characters", 'bytesEqual(b, "GET")', ["BPF2029"]],
    ["characters that are no bytes", 'bytesEqual(b, "GE\\u0154 ")', ["BPF2029"]],
  ])("%s", (_, condition, codes) => expect(codesOf(filter(condition))).toEqual(codes));
});

describe("code", () => {
  const assemblyOf = async (body: string): Promise<number> => {
    const virtualFiles = new Map([["/given/a.bpf.ts", body]]);
    const { object, diagnostics } = await compileFile("/given/a.bpf.ts", { level: 2, virtualFiles });
    if (!object) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
    return object.programs[0]?.insns.length ?? 0;
  };

  test("a constant on the stack is compared in one load, and a field is compared without a swap", async () => {
    const compare = given(`export const f = socketFilter((ctx) => {
const b = ctx.loadBytes(0, array(u8, 4));
return b && bytesEqual(b, "GET ") ? 1 : 0;
});`);
    expect(await assemblyOf(compare)).toBeLessThanOrEqual(13);
    expect(await assemblyOf(tcWith("if (ctx.protocol === 0x800) return TC.SHOT;"))).toBeLessThanOrEqual(6);
  });

  test("a packet's bounds are loaded once, whatever is written to the context", async () => {
    const twice = tcWith(
      "const a = ctx.packet.at(0, u8);\nctx.mark = 1;\nconst b = ctx.packet.at(1, u8);\nif (a && b) a.value = b.value;",
    );
    expect(await assemblyOf(twice)).toBeLessThanOrEqual(17);
  });
});
