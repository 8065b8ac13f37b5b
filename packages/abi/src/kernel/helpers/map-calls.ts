// Helpers that are operations of maps of some types: jumps to programs, redirects, samples, queues and stacks.
// kernel/bpf/{helpers,core,queue_stack_maps,bloom_filter}.c, net/core/filter.c, kernel/trace/bpf_trace.c (Linux 6.12).
import { uapi } from "../uapi.generated.ts";
import { perfEventOutputPrograms } from "./program-sets.ts";
import type { HelperRow } from "./row.ts";

const flags = { name: "flags", is: "integer", width: 64, signed: false, plain: true, optional: true } as const;
const index = { name: "index", is: "integer", width: 32, signed: false } as const;
const sequences = ["queue", "stack"] as const;

export const mapCallHelpers = {
  tailCall: {
    symbol: "bpf_tail_call",
    number: uapi.helper.tail_call,
    since: "4.2",
    args: [{ name: "ctx", is: "context" }, { name: "map", is: "map" }, index],
    returns: { is: "void" },
    effects: ["impure", "invalidatesPackets", "acts", "leaves"],
    license: "any",
    programs: "all",
    surface: { on: "map", as: "tailCall", maps: ["progArray"] },
    doc: "Goes on with the program at `index`, with the same context, and does not come back; goes on behind the call where there is none, or after 33 such calls.",
  },
  redirectMap: {
    symbol: "bpf_redirect_map",
    number: uapi.helper.redirect_map,
    since: "4.14",
    args: [{ name: "map", is: "map" }, index, flags],
    returns: { is: "integer", width: 32, signed: true, action: true },
    effects: ["impure", "acts"],
    license: "any",
    programs: ["xdp"],
    surface: { on: "map", as: "redirect", maps: ["devMap", "devMapHash", "cpuMap", "xskMap"] },
    doc: "Sends the packet where the entry says: return what this gives.",
  },
  perfEventOutput: {
    symbol: "bpf_perf_event_output",
    number: uapi.helper.perf_event_output,
    since: "4.4",
    args: [
      { name: "ctx", is: "context" },
      { name: "map", is: "map" },
      { ...flags, default: 0xffff_ffff },
      { name: "data", is: "memoryRead", size: "size" },
      { name: "size", is: "size", zero: true },
    ],
    returns: { is: "status" },
    effects: ["impure", "acts"],
    license: "GPL",
    programs: perfEventOutputPrograms,
    programSince: { xdp: "4.18", socket_filter: "5.4", cgroup_skb: "5.4" },
    surface: { on: "map", as: "output", maps: ["perfEventArray"] },
    doc: "Hands a copy of `value` to who reads the event of this CPU, or of the one that `flags` say.",
  },
  mapPushElem: {
    symbol: "bpf_map_push_elem",
    number: uapi.helper.map_push_elem,
    since: "4.20",
    args: [{ name: "map", is: "map" }, { name: "value", is: "mapValue" }, flags],
    returns: { is: "status" },
    effects: ["impure", "writesMap"],
    license: "any",
    programs: "all",
    surface: { on: "map", as: "push", maps: sequences },
    doc: "Adds a copy of `value`. 0, or a negative errno: -7 (E2BIG) when it is full.",
  },
  mapPopElem: {
    symbol: "bpf_map_pop_elem",
    number: uapi.helper.map_pop_elem,
    since: "4.20",
    args: [
      { name: "map", is: "map" },
      { name: "value", is: "mapValueOut" },
    ],
    returns: { is: "status" },
    effects: ["impure", "writesMap"],
    license: "any",
    programs: "all",
    surface: { on: "map", as: "pop", maps: sequences },
    doc: "Takes the next value out: a copy, or undefined where there is none.",
  },
  mapPeekElem: {
    symbol: "bpf_map_peek_elem",
    number: uapi.helper.map_peek_elem,
    since: "4.20",
    args: [
      { name: "map", is: "map" },
      { name: "value", is: "mapValueOut" },
    ],
    returns: { is: "status" },
    effects: ["impure"],
    license: "any",
    programs: "all",
    surface: { on: "map", as: "peek", maps: sequences },
    doc: "A copy of the next value, which stays; undefined where there is none.",
  },
} as const satisfies Readonly<Record<string, HelperRow>>;
