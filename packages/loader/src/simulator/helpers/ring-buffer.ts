// bpf_ringbuf_reserve, _submit, _discard, _output, _query. kernel/bpf/ringbuf.c
import { Fault } from "../fault.ts";
import { RingBuffer } from "../maps/ring-buffer.ts";
import { REGION_START } from "../memory.ts";
import { half, halfOf } from "../words.ts";
import { bytesAt, giveBack, type Implementation, int, mapArgument, unsigned, type World } from "./world.ts";

function ringArgument(world: World): RingBuffer {
  const map = mapArgument(world, 1);
  if (!(map instanceof RingBuffer)) throw new Fault("helperArgument", "r1 must be a ring buffer");
  return map;
}

export const ringbufReserve: Implementation = (world) => {
  const high = ringArgument(world).reserve(unsigned(world, 2), unsigned(world, 3));
  world.machine.setRegister(0, high === undefined ? 0 : REGION_START, high ?? 0);
};

function release(world: World, discard: boolean): void {
  const high = half(world.machine.registers, halfOf(1) + 1);
  const rings = [...world.maps.values()].filter((map) => map instanceof RingBuffer);
  if (int(world, 1) === REGION_START && rings.some((ring) => ring.release(high, unsigned(world, 2), discard))) {
    giveBack(world, 0);
    return;
  }
  throw new Fault("helperArgument", "r1 must be the start of a reserved record");
}

export const ringbufSubmit: Implementation = (world) => release(world, false);

export const ringbufDiscard: Implementation = (world) => release(world, true);

export const ringbufOutput: Implementation = (world) => {
  const ring = ringArgument(world);
  giveBack(world, ring.output(bytesAt(world, 2, unsigned(world, 3), "read"), unsigned(world, 4)));
};

export const ringbufQuery: Implementation = (world) => {
  giveBack(world, ringArgument(world).query(unsigned(world, 2)));
};
