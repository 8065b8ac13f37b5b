// Every helper that programs may call, in one record. A helper without a row here does not exist for any package: the
// compiler cannot emit it, the verifier rejects it, the simulator does not run it.
import { compareKernels } from "../features.ts";
import { type ProgramTypeName, programTypes } from "../program-types.ts";
import { callbackHelpers } from "./callbacks.ts";
import { lockHelpers } from "./locks.ts";
import { mapCallHelpers } from "./map-calls.ts";
import { mapHelpers } from "./maps.ts";
import { ringBufferHelpers } from "./ring-buffer.ts";
import type { HelperRow } from "./row.ts";
import { skbHelpers } from "./skb.ts";
import { systemHelpers } from "./system.ts";
import { timeHelpers } from "./time.ts";
import { traceHelpers } from "./trace.ts";
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
export function helperSince(row: HelperRow, program: ProgramTypeName, attach?: string): string | undefined {
  if (row.programs !== "all" && !row.programs.includes(program)) return undefined;
  const allowed = row.attachTypes?.[program];
  if (attach !== undefined && allowed && !allowed.includes(attach)) return undefined;
  const helper = row.programSince?.[program] ?? row.since;
  const type = programTypes[program].since;
  return compareKernels(helper, type) > 0 ? helper : type;
}
