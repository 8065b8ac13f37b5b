// Runs of programs on data without headers that must be there: what a socket sends or receives.
import type { RunInput } from "./backend.ts";
import { loaderError } from "./diagnostics.ts";

const MAX_BYTES = 1 << 15;

/** Checks a run's input. @throws DiagnosticError BPF6007, BPF6009 */
export function checkPacketInput({ packet, repeat = 1 }: RunInput): void {
  if (packet.length > MAX_BYTES)
    throw loaderError("packetTooLong", { notes: [`the data has ${packet.length} bytes, the most is ${MAX_BYTES}`] });
  if (!Number.isInteger(repeat) || repeat < 1 || repeat > 0x7fff_ffff)
    throw loaderError("option", { message: `repeat is ${repeat}; it must be a whole number from 1 to 2147483647` });
}
