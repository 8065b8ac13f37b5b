// `pnpm bench:clang`: our bytecode beside clang's. Builds each reference program with every compiler here, runs all
// objects of a program in turns, and prints sizes, the verifier's effort and times, as numbers and ratios. Exit status 1
// where an object of ours is rejected or gives a wrong result, 2 where the machine or the call is at fault.
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { availableParallelism, cpus, release } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import { kernelGate } from "../../test/harness/kernel-gate.ts";
import { availableBuilds, type Build, baseOf, make } from "./builds.ts";
import { buildHarness, type Effort, missingForHarness, runHarness } from "./harness.ts";
import {
  baseNumbers,
  bestOf,
  type Comparison,
  type Entry,
  numbersOf,
  programTable,
  ratios,
  summaryTable,
} from "./report.ts";

const usage = `pnpm bench:clang [--quick] [--program NAME]… [--json]

  --quick            few rounds: sizes are exact, times are rough
  --program NAME     only this program; may be given several times
  --repeat N         runs of a packet in a round (300000; 20000 with --quick)
  --rounds N         rounds, each with a fresh load (25; 5 with --quick)
  --cpu N            the CPU to run on (1, or 0 where there is one)
  --reference DIR    the reference programs (../shared/bench)
  --json             one JSON document

Example: pnpm bench:clang --quick --program xdp_vlan
`;

const root = fileURLToPath(new URL("../../", import.meta.url));
const cache = join(root, ".cache/bench-clang");
const count = (most: number) => z.coerce.number().int().min(0).max(most);
/** The harness keeps as many rounds at most. */
const mostRounds = 101;
const schema = z.object({
  repeat: count(100_000_000),
  rounds: count(mostRounds).pipe(z.number().min(1)),
  cpu: count(availableParallelism() - 1),
});

interface Wanted {
  readonly effort: Effort;
  readonly programs: readonly string[];
  readonly reference: string;
  readonly json: boolean;
}

/** A fault of the call or the machine, in a sentence. */
class Refusal extends Error {}

function wanted(): Wanted | undefined {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      program: { type: "string", multiple: true, default: [] },
      repeat: { type: "string" },
      rounds: { type: "string" },
      cpu: { type: "string", default: `${Math.min(1, availableParallelism() - 1)}` },
      reference: { type: "string", default: join(root, "../shared/bench") },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return undefined;
  const usual = values.quick ? { repeat: 20_000, rounds: 5 } : { repeat: 300_000, rounds: 25 };
  const { repeat = usual.repeat, rounds = usual.rounds, cpu } = values;
  const effort = schema.parse({ repeat, rounds, cpu });
  return { effort, programs: values.program, reference: resolve(values.reference), json: values.json };
}

/** The programs that there are in C and in TypeScript, with a spec; those that are asked for. */
function programsOf({ reference, programs }: Wanted): readonly string[] {
  const names = (folder: string, ending: string): readonly string[] =>
    readdirSync(join(reference, folder))
      .filter((file) => file.endsWith(ending))
      .map((file) => file.slice(0, -ending.length));
  const [ours, specs] = [names("ts", ".bpf.ts"), names("spec", ".json")];
  const all = names("c", ".c").filter((name) => ours.includes(name) && specs.includes(name));
  const unknown = programs.filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new Refusal(`no program ${unknown.join(", ")}; there are ${all.join(", ")}`);
  return programs.length === 0 ? all : all.filter((name) => programs.includes(name));
}

/** Tracepoints are attached and not test-run, for which the harness needs tracefs. */
function lacksTracefs(program: string, reference: string): boolean {
  const spec: unknown = JSON.parse(readFileSync(join(reference, "spec", `${program}.json`), "utf8"));
  const folder = process.env.TRACEFS ?? "/sys/kernel/tracing";
  return typeof spec === "object" && spec !== null && "tracepoints" in spec && !existsSync(join(folder, "events"));
}

async function compare(
  program: string,
  available: readonly Build[],
  { reference, effort }: Wanted,
): Promise<Comparison> {
  const made = await Promise.all(
    available.map(async (build) => {
      const file = `${program}.${build.name.replaceAll(/[ -]+/g, "-")}.o`;
      return { build, outcome: await make(build, reference, program, join(cache, file)) };
    }),
  );
  const objects = made.flatMap(({ outcome }) => (outcome.kind === "object" ? [outcome.path] : []));
  const spec = join(reference, "spec", `${program}.json`);
  const results = objects.length === 0 ? [] : await runHarness(join(cache, "bpfbench"), spec, objects, effort);
  const entries = made.flatMap(({ build, outcome }): readonly Entry[] => {
    if (outcome.kind === "absent") return [];
    if (outcome.kind === "failed") return [{ build, result: outcome }];
    const result = results[objects.indexOf(outcome.path)];
    return result === undefined ? [] : [{ build, result }];
  });
  return { program, entries };
}

/** Each entry with its numbers and ratios. */
function documentOf(comparisons: readonly Comparison[], base: string): readonly unknown[] {
  return comparisons.map((comparison) => ({
    program: comparison.program,
    best: bestOf(comparison.entries),
    builds: comparison.entries.map((entry) => {
      const numbers = numbersOf(entry);
      const toBase = ratios(numbers, baseNumbers(comparison, base));
      const toBest = ratios(numbers, bestOf(comparison.entries));
      return { name: entry.build.name, kind: entry.build.kind, result: entry.result, numbers, toBase, toBest };
    }),
  }));
}

function isFault({ build, result }: Entry): boolean {
  return build.kind === "ours" && (result.kind === "rejected" || result.kind === "wrong");
}

async function main(): Promise<number> {
  const options = wanted();
  if (!options) {
    process.stdout.write(usage);
    return 0;
  }
  const absent = missingForHarness(options.reference);
  if (absent.length > 0) throw new Refusal(`missing: ${absent.join(", ")}`);
  const gate = await kernelGate();
  if (!gate.ok) throw new Refusal(gate.title);
  const all = programsOf(options);
  const untraced = all.filter((program) => lacksTracefs(program, options.reference));
  const programs = all.filter((program) => !untraced.includes(program));
  const { available, missing: compilers } = availableBuilds();
  const missing = [...compilers, ...untraced.map((program) => `tracefs for ${program} (TRACEFS=MOUNT)`)];
  const base = baseOf(available)?.name ?? "";
  mkdirSync(cache, { recursive: true });
  buildHarness(options.reference, join(cache, "bpfbench"));

  const { repeat, rounds, cpu } = options.effort;
  const machine = { kernel: release(), cpu: cpus()[cpu]?.model ?? "unknown" };
  const say = (text: string): void => void (options.json || process.stdout.write(text));
  say(`kernel ${machine.kernel}, ${machine.cpu}; ${rounds} rounds of ${repeat} runs on CPU ${cpu}\n`);
  say(`ratios (×) are to ${base === "" ? "nothing: there is no clang" : base}; below 1 is better\n`);
  if (missing.length > 0) say(`not here: ${missing.join(", ")}\n`);
  const comparisons: Comparison[] = [];
  for (const program of programs) {
    const comparison = await compare(program, available, options);
    comparisons.push(comparison);
    say(`\n${programTable(comparison, base)}`);
  }
  say(`\n${summaryTable(comparisons, base)}`);
  if (options.json) {
    const document = { machine, effort: options.effort, missing, base, programs: documentOf(comparisons, base) };
    process.stdout.write(`${JSON.stringify(document)}\n`);
  }
  return comparisons.some(({ entries }) => entries.some(isFault)) ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  const call = error instanceof z.ZodError || error instanceof TypeError;
  if (!call && !(error instanceof Refusal)) throw error;
  const text = error instanceof z.ZodError ? z.prettifyError(error) : error.message;
  process.stderr.write(call ? `${text}\n\n${usage}` : `${text}\n`);
  process.exitCode = 2;
}
