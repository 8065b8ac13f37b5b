// Lines for people who watch a filter: to the kernel's trace pipe, to a list of events in the simulator.

/** What a line may show: integers, and constants of any kind. */
export type TraceValue = number | bigint | string | boolean;

/**
 * Writes a line: trace`dropped ${ip.saddr}, ${count} so far`. Values are integers, written in decimal, up to 12 (from
 * Linux 5.16 on; 3 before), or constants. It is for debugging: lines go to one pipe of the whole machine, and writing
 * one takes microseconds. The licence must be compatible with the GPL. In JavaScript it writes to `console.debug`.
 */
export function trace(strings: TemplateStringsArray, ...values: readonly TraceValue[]): void {
  console.debug(strings.map((text, index) => `${text}${values[index] ?? ""}`).join(""));
}
