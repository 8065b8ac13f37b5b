// bpf_map_lookup_elem, bpf_map_lookup_percpu_elem, bpf_map_update_elem, bpf_map_delete_elem. kernel/bpf/helpers.c
import { REGION_START } from "../memory.ts";
import { bytesAt, giveBack, type Implementation, int, mapArgument, unsigned } from "./world.ts";

export const mapLookupElem: Implementation = (world) => {
  const map = mapArgument(world, 1);
  const high = map.find(bytesAt(world, 2, map.spec.key.size, "read"));
  world.machine.setRegister(0, high === undefined ? 0 : REGION_START, high ?? 0);
};

export const mapLookupPercpuElem: Implementation = (world) => {
  const map = mapArgument(world, 1);
  const high = map.findCopy?.(bytesAt(world, 2, map.spec.key.size, "read"), int(world, 3) >>> 0);
  world.machine.setRegister(0, high === undefined ? 0 : REGION_START, high ?? 0);
};

export const mapUpdateElem: Implementation = (world) => {
  const map = mapArgument(world, 1);
  const key = bytesAt(world, 2, map.spec.key.size, "read");
  const value = bytesAt(world, 3, map.spec.value.size, "read");
  giveBack(world, map.store(key, value, unsigned(world, 4)));
};

export const mapDeleteElem: Implementation = (world) => {
  const map = mapArgument(world, 1);
  giveBack(world, map.remove(bytesAt(world, 2, map.spec.key.size, "read")));
};
