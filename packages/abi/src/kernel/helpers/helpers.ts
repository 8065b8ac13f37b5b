// Every helper that programs may call, in one record. A helper without a row here does not exist for any package: the
// compiler cannot emit it, the verifier rejects it, the simulator does not run it.
import { compareKernels } from "../features.ts";
import { type ProgramKindName, type ProgramKindRow, programKinds } from "../program-kinds.ts";
import { type ProgramTypeName, programTypes } from "../program-types.ts";
import { callbackHelpers } from "./callbacks.ts";
import { cgroupHelpers } from "./cgroup.ts";
import { lockHelpers } from "./locks.ts";
import { lwtHelpers } from "./lwt.ts";
import { mapCallHelpers } from "./map-calls.ts";
import { mapHelpers } from "./maps.ts";
import { networkHelpers } from "./network.ts";
import { probeHelpers } from "./probe.ts";
import { referencesHelpers } from "./references.ts";
import { ringBufferHelpers } from "./ring-buffer.ts";
import type { CalleeRow, HelperRow } from "./row.ts";
import { skMsgHelpers } from "./sk-msg.ts";
import { skbHelpers } from "./skb.ts";
import { sockOpsHelpers } from "./sock-ops.ts";
import { socketHelpers } from "./socket.ts";
import { systemHelpers } from "./system.ts";
import { systemCallsHelpers } from "./system-calls.ts";
import { taskHelpers } from "./task.ts";
import { textHelpers } from "./text.ts";
import { timeHelpers } from "./time.ts";
import { traceHelpers } from "./trace.ts";
import { tracingHelpers } from "./tracing.ts";
import { xdpHelpers } from "./xdp.ts";

/** Helper rows by name: the kernel's without `bpf_`, in camelCase. */
export const helpers = {
  ...mapHelpers,
  ...mapCallHelpers,
  ...timeHelpers,
  ...systemHelpers,
  ...xdpHelpers,
  ...skbHelpers,
  ...ringBufferHelpers,
  ...traceHelpers,
  ...lockHelpers,
  ...callbackHelpers,
  ...probeHelpers,
  ...taskHelpers,
  ...tracingHelpers,
  ...socketHelpers,
  ...cgroupHelpers,
  ...sockOpsHelpers,
  ...skMsgHelpers,
  ...lwtHelpers,
  ...networkHelpers,
  ...textHelpers,
  ...referencesHelpers,
  ...systemCallsHelpers,
} as const satisfies Readonly<Record<string, HelperRow>>;

/** The name of a helper's row. */
export type HelperName = keyof typeof helpers;

/** Names of all rows. */
export const helperNames = Object.keys(helpers) as readonly HelperName[];

/** The row of a helper number, as a `call` instruction has it; undefined when there is none. */
export function helperByNumber(number: number): HelperRow | undefined {
  return Object.values<HelperRow>(helpers).find((row) => row.number === number);
}

/**
 * The first kernel in which programs of this type may call the helper, or undefined when they never may; with an attach
 * type (its name in `uapi.attachType`) programs of that one.
 */
export function helperSince(row: CalleeRow, program: ProgramTypeName, attach?: string): string | undefined {
  if (row.programs !== "all" && !row.programs.includes(program)) return undefined;
  const allowed = row.attachTypes?.[program];
  if (attach !== undefined && allowed && !allowed.includes(attach)) return undefined;
  const helper = row.programSince?.[program] ?? row.since;
  const type = programTypes[program].since;
  return compareKernels(helper, type) > 0 ? helper : type;
}

/**
 * The first kernel in which programs of a kind have the helper as a method of their context: undefined too where they call
 * it with other arguments, or may never sleep and it does.
 */
export function methodSince(row: CalleeRow, kind: ProgramKindName): string | undefined {
  const { type, attach, sleepable }: ProgramKindRow = programKinds[kind];
  if (row.surface.on !== "context" || row.otherArguments?.includes(type)) return undefined;
  if (row.sleeps && type !== "syscall" && sleepable === undefined) return undefined;
  return helperSince(row, type, attach);
}
