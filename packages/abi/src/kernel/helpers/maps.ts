// Helpers on maps. Prototypes: kernel/bpf/helpers.c (Linux 6.12). The key and the value may lie on the stack, in a map
// value, or in the packet; the map's own row says how long they are.
import { uapi } from "../uapi.generated.ts";
import { basePrograms } from "./program-sets.ts";
import type { HelperRow } from "./row.ts";

export const mapHelpers = {
  mapLookupElem: {
    symbol: "bpf_map_lookup_elem",
    number: uapi.helper.map_lookup_elem,
    since: "3.19",
    args: [
      { name: "map", is: "map" },
      { name: "key", is: "mapKey" },
    ],
    returns: { is: "mapValue", nullable: true },
    effects: ["impure"],
    license: "any",
    programs: "all",
    surface: { on: "map", as: "get" },
    doc: "The entry under `key`, or undefined.",
  },
  mapUpdateElem: {
    symbol: "bpf_map_update_elem",
    number: uapi.helper.map_update_elem,
    since: "3.19",
    args: [
      { name: "map", is: "map" },
      { name: "key", is: "mapKey" },
      { name: "value", is: "mapValue" },
      { name: "flags", is: "integer", width: 64, signed: false },
    ],
    returns: { is: "status" },
    effects: ["impure", "writesMap"],
    license: "any",
    programs: "all",
    surface: { on: "map", as: "set" },
    doc: "Stores `value` under `key`. 0, or a negative errno: -7 (E2BIG) when the map is full.",
  },
  mapDeleteElem: {
    symbol: "bpf_map_delete_elem",
    number: uapi.helper.map_delete_elem,
    since: "3.19",
    args: [
      { name: "map", is: "map" },
      { name: "key", is: "mapKey" },
    ],
    returns: { is: "status" },
    effects: ["impure", "writesMap"],
    license: "any",
    programs: "all",
    surface: { on: "map", as: "delete" },
    doc: "Removes the entry under `key`. 0, or a negative errno: -2 (ENOENT) when there is none.",
  },
  mapLookupPercpuElem: {
    symbol: "bpf_map_lookup_percpu_elem",
    number: uapi.helper.map_lookup_percpu_elem,
    since: "5.19",
    args: [
      { name: "map", is: "map" },
      { name: "key", is: "mapKey" },
      { name: "cpu", is: "integer", width: 32, signed: false },
    ],
    returns: { is: "mapValue", nullable: true },
    effects: ["impure"],
    license: "any",
    programs: basePrograms,
    surface: { on: "map", as: "getPerCpu", maps: ["perCpuHash", "lruPerCpuHash", "perCpuArray"] },
    doc: "The copy of one CPU of the entry under `key`, or undefined.",
  },
} as const satisfies Readonly<Record<string, HelperRow>>;
