// Packets through a program, one after another, with what is worth knowing about all of them. A packet that the back end
// refuses is counted and left out; a fault ends the replay, since nothing after it means anything.
import { type Diagnostic, DiagnosticError, hasErrors } from "@typebpf/abi";
import type { ProgramHandle, RunResult, VirtualClock } from "@typebpf/loader";
import { exitStatusOf } from "./exit-status.ts";
import type { NamedPacket } from "./input/packets.ts";
import { counted } from "./output/style.ts";

/** A packet that was run. */
export interface PacketRun {
  readonly input: NamedPacket;
  readonly result: RunResult;
}

/** What came of all packets. */
export interface Replay {
  readonly runs: readonly PacketRun[];
  readonly diagnostics: readonly Diagnostic[];
}

/** How to replay. */
export interface ReplayOptions {
  readonly repeat?: number | undefined;
  /** Simulated time: follows the times of captured packets. */
  readonly clock?: VirtualClock | undefined;
  /** Called after each packet, before the next one. */
  readonly after?: () => void;
  /** Called now and then with the number of packets that are done. */
  readonly progress: (done: number) => void;
}

const packetsBetweenReports = 256;

/** Moves the clock to when the packet was recorded, counted from the first one; never back. */
function followTime(clock: VirtualClock, start: { first?: bigint; at: bigint }, { captured }: NamedPacket): void {
  if (!captured || captured.time === 0n) return;
  start.first ??= captured.time;
  const due = start.at + captured.time - start.first;
  const now = clock.now();
  if (due > now) clock.set(due);
}

/** Adds to the first diagnostic at which packet it came, and how many other packets were left out as well. */
function withPacket(diagnostics: readonly Diagnostic[], name: string, more: number): readonly Diagnostic[] {
  const others = more === 0 ? "" : `; ${counted(more, "more packet")} could not be run`;
  return diagnostics.map((one, index) =>
    index > 0 ? one : { ...one, notes: [...one.notes, `while running "${name}"${others}`] },
  );
}

/** Runs all packets in order. */
export function replay(program: ProgramHandle, packets: readonly NamedPacket[], options: ReplayOptions): Replay {
  const runs: PacketRun[] = [];
  const refused: { name: string; diagnostics: readonly Diagnostic[] }[] = [];
  const faults: Diagnostic[] = [];
  const start: { first?: bigint; at: bigint } = { at: options.clock?.now() ?? 0n };
  for (const input of packets) {
    if (options.clock) followTime(options.clock, start, input);
    try {
      const { name: _, captured: __, ...given } = input;
      const result = program.run(given, options.repeat === undefined ? {} : { repeat: options.repeat });
      runs.push({ input, result });
      options.after?.();
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      if (exitStatusOf(error.diagnostics) === 2) refused.push({ name: input.name, diagnostics: error.diagnostics });
      else faults.push(...withPacket(error.diagnostics, input.name, 0));
      if (hasErrors(faults)) break;
    }
    if (runs.length % packetsBetweenReports === 0) options.progress(runs.length);
  }
  const [first] = refused;
  const refusal = first ? withPacket(first.diagnostics, first.name, refused.length - 1) : [];
  return { runs, diagnostics: [...faults, ...refusal] };
}
