// Tells whether programs can be loaded, run and attached here, by trying it: each step that the kernel refuses is named
// with what is missing, so that tests and demonstrations can skip visibly.
import { type BpfObject, DiagnosticError, instruction, scalarLayouts } from "@typebpf/abi";
import { kernel } from "../kernel/kernel.ts";
import { createTestbed } from "./testbed.ts";

/** What the machine can do; `missing` has one line for each thing that it cannot. */
export type KernelCapability = { readonly ok: true } | { readonly ok: false; readonly missing: readonly string[] };

/** The smallest object with a map and a program: everything passes. */
const probe: BpfObject = {
  format: 1,
  license: "GPL",
  target: { kernel: "6.1", isa: 3 },
  maps: [{ name: "probe", type: "array", key: scalarLayouts.u32, value: scalarLayouts.u32, maxEntries: 1, flags: 0 }],
  programs: [
    {
      name: "probe",
      type: "xdp",
      section: "xdp",
      insns: [instruction("mov32_imm", { dst: 0, imm: 2 }), instruction("exit")],
      relocations: [],
      lines: [],
      stackBytes: 0,
    },
  ],
  functions: [],
  sections: [],
  sources: [],
};

async function refusals(attempt: () => Promise<void>): Promise<readonly string[]> {
  try {
    await attempt();
    return [];
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.map((one) => (one.help ? `${one.message}: ${one.help}` : one.message));
  }
}

async function tryBpf(): Promise<void> {
  using object = await kernel().load(probe);
  object.programs.get("probe")?.run({ packet: new Uint8Array(64) });
}

async function tryTestbed(): Promise<void> {
  await using testbed = await createTestbed();
  testbed.host.links();
}

/** Tries the kernel back end and the test bed; leaves nothing behind. */
export async function canRunKernel(): Promise<KernelCapability> {
  const missing = [...new Set([...(await refusals(tryBpf)), ...(await refusals(tryTestbed))])];
  return missing.length === 0 ? { ok: true } : { ok: false, missing };
}
