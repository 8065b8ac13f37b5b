// The part of a spec that names events: each program is attached to its event while this process opens and closes a file a
// hundred times, and must run each time. The simulator has no events: there a program runs once, on a record of zeros.
import { closeSync, openSync } from "node:fs";
import { DiagnosticError } from "@typebpf/abi";
import { type AttachOptions, countRuns, type Link, openProgram, type ProgramHandle } from "@typebpf/loader";
import type { SpecTracepoint } from "./json/inputs.ts";
import { type ProgramHandles, type SpecCase, specProgram } from "./spec-run.ts";

const rounds = 100;

function openFiles(): void {
  for (let round = 0; round < rounds; round++) closeSync(openSync("/dev/null", "r"));
}

async function runsOf(program: ProgramHandle): Promise<bigint> {
  const { id } = program.raw as unknown as { readonly id: number };
  using found = await openProgram(id);
  return found.info.runCount;
}

/** What a step that throws diagnostics comes to. */
function failure(name: string, error: unknown): SpecCase {
  if (!(error instanceof DiagnosticError)) throw error;
  return { name, ok: false, why: error.diagnostics.map(({ message }) => message).join("; ") };
}

/** Runs each program once. */
function simulated(programs: ProgramHandles, tracepoints: readonly SpecTracepoint[]): readonly SpecCase[] {
  return tracepoints.map(({ prog, event }) => {
    const name = `${prog} at ${event}`;
    try {
      specProgram(programs, prog).run({ context: {} });
      return { name, ok: true };
    } catch (error) {
      return failure(name, error);
    }
  });
}

async function attached(
  programs: ProgramHandles,
  tracepoints: readonly SpecTracepoint[],
): Promise<readonly SpecCase[]> {
  using _counting = await countRuns();
  const links: Link[] = [];
  const cases: SpecCase[] = [];
  const seen: (readonly [name: string, program: ProgramHandle, before: bigint])[] = [];
  try {
    for (const { prog, event } of tracepoints) {
      const name = `${prog} at ${event}`;
      const program = specProgram(programs, prog);
      try {
        links.push(program.attach({ event: event.replace("/", ":") } as AttachOptions));
        seen.push([name, program, await runsOf(program)]);
      } catch (error) {
        cases.push(failure(name, error));
      }
    }
    openFiles();
    for (const [name, program, before] of seen) {
      const runs = (await runsOf(program)) - before;
      const ok = runs >= BigInt(rounds);
      cases.push({ name, ok, ...(!ok && { why: `${runs} runs, where a file was opened ${rounds} times` }) });
    }
  } finally {
    for (const link of links) link.detach();
  }
  return cases;
}

/** The cases of a spec's events. */
export async function runSpecEvents(
  programs: ProgramHandles,
  tracepoints: readonly SpecTracepoint[],
  kernel: boolean,
): Promise<readonly SpecCase[]> {
  return kernel ? attached(programs, tracepoints) : simulated(programs, tracepoints);
}
