// The conformance cases of other runtimes (data beside the repository), through decode and the simulator.
import { existsSync, readFileSync } from "node:fs";
import { DiagnosticError } from "@typebpf/abi";
import { describe, expect, test } from "vitest";
import { suiteHelpers } from "../../../../bench/conformance/helpers.ts";
import { fromHex } from "../codec-json.ts";
import { runRaw } from "./raw.ts";

interface Case {
  readonly name: string;
  readonly kind: string;
  readonly needs?: string;
  readonly stale?: boolean;
  readonly insns: string | null;
  readonly insns_rle?: readonly (readonly [string, number])[];
  readonly mem: string | null;
  readonly expected: { readonly r0?: string };
}

const file = new URL("../../../../../shared/conformance/isa.json", import.meta.url);
const present = existsSync(file);
const cases: readonly Case[] = present ? JSON.parse(readFileSync(file, "utf8")).cases : [];

/** Cases that do not hold for us, each with its reason. */
const exceptions: ReadonlyMap<string, string> = new Map([
  [
    "ubpf/errors/err-too-many-instructions",
    "65,536 instructions are a limit of that runtime; ours is the kernel's million",
  ],
  ["bpf_conformance/callx", "an indirect call is in no RFC group and in no kernel: decode refuses its opcode"],
]);

function programOf(one: Case): Uint8Array {
  const hex = one.insns ?? (one.insns_rle ?? []).map(([text, count]) => text.repeat(count)).join("");
  return fromHex(hex);
}

function run(one: Case): bigint {
  const memory = one.mem === null ? {} : { memory: fromHex(one.mem) };
  return runRaw({ program: programOf(one), ...memory, helpers: suiteHelpers }).r0;
}

const withCode = cases.filter(
  (one) => (one.insns !== null || one.insns_rle) && !one.stale && !exceptions.has(one.name),
);
const refusing = ["load-error", "invalid-encoding", "runtime-error"];

describe.skipIf(!present)("conformance (needs ../shared/conformance/isa.json)", () => {
  test("the data is what we think it is", () => {
    expect(withCode.length).toBeGreaterThan(480);
    expect([...new Set(withCode.map((one) => one.kind))].sort()).toEqual([
      "encode",
      "invalid-encoding",
      "load-error",
      "run",
      "runtime-error",
    ]);
  });

  test.each(withCode.filter((one) => one.kind === "run").map((one) => [one.name, one] as const))("%s", (_, one) => {
    expect(`0x${run(one).toString(16)}`).toBe(`0x${BigInt(one.expected.r0 ?? "0").toString(16)}`);
  });

  test.each(withCode.filter((one) => refusing.includes(one.kind)).map((one) => [one.name, one] as const))(
    "%s is refused",
    (_, one) => {
      const codes = codesOf(() => run(one));
      const phase = codes.every((code) => code.startsWith("BPF61")) && !codes.includes("BPF6112") ? "run" : "load";
      expect(phase).toBe(one.kind === "runtime-error" ? "run" : "load");
    },
  );
});

function codesOf(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics.map((one) => one.code);
    throw error;
  }
  throw new Error("was not refused");
}
