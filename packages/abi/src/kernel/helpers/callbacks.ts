// Helpers that call a function of the program. kernel/bpf/bpf_iter.c, kernel/bpf/{hashtab,arraymap}.c (Linux 6.12).
import { uapi } from "../uapi.generated.ts";
import { basePrograms } from "./program-sets.ts";
import type { HelperRow } from "./row.ts";

const callbackArgs = [
  { name: "callback", is: "callback" },
  { name: "callbackCtx", is: "callbackContext" },
  { name: "flags", is: "integer", width: 64, signed: false },
] as const;

/** The function may do whatever the program may. */
const common = {
  effects: ["impure", "writesMap", "writesPacket", "writesContext"],
  license: "any",
  programs: basePrograms,
} as const;

export const callbackHelpers = {
  loop: {
    symbol: "bpf_loop",
    number: uapi.helper.loop,
    since: "5.17",
    args: [{ name: "nrLoops", is: "integer", width: 32, signed: false }, ...callbackArgs],
    returns: { is: "integer", width: 64, signed: true },
    ...common,
    surface: { on: "none" },
    doc: "Calls the function with 0, 1, 2, … until it gives 1; how often it did.",
  },
  forEachMapElem: {
    symbol: "bpf_for_each_map_elem",
    number: uapi.helper.for_each_map_elem,
    since: "5.13",
    args: [{ name: "map", is: "map" }, ...callbackArgs],
    returns: { is: "integer", width: 32, signed: true },
    ...common,
    surface: { on: "map", as: "forEach" },
    doc: "Calls the function with each key and value until it gives 1; how often it did.",
  },
} as const satisfies Readonly<Record<string, HelperRow>>;
