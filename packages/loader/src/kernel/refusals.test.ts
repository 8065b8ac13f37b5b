// What users are told when the kernel refuses before it looks: a kernel that answers with one error number stands in.
import { DiagnosticError, instruction, type MapSpec, type ProgramSpec, scalarLayouts } from "@typebpf/abi";
import { describe, expect, test } from "vitest";
import { createMap } from "./map-create.ts";
import { Poller } from "./poller.ts";
import { loadProgram } from "./program-load.ts";
import type { Sys } from "./sys.ts";

/** Answers every bpf(2) with `status`. */
function refusing(status: number): Sys {
  const allocate: Sys["allocate"] = (size) => {
    const buffer = new ArrayBuffer(size);
    return { bytes: new Uint8Array(buffer), view: new DataView(buffer), address: 1n };
  };
  return { allocate, bpf: () => status } as unknown as Sys;
}

const host = (sys: Sys) => ({ sys, cpus: 1, poller: new Poller(sys) });

const program: ProgramSpec = {
  name: "filter",
  type: "xdp",
  section: "xdp",
  insns: [instruction("mov32_imm", { dst: 0, imm: 2 }), instruction("exit")],
  relocations: [],
  lines: [],
  stackBytes: 0,
};
const map: MapSpec = {
  name: "m",
  type: "hash",
  key: scalarLayouts.u32,
  value: scalarLayouts.u64,
  maxEntries: 1,
  flags: 0,
};

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics[0]?.code;
    throw error;
  }
  return undefined;
}

const load = (status: number, spec: ProgramSpec = program) =>
  codeOf(() => loadProgram(refusing(status), { program: spec, license: "GPL", maps: new Map(), logLevel: 0 }));

describe("errors without a log", () => {
  test.each([
    ["EPERM", -1, "BPF6204", "BPF6204"],
    ["ENOSYS", -38, "BPF6203", "BPF6203"],
    ["E2BIG", -7, "BPF6216", "BPF6211"],
    ["ENOMEM", -12, "BPF6215", "BPF6211"],
    ["EINVAL", -22, "BPF6215", "BPF6210"],
    ["ENOTSUPP, no JIT", -524, "BPF6206", "BPF6210"],
    ["EAGAIN, again and again", -11, "BPF6215", "BPF6210"],
    ["ENOSPC, however large the log", -28, "BPF6215", "BPF6210"],
  ] as const)("%s", (_, status, forProgram, forMap) => {
    expect(load(status)).toBe(forProgram);
    expect(codeOf(() => createMap(host(refusing(status)), map))).toBe(forMap);
  });

  test("types that do not exist are refused, whatever they are called", () => {
    expect(load(3, { ...program, type: "toString" as "xdp" })).toBe("BPF6215");
    expect(codeOf(() => createMap(host(refusing(3)), { ...map, type: "constructor" as "hash" }))).toBe("BPF6210");
  });
});
