// Processor and randomness. Prototypes: kernel/bpf/helpers.c (Linux 6.12). A program never migrates while it runs, so
// the processor and its node are constant within one run.
import { uapi } from "../uapi.generated.ts";
import { basePrograms } from "./program-sets.ts";
import type { HelperRow } from "./row.ts";

export const systemHelpers = {
  getPrandomU32: {
    symbol: "bpf_get_prandom_u32",
    number: uapi.helper.get_prandom_u32,
    since: "4.1",
    args: [],
    returns: { is: "integer", width: 32, signed: false },
    effects: ["impure"],
    license: "any",
    programs: "all",
    surface: { on: "context", as: "getPrandomU32" },
    doc: "A pseudo-random number; not for cryptography.",
  },
  getSmpProcessorId: {
    symbol: "bpf_get_smp_processor_id",
    number: uapi.helper.get_smp_processor_id,
    since: "4.1",
    args: [],
    returns: { is: "integer", width: 32, signed: false },
    effects: [],
    license: "any",
    programs: basePrograms,
    surface: { on: "context", as: "getSmpProcessorId" },
    doc: "Number of the processor that runs the program.",
  },
  getNumaNodeId: {
    symbol: "bpf_get_numa_node_id",
    number: uapi.helper.get_numa_node_id,
    since: "4.10",
    args: [],
    returns: { is: "integer", width: 32, signed: true },
    effects: [],
    license: "any",
    programs: basePrograms,
    surface: { on: "context", as: "getNumaNodeId" },
    doc: "Number of the memory node of that processor.",
  },
} as const satisfies Readonly<Record<string, HelperRow>>;
