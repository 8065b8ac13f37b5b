// Which exit status diagnostics come to: 0 fine, 1 the program is at fault, 2 usage or environment. Takes codes only;
// the ranges follow the catalogues of the packages.
import type { Diagnostic } from "@typebpf/abi";

/** 0 fine, 1 the program is at fault, 2 usage or environment. */
export type ExitStatus = 0 | 1 | 2;

/** Codes that blame the program, first and last. Every other error blames the call or the machine. */
const programFaults: readonly (readonly [first: number, last: number])[] = [
  [1000, 5999], // language, types, target, verifier, bytecode
  [6100, 6109], // faults in the simulator
  [6113, 6114],
  [6210, 6210], // map refused by the kernel
  [6213, 6217], // program rejected by the kernel
  [6250, 6250], // ring buffer of a size that the kernel does not make
  [6342, 6342], // failing case of a spec
  [6362, 6362], // no such key: what was asked for is not there, but nothing is wrong with the call
];

function statusOfOne({ code, severity }: Diagnostic): ExitStatus {
  if (severity !== "error") return 0;
  const number = Number(code.slice("BPF".length));
  return programFaults.some(([first, last]) => number >= first && number <= last) ? 1 : 2;
}

/** The exit status of a command that ends with these diagnostics: the gravest of them. */
export function exitStatusOf(diagnostics: readonly Diagnostic[]): ExitStatus {
  const all = diagnostics.map(statusOfOne);
  return all.includes(2) ? 2 : all.includes(1) ? 1 : 0;
}
