// bpf_loop, bpf_for_each_map_elem and bpf_user_ringbuf_drain: a function of the program, called again and again, and how it
// reads the records. kernel/bpf/bpf_iter.c, hashtab.c (bpf_for_each_hash_elem), arraymap.c (bpf_for_each_array_elem),
// ringbuf.c (bpf_user_ringbuf_drain), helpers.c (bpf_dynptr_read)
import { errno } from "../../errno.ts";
import { Fault } from "../fault.ts";
import { UserRingBuffer } from "../maps/user-ring-buffer.ts";
import { addressHigh, FUNCTION_HIGH, REGION_START, segment } from "../memory.ts";
import { half, halfOf } from "../words.ts";
import { bytesAt, giveBack, type Implementation, int, mapArgument, unsigned, type World } from "./world.ts";

/** BPF_MAX_LOOPS */
const MAX_LOOPS = 1 << 23;

/** BPF_MAX_USER_RINGBUF_SAMPLES */
const MAX_RECORDS = 128 * 1024;

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

export const userRingbufDrain: Implementation = (world) => {
  const map = mapArgument(world, 1);
  const slot = functionArgument(world, 2);
  const { machine } = world;
  const { registers, memory } = machine;
  const context = [half(registers, halfOf(3)), half(registers, halfOf(3) + 1)] as const;
  if (!(map instanceof UserRingBuffer)) throw new Fault("helperArgument", `a ${map.spec.type} map has no records`);
  if (unsigned(world, 4) !== 0) return giveBack(world, -errno.EINVAL);
  if (map.isDraining) return giveBack(world, -errno.EBUSY);
  map.isDraining = true;
  let taken = 0;
  try {
    for (let go = true; go && taken < MAX_RECORDS; taken++) {
      const record = map.next();
      if (!record) break;
      const name = `a record of map "${map.spec.name}"`;
      const index = memory.add(segment("dynptr", name, record, { high: 0, writable: false }));
      try {
        go = machine.callback(slot, [[REGION_START, addressHigh(index, 0)], context]) === 0;
      } finally {
        memory.remove(index);
      }
    }
  } finally {
    map.isDraining = false;
  }
  giveBack(world, taken);
};

export const dynptrRead: Implementation = (world) => {
  const size = unsigned(world, 2);
  const { registers, memory } = world.machine;
  const from = memory.segmentAt(half(registers, halfOf(3) + 1));
  if (from?.kind !== "dynptr") throw new Fault("helperArgument", "r3 must be a dynptr");
  const target = bytesAt(world, 1, size, "write");
  const offset = unsigned(world, 4);
  if (unsigned(world, 5) !== 0) return giveBack(world, -errno.EINVAL);
  if (offset + size > from.bytes.length) return giveBack(world, -errno.E2BIG);
  target.set(from.bytes.subarray(offset, offset + size));
  giveBack(world, 0);
};
