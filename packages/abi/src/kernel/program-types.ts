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
  /** Verdicts by name, as the DSL and the reports spell them; none where the program returns a count. */
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
  sched_cls: {
    number: uapi.progType.SCHED_CLS,
    context: "sk_buff",
    section: "tc",
    since: "4.1",
    actions: {
      UNSPEC: -1,
      OK: 0,
      RECLASSIFY: 1,
      SHOT: 2,
      PIPE: 3,
      STOLEN: 4,
      QUEUED: 5,
      REPEAT: 6,
      REDIRECT: 7,
      TRAP: 8,
    },
    failure: 2,
  },
  /** Returns how many bytes of the packet its socket gets; 0 drops it. */
  socket_filter: {
    number: uapi.progType.SOCKET_FILTER,
    context: "sk_buff",
    section: "socket",
    since: "3.19",
    actions: {},
    failure: 0,
  },
} as const satisfies Readonly<Record<string, ProgramTypeRow>>;

/** The name of a program type's row: the kernel's, in lower case. */
export type ProgramTypeName = keyof typeof programTypes;

/** The name of the verdict that r0, as an unsigned 32-bit number, is; undefined where it has none. */
export function actionName(program: ProgramTypeName, retval: number): string | undefined {
  const actions: Readonly<Record<string, number>> = programTypes[program].actions;
  return Object.keys(actions).find((name) => (actions[name] ?? 0) >>> 0 === retval >>> 0);
}
