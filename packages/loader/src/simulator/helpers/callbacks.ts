// bpf_loop and bpf_for_each_map_elem: a function of the program, called again and again. kernel/bpf/bpf_iter.c, hashtab.c
// (bpf_for_each_hash_elem), arraymap.c (bpf_for_each_array_elem)
import { errno } from "../../errno.ts";
import { Fault } from "../fault.ts";
import { addressHigh, FUNCTION_HIGH, REGION_START, segment } from "../memory.ts";
import { half, halfOf } from "../words.ts";
import { giveBack, type Implementation, int, mapArgument, unsigned, type World } from "./world.ts";

/** BPF_MAX_LOOPS */
const MAX_LOOPS = 1 << 23;

/** The slot of the function that an argument names. */
function functionArgument(world: World, register: number): number {
  const { registers } = world.machine;
  if (half(registers, halfOf(register) + 1) !== FUNCTION_HIGH) {
    throw new Fault("helperArgument", `r${register} must be a function`);
  }
  return half(registers, halfOf(register));
}

export const loop: Implementation = (world) => {
  const count = int(world, 1) >>> 0;
  const slot = functionArgument(world, 2);
  const { machine } = world;
  const context = [half(machine.registers, halfOf(3)), half(machine.registers, halfOf(3) + 1)] as const;
  if (unsigned(world, 4) !== 0) return giveBack(world, -errno.EINVAL);
  if (count > MAX_LOOPS) return giveBack(world, -errno.E2BIG);
  for (let index = 0; index < count; index++) {
    if (machine.callback(slot, [[index, 0], context]) !== 0) return giveBack(world, index + 1);
  }
  giveBack(world, count);
};

export const forEachMapElem: Implementation = (world) => {
  const map = mapArgument(world, 1);
  const slot = functionArgument(world, 2);
  const { machine } = world;
  const { registers, memory } = machine;
  const handle = [half(registers, halfOf(1)), half(registers, halfOf(1) + 1)] as const;
  const context = [half(registers, halfOf(3)), half(registers, halfOf(3) + 1)] as const;
  if (unsigned(world, 4) !== 0) return giveBack(world, -errno.EINVAL);
  if (!map.elements) throw new Fault("helperArgument", `a ${map.spec.type} map has no elements to visit`);
  const key = new Uint8Array(map.spec.key.size);
  const index = memory.add(segment("memory", `a key of map "${map.spec.name}"`, key, { writable: false }));
  const keyAddress = [REGION_START, addressHigh(index, 0)] as const;
  let visited = 0;
  try {
    for (const [bytes, high] of map.elements()) {
      key.set(bytes);
      visited += 1;
      if (machine.callback(slot, [handle, keyAddress, [REGION_START, high], context]) !== 0) break;
    }
  } finally {
    memory.remove(index);
  }
  giveBack(world, visited);
};
