// Maps of maps: kernel/bpf/map_in_map.c (Linux 6.12). Programs find the inner map itself; user space makes maps by the
// template and puts them in.
import type { MapSpec } from "@typebpf/abi";
import type { BackendInnerMaps } from "../../backend.ts";
import { addressHigh } from "../memory.ts";
import type { LoadedMap, Objects } from "./objects.ts";
import { ReferenceMap } from "./reference-map.ts";

export class MapOfMaps extends ReferenceMap {
  readonly inner: BackendInnerMaps;

  /** `create` makes a map of the object. */
  constructor(spec: MapSpec, objects: Objects, cpus: number, create: (spec: MapSpec) => LoadedMap) {
    super(spec, objects, cpus);
    const { inner } = spec;
    if (!inner) throw new Error(`simulator: nothing says what the maps in ${spec.name} are like`);
    this.inner = {
      create: (name = `${spec.name}.inner`) => create({ ...inner, name, ...(spec.at && { at: spec.at }) }).user,
      open: (value) => objects.map(new DataView(value.buffer, value.byteOffset).getUint32(0, true))?.user,
    };
  }

  /** Upper half of the address that stands for the inner map. */
  override find(key: Uint8Array): number | undefined {
    const number = this.number(key);
    const found = number === undefined ? undefined : this.objects.map(number);
    return found && addressHigh(found.handle, 0);
  }
}
