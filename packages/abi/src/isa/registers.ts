// The eleven registers and what the calling convention makes of them (RFC 9669 section 2.2).
// Registers are plain numbers everywhere; these are the names.

/** Result of a call and of the program. */
export const R0 = 0;
/** First argument; the context on entry. */
export const R1 = 1;
/** Last argument register. */
export const R5 = 5;
/** First register that a call preserves; the packet for legacy packet loads. */
export const R6 = 6;
/** Last register that a call preserves and that a program may write. */
export const R9 = 9;
/** Frame pointer, read-only. */
export const R10 = 10;

/** Number of registers, r0 to r10. */
export const registerCount = 11;

/** Registers that carry the arguments of a call, in order. */
export const argumentRegisters: readonly number[] = [1, 2, 3, 4, 5];

/** Registers whose contents are lost over a call: r0 takes the result, r1 to r5 are dead. */
export const callClobbered: readonly number[] = [0, 1, 2, 3, 4, 5];

/** Registers that a call leaves as they are. r10 is preserved too, and never written. */
export const calleeSaved: readonly number[] = [6, 7, 8, 9];

/** True for r0 to r10. */
export function isRegister(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < registerCount;
}

/** How a register is written in assembly: "r3", or "w3" for its lower half. */
export function registerName(register: number, width: 32 | 64 = 64): string {
  return `${width === 32 ? "w" : "r"}${register}`;
}
