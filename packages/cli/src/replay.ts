// Packets through a program, one after another, with what is worth knowing about all of them. A packet that the back end
// refuses is counted and left out; a fault ends the replay, since nothing after it means anything.
import { type Diagnostic, DiagnosticError, hasErrors } from "@typebpf/abi";
import type { ProgramHandle, RunResult, VirtualClock } from "@typebpf/loader";
import { cliDiagnostic } from "./diagnostics.ts";
import { exitStatusOf } from "./exit-status.ts";
import type { NamedPacket } from "./input/packets.ts";

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
  /** Called now and then with the number of packets that are done. */
  readonly progress: (done: number) => void;
}

const packetsBetweenReports = 1000;

/** Moves the clock to when the packet was recorded, counted from the first one; never back. */
function followTime(clock: VirtualClock, start: { first?: bigint; at: bigint }, { captured }: NamedPacket): void {
  if (!captured || captured.time === 0n) return;
  start.first ??= captured.time;
  const due = start.at + captured.time - start.first;
  const now = clock.now();
  if (due > now) clock.set(due);
}

/** The first refusal, with how many packets met the same. */
function refusalOf(
  refused: readonly { readonly name: string; readonly diagnostics: readonly Diagnostic[] }[],
): Diagnostic[] {
  const [first] = refused;
  if (!first) return [];
  const why = first.diagnostics.map(({ code, message }) => `${code}: ${message}`);
  const message =
    refused.length === 1
      ? `"${first.name}" could not be run`
      : `${refused.length} packets could not be run, the first is "${first.name}"`;
  return [cliDiagnostic("refusedPackets", { message, notes: why })];
}

/** Adds which packet it was to a fault. */
function withPacket(diagnostics: readonly Diagnostic[], name: string): readonly Diagnostic[] {
  return diagnostics.map((one, index) =>
    index > 0 ? one : { ...one, notes: [...one.notes, `while running "${name}"`] },
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
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      if (exitStatusOf(error.diagnostics) === 2) refused.push({ name: input.name, diagnostics: error.diagnostics });
      else faults.push(...withPacket(error.diagnostics, input.name));
      if (hasErrors(faults)) break;
    }
    if (runs.length % packetsBetweenReports === 0) options.progress(runs.length);
  }
  return { runs, diagnostics: [...faults, ...refusalOf(refused)] };
}
