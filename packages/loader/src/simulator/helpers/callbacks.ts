// bpf_loop: a function of the program, called again and again. kernel/bpf/bpf_iter.c
import { errno } from "../../errno.ts";
import { Fault } from "../fault.ts";
import { FUNCTION_HIGH } from "../memory.ts";
import { half, halfOf } from "../words.ts";
import { giveBack, type Implementation, int, unsigned, type World } from "./world.ts";

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
