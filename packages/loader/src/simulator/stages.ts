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
import {
  boundFlowKeys,
  checkFlowInput,
  flowFields,
  flowKeysByName,
  flowKeysBytes,
  initialFlowKeys,
} from "../flow-input.ts";
import { checkLookupInput } from "../lookup-input.ts";
import { checkNetfilterInput } from "../netfilter-input.ts";
import { checkPacketInput } from "../packet-input.ts";
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

const xdpStage = (isOfDeviceMap: boolean): Stage => ({
  check: (input) => checkXdpInput(input, isOfDeviceMap),
  packetLoads: false,
  begin: ({ xdp }, input) => {
    xdp.begin(input, isOfDeviceMap);
    return xdp;
  },
  result: ({ xdp }) => ({ packet: xdp.result() }),
});

/** Types whose context is a struct with a packet: `length` is the field that says how long it is. */
function packetStage(type: ProgramTypeName, length: string): Stage {
  const rows = contextFields(type);
  const { struct: name }: ContextRow = contexts[programTypes[type].context as keyof typeof contexts];
  return {
    check: checkPacketInput,
    packetLoads: false,
    begin: ({ struct }, input) => {
      struct.begin(name, rows, { ...input, context: { [length]: input.packet.length, ...input.context } });
      return struct;
    },
    result: ({ struct }) => ({ packet: struct.result(), context: struct.output() }),
  };
}

const flowStage: Stage = {
  check: checkFlowInput,
  packetLoads: false,
  begin: ({ struct }, input) => {
    struct.begin("__sk_buff", flowFields, { packet: input.packet });
    struct.memory.set(initialFlowKeys(input));
    return struct;
  },
  result: ({ struct }, { packet }) => {
    const keys = struct.memory.slice(0, flowKeysBytes);
    boundFlowKeys(keys, packet.length);
    return { packet: packet.slice(), context: flowKeysByName(keys) };
  },
};

/** Types with more than integers in their context. */
const stages: { readonly [T in ProgramTypeName]?: Stage } = {
  sk_msg: packetStage("sk_msg", "size"),
  sk_reuseport: packetStage("sk_reuseport", "len"),
  flow_dissector: flowStage,
  ...Object.fromEntries(skbProgramTypes.map((type) => [type, skbStage(type)])),
};

/** What runs without a packet in the context are checked for, beside the fields. */
const structChecks: { readonly [T in ProgramTypeName]?: Stage["check"] } = {
  sk_lookup: checkLookupInput,
  cgroup_sockopt: checkPacketInput,
  sock_ops: checkPacketInput,
  netfilter: (input) => void checkNetfilterInput(input),
};

/** The fields that say how long is what a context has in place of a packet: the value of an option, a TCP header. */
const packetLengths: { readonly [T in ProgramTypeName]?: string } = { cgroup_sockopt: "optlen", sock_ops: "skbLen" };

/** The stage of a program whose context is a struct of integers. */
function structStage(spec: ProgramSpec): Stage {
  const { kind, attach, target } = sectionOfProgram(spec);
  const place = target !== undefined && spec.type === "tracepoint" ? target.replace("/", ":") : target;
  const rows = kind
    ? fieldsOf({ kind, ...(place !== undefined && { target: place }), ...(spec.context && { schema: spec.context }) })
    : contextFields(spec.type, attach);
  const row: ContextRow = contexts[kind ? contextOf(kind) : programTypes[spec.type].context];
  const length = packetLengths[spec.type];
  return {
    check: structChecks[spec.type] ?? (() => {}),
    packetLoads: false,
    begin: ({ struct }, input) => {
      const context = length === undefined ? input.context : { [length]: input.packet.length, ...input.context };
      struct.begin(row.struct || "the context", rows, { ...input, ...(context && { context }) });
      return struct;
    },
    result: ({ struct }, { packet }) => ({
      packet: length === undefined ? packet.slice() : struct.result(),
      context: struct.output(),
    }),
  };
}

/** How runs of a program begin and end. */
export function stageOf(spec: ProgramSpec): Stage {
  if (spec.type === "xdp") return xdpStage(sectionOfProgram(spec).attach === "XDP_DEVMAP");
  return stages[spec.type] ?? structStage(spec);
}
