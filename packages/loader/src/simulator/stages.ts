// How runs of each program type begin and end in the simulator: what they are given, the context that serves accesses, and
// what is read from it afterwards. A type whose context is a struct of integers needs no row of its own.
import {
  type ContextRow,
  contextFields,
  contextOf,
  contexts,
  fieldsOf,
  type ProgramSpec,
  type ProgramTypeName,
  programTypes,
  sectionOfProgram,
} from "@typebpf/abi";
import type { RunInput, RunOutput } from "../backend.ts";
import { type SkbProgramType, skbInputContext, skbProgramTypes } from "../skb-input.ts";
import { checkXdpInput } from "../xdp-input.ts";
import type { World } from "./helpers/world.ts";
import type { ContextAccess } from "./machine.ts";

/** What a program's runs are given, and what is read from its context after one. */
export interface Stage {
  /** @throws DiagnosticError for what a test run cannot be given. */
  check(input: RunInput): void;
  /** Whether programs of the type may use legacy packet loads (may_access_skb of kernel/bpf/verifier.c). */
  readonly packetLoads: boolean;
  /** Puts a packet or the context in place. */
  begin(world: World, input: RunInput): ContextAccess & { readonly high: number };
  result(world: World, input: RunInput): Pick<RunOutput, "packet" | "context">;
}

function skbStage(type: SkbProgramType): Stage {
  return {
    check: (input) => void skbInputContext(type, input),
    packetLoads: true,
    begin: ({ skb }, input) => {
      skb.begin(type, input);
      return skb;
    },
    result: ({ skb }) => ({ packet: skb.result(), context: skb.output() }),
  };
}

const xdpStage: Stage = {
  check: checkXdpInput,
  packetLoads: false,
  begin: ({ xdp }, input) => {
    xdp.begin(input);
    return xdp;
  },
  result: ({ xdp }) => ({ packet: xdp.result() }),
};

/** Types with more than integers in their context. */
const stages: { readonly [T in ProgramTypeName]?: Stage } = {
  xdp: xdpStage,
  ...Object.fromEntries(skbProgramTypes.map((type) => [type, skbStage(type)])),
};

/** The stage of a program whose context is a struct of integers. */
function structStage(spec: ProgramSpec): Stage {
  const { kind, attach, target } = sectionOfProgram(spec);
  const place = target !== undefined && spec.type === "tracepoint" ? target.replace("/", ":") : target;
  const rows = kind
    ? fieldsOf({ kind, ...(place !== undefined && { target: place }), ...(spec.context && { schema: spec.context }) })
    : contextFields(spec.type, attach);
  const row: ContextRow = contexts[kind ? contextOf(kind) : programTypes[spec.type].context];
  return {
    check: () => {},
    packetLoads: false,
    begin: ({ struct }, input) => {
      struct.begin(row.struct || "the context", rows, input);
      return struct;
    },
    result: ({ struct }, { packet }) => ({ packet: packet.slice(), context: struct.output() }),
  };
}

/** How runs of a program begin and end. */
export function stageOf(spec: ProgramSpec): Stage {
  return stages[spec.type] ?? structStage(spec);
}
