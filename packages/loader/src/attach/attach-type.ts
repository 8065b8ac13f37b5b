// The attach type of a program as a number, from the name that its section stands for.
import { type ProgramSection, uapi } from "@typebpf/abi";

/** `expected_attach_type` of BPF_PROG_LOAD, and `attach_type` of what attaches the program. */
export function expectedAttachType({ attach: name }: ProgramSection): number {
  const types: Readonly<Record<string, number>> = uapi.attachType;
  return name === undefined ? 0 : (types[name] ?? 0);
}
