// Jumps, calls, exit, wide immediates and legacy packet loads. RFC 9669 sections 4.3, 5.4 and 5.5.
import { half, halfOf } from "../words.ts";
import { END, type Place, type Step } from "./step.ts";

/** A helper, ready to run: reads r1 to r5, writes r0. Gives the slot to go on at where that is not the next, END to end the program. */
export type HelperRun = () => number | undefined;

/** `goto target` */
export function gotoStep(target: number): Step {
  return () => target;
}

/** `may_goto target`: jumps once the budget of this frame is used up. */
export function mayGotoStep({ machine, next }: Place, target: number): Step {
  return () => {
    if (machine.loopsLeft === 0) return target;
    machine.loopsLeft -= 1;
    return next;
  };
}

/** Calls a function of the program. */
export function localCallStep({ machine, next }: Place, target: number): Step {
  return () => {
    machine.call(next);
    return target;
  };
}

/** Calls a helper. */
export function helperCallStep({ machine, next }: Place, run: HelperRun): Step {
  return () => {
    const elsewhere = run();
    if (elsewhere !== undefined) return elsewhere;
    machine.clobberArguments();
    return next;
  };
}

/** Returns to the caller, or ends the program. */
export function exitStep({ machine }: Place): Step {
  return () => machine.leave() ?? END;
}

/** `dst =` two halves that are known. */
export function loadHalvesStep({ machine, insn, next }: Place, low: number, high: number): Step {
  const { registers: r } = machine;
  const d = halfOf(insn.dst);
  return () => {
    r[d] = low;
    r[d + 1] = high;
    return next;
  };
}

/** Legacy `r0 =` big-endian value in the packet; outside of the packet the function returns 0 (bpf_gen_ld_abs). */
export function loadPacketStep({ machine, insn, next }: Place, size: 1 | 2 | 4, indexed: boolean): Step {
  const { registers: r } = machine;
  const s = halfOf(insn.src);
  return () => {
    const start = (insn.imm + (indexed ? half(r, s) : 0)) | 0;
    let value = 0;
    for (let index = 0; index < size; index++) {
      const byte = machine.context.packetByte?.(start + index);
      if (byte === undefined) {
        machine.setRegister(0, 0, 0);
        return machine.leave() ?? END;
      }
      value = (value << 8) | byte;
    }
    machine.setRegister(0, value, 0);
    machine.clobberArguments();
    return next;
  };
}
