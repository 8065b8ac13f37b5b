// Conformance data made by others: the cases of bpf_conformance, ubpf and rbpf, the IETF's opcode table, and the
// programs of the kernel's own verifier tests. Data only; the tests say so and skip where it is absent.
import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { assemble } from "./assemble.ts";
import { decode } from "./decode.ts";
import { disassemble } from "./disassemble.ts";
import { encode } from "./encode.ts";
import type { FieldRule } from "./form.ts";
import { insnTable } from "./opcodes.ts";
import { validate } from "./validate.ts";

const DATA = new URL("../../../../../shared/conformance/", import.meta.url);
const available = existsSync(DATA);

interface IsaCase {
  readonly name: string;
  readonly kind: "run" | "load-error" | "runtime-error" | "invalid-encoding" | "asm-error" | "encode" | "elf";
  readonly insns: string | null;
  readonly stale?: boolean;
  readonly llvm_disasm?: readonly string[] | null;
}

interface OpcodeRow {
  readonly opcode: number;
  readonly src_reg: number | null;
  readonly offset: number | null;
  readonly imm: number | null;
  readonly groups: readonly string[];
  readonly isa: string;
}

interface VerifierProgram {
  readonly name: string;
  readonly insns: string;
  readonly kernel_6_18: { readonly verdict: "accept" | "reject" };
}

function readJson<T>(name: string): T {
  const bytes = readFileSync(new URL(name, DATA));
  return JSON.parse((name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8")) as T;
}

const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const cases = available
  ? readJson<{ cases: readonly IsaCase[] }>("isa.json").cases.filter((one) => one.insns !== null)
  : [];

/** Programs that others run and we refuse, with the reason. */
const REFUSED: ReadonlyMap<string, string> = new Map([["bpf_conformance/callx", "callx is not in the kernel"]]);

/** Load errors that the structure of the program does not show. */
const NOT_STRUCTURAL: ReadonlyMap<string, string> = new Map([
  ["ubpf/errors/err-call-bad-imm", "depends on the helpers of the runtime: helper 64"],
  ["ubpf/errors/err-call-unreg", "depends on the helpers of the runtime: helper 63"],
]);

const runnable = (one: IsaCase) => ["run", "encode", "runtime-error"].includes(one.kind) && !REFUSED.has(one.name);

/** What differs between the syntax of LLVM and the kernel's: half registers in memory accesses. */
function fromLlvm(line: string): string {
  return line.replace(/^w(\d+ = \*\()/, "r$1").replace(/^((?:lock )?\*\(.*)\bw(\d+)$/, "$1r$2");
}

describe.skipIf(!available)("conformance data (../shared/conformance)", () => {
  test.each(cases.filter(runnable))("$name: decodes, and comes back from bytes and text", ({ insns: hex, kind }) => {
    const { insns, diagnostics } = decode(fromHex(hex ?? ""));
    expect(diagnostics).toEqual([]);
    expect(toHex(encode(insns))).toBe(hex);
    expect(toHex(encode(assemble(disassemble(insns).join("\n")).insns))).toBe(hex);
    if (kind !== "encode") expect(validate(insns)).toEqual([]);
  });

  test.each(cases.filter((one) => REFUSED.has(one.name)))("$name is refused on purpose", ({ insns }) => {
    expect(decode(fromHex(insns ?? "")).diagnostics).not.toEqual([]);
  });

  test.each(cases.filter((one) => one.kind === "invalid-encoding"))("$name is refused", ({ insns }) => {
    const codes = decode(fromHex(insns ?? "")).diagnostics.map((one) => one.code);
    expect(codes).toHaveLength(1);
    expect(["BPF5003", "BPF5006"]).toContain(codes[0]);
  });

  test.each(cases.filter((one) => one.kind === "load-error" && !one.stale))(
    "$name is refused, or needs more",
    (one) => {
      const { insns, diagnostics } = decode(fromHex(one.insns ?? ""));
      const refused = diagnostics.length > 0 || validate(insns).length > 0;
      expect(refused).toBe(!NOT_STRUCTURAL.has(one.name));
      expect(validate(insns, { helperExists: () => false })).not.toEqual([]);
    },
  );

  test("text of LLVM assembles to the same instructions where the syntax coincides", () => {
    const notOurs = new Set<string>();
    let compared = 0;
    for (const one of cases.filter(runnable)) {
      const { insns } = decode(fromHex(one.insns ?? ""));
      if (one.llvm_disasm?.length !== insns.length) continue;
      for (const [index, line] of one.llvm_disasm.entries()) {
        const { insns: read, diagnostics } = assemble(fromLlvm(line));
        // LLVM writes all three kinds of call alike.
        if (diagnostics.length > 0 || /^call /.test(line)) {
          notOurs.add(line.replace(/\d+/g, "N"));
          continue;
        }
        expect(read, `${one.name}: ${line}`).toEqual([insns[index]]);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(3000);
    expect([...notOurs].filter((line) => !/atomic_fetch|xchg|^call|^ld_pseudo/.test(line))).toEqual([]);
  });
});

const rows = available ? readJson<{ rows: readonly OpcodeRow[] }>("isa-opcodes.json").rows : [];

/** Forms that the IETF's table does not list. */
const UNLISTED = /^(ldx_s(8|16|32)|may_goto|addr_space_cast_.*|load_acquire_.*|store_release_.*)$/;
/** In the kernel the offset of a kfunc call selects a module; the IETF reserves it. */
const KFUNC_CALL = { opcode: 0x85, src_reg: 2 };

const key = (...parts: readonly (string | number | null)[]): string => parts.map((part) => part ?? "*").join(" ");
const ruleKey = (rule: FieldRule): number | null => (typeof rule === "number" ? rule : null);

describe.skipIf(!available)("opcode table of the IETF (../shared/conformance)", () => {
  // 0x00 is the second half of lddw, which is no instruction of its own.
  const theirs = rows
    .filter(({ opcode }) => opcode !== 0)
    .map((row) => {
      const kfunc = row.opcode === KFUNC_CALL.opcode && row.src_reg === KFUNC_CALL.src_reg;
      return key(row.opcode, row.src_reg, kfunc ? null : row.offset, row.imm, row.isa, ...row.groups);
    });
  const ours = insnTable
    .filter(({ name }) => !UNLISTED.test(name))
    .map((form) => key(form.opcode, ruleKey(form.src), ruleKey(form.offset), ruleKey(form.imm), form.isa, form.group));

  test("has the same rows", () => {
    expect(ours.toSorted()).toEqual(theirs.toSorted());
  });
});

describe.skipIf(!available)("programs of the kernel's verifier tests (../shared/conformance)", () => {
  const read = () => readJson<{ programs: readonly VerifierProgram[] }>("verifier.json.gz").programs;

  test("whatever the kernel accepts has a sound structure and round-trips", () => {
    const programs = read();
    expect(programs.length).toBeGreaterThan(2000);
    for (const { name, insns: hex, kernel_6_18 } of programs) {
      const { insns, diagnostics } = decode(fromHex(hex));
      if (kernel_6_18.verdict === "accept") expect([name, ...diagnostics, ...validate(insns)]).toEqual([name]);
      expect(assemble(disassemble(insns).join("\n")).insns).toEqual(insns);
    }
  });
});
