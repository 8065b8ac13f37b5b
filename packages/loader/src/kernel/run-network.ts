// BPF_PROG_TEST_RUN of programs whose runs are not those of a socket buffer: flow dissectors, which give the keys of the flow
// where others give the packet; the choice of a socket, without a packet; hooks of the packet filter, whose context is a
// `struct nf_hook_state`; raw tracepoints, whose arguments are the context and of which nothing is measured.
import { contextFields, type ProgramSpec } from "@typebpf/abi";
import type { RunInput, RunOutput } from "../backend.ts";
import { contextPlaces, setContextPlace } from "../context-fields.ts";
import { loaderError } from "../diagnostics.ts";
import { boundFlowKeys, checkFlowInput, flowKeysByName, flowKeysBytes, flowKeysInput } from "../flow-input.ts";
import { checkLookupInput } from "../lookup-input.ts";
import { checkNetfilterInput } from "../netfilter-input.ts";

/** How such a run goes in and comes out. */
export interface PlainRun {
  /** Checks what the run is given, and gives the context. @throws DiagnosticError */
  prepare(program: ProgramSpec, input: RunInput): Uint8Array;
  /** Nothing but the context goes in: no packet, no repetitions, no measurement. */
  readonly only?: "context" | "contextOnce";
  /** Whether the kernel gives the context back: none does unless it says so. */
  readonly contextOut: boolean;
  /** What the run gives beside its result; `data` is what came where others give the packet. */
  result?(data: Uint8Array, input: RunInput): Pick<RunOutput, "context">;
}

/** `struct nf_hook_state`: two bytes and five pointers, which must be null. */
const HOOK_STATE_BYTES = 48;
const NF_INET_PRE_ROUTING = 0;
/** Arguments of a function of the kernel that programs see (MAX_BPF_FUNC_ARGS). */
const MAX_ARGUMENTS = 12;

const flow: PlainRun = {
  prepare(_, input) {
    checkFlowInput(input);
    return flowKeysInput(input);
  },
  contextOut: false,
  result: (data, { packet }) => {
    const keys = data.slice(0, flowKeysBytes);
    boundFlowKeys(keys, packet.length);
    return { context: flowKeysByName(keys) };
  },
};

/** `struct bpf_sk_lookup` by its fields. */
const lookup: PlainRun = {
  prepare({ type }, input) {
    checkLookupInput(input);
    const bytes = new Uint8Array(72);
    const places = contextPlaces(contextFields(type));
    const view = new DataView(bytes.buffer);
    for (const [name, value] of Object.entries(input.context ?? {})) setContextPlace(places, view, name, value);
    return bytes;
  },
  only: "context",
  contextOut: true,
  result: () => ({ context: {} }),
};

const hook: PlainRun = {
  prepare(_, input) {
    const state = new Uint8Array(HOOK_STATE_BYTES);
    state[0] = NF_INET_PRE_ROUTING;
    state[1] = checkNetfilterInput(input);
    return state;
  },
  contextOut: false,
  result: () => ({ context: {} }),
};

const rawTracepoint: PlainRun = {
  prepare({ type }, { context = {}, repeat = 1 }) {
    if (repeat !== 1) throw loaderError("option", { message: "a program of a raw tracepoint runs once at a time" });
    const bytes = new Uint8Array(MAX_ARGUMENTS * 8);
    const places = contextPlaces(contextFields(type));
    const view = new DataView(bytes.buffer);
    for (const [name, value] of Object.entries(context)) setContextPlace(places, view, name, value);
    return bytes;
  },
  only: "contextOnce",
  contextOut: false,
};

/** By program type. */
export const plainRuns: { readonly [K in ProgramSpec["type"]]?: PlainRun } = {
  flow_dissector: flow,
  sk_lookup: lookup,
  netfilter: hook,
  raw_tracepoint: rawTracepoint,
};
