// Meaning of each program type: one row. Numbers come from the snapshot of the kernel's header.
import { uapi } from "./uapi.generated.ts";

/** What the kernel and libbpf call a program type, what it returns, and how it fails safe. */
export interface ProgramTypeRow {
  /** `BPF_PROG_TYPE_*` */
  readonly number: number;
  /** Name of the row in `contexts`. */
  readonly context: string;
  /** libbpf's section name. */
  readonly section: string;
  /** First kernel that has it. */
  readonly since: string;
  /** Verdicts by name, as the DSL and the reports spell them. */
  readonly actions: Readonly<Record<string, number>>;
  /** Returned by code that can never run (a recheck that cannot fail). */
  readonly failure: number;
}

export const programTypes = {
  xdp: {
    number: uapi.progType.XDP,
    context: "xdp_md",
    section: "xdp",
    since: "4.8",
    actions: { ABORTED: 0, DROP: 1, PASS: 2, TX: 3, REDIRECT: 4 },
    failure: 0,
  },
} as const satisfies Readonly<Record<string, ProgramTypeRow>>;

export type ProgramTypeName = keyof typeof programTypes;
