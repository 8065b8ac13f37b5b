// Many random modules, one after another: counts what ran and what was refused, makes every finding small and saves it as
// a case file that can be moved into test/language. A function of the first seed but for the time it takes.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Layout } from "@typebpf/abi";
import fc from "fast-check";
import { type CaseRun, hexText } from "../../harness/case-file.ts";
import { loadJavaScript } from "../../harness/javascript.ts";
import { type Generated, generateModule } from "../program/module.ts";
import { Coverage } from "./coverage.ts";
import { inputsOf } from "./inputs.ts";
import { judge, type Subject, type Verdict, type Ways } from "./judge.ts";
import { reduce } from "./reduce.ts";

export interface CampaignOptions {
  readonly seed: number;
  /** Asked before each module. */
  readonly goesOn: (modules: number) => boolean;
  readonly ways: Ways;
  /** Programs of a module, and runs of each. */
  readonly programs: number;
  readonly inputs: number;
  /** Milliseconds for making one finding small; 0 leaves it as it is. */
  readonly shrink: number;
  /** Where findings are saved. */
  readonly folder: string;
  readonly onFinding?: (finding: Finding) => void;
}

export interface Finding {
  readonly seed: number;
  readonly verdict: Verdict;
  /** The case file. */
  readonly file: string;
}

export interface Report {
  readonly seed: number;
  readonly modules: number;
  readonly programs: number;
  readonly runs: number;
  readonly seconds: number;
  /** Programs that the compiler refused, by code. */
  readonly refused: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
  readonly coverage: Coverage["rows"];
}

const path = fileURLToPath(new URL("random.bpf.ts", import.meta.url));
const longestTape = 4000;
const shortestTape = 300;

function sample<T>(arbitrary: fc.Arbitrary<T>, seed: number): T {
  const [value] = fc.sample(arbitrary, { seed, numRuns: 1 });
  if (value === undefined) throw new Error("fuzz: no sample");
  return value;
}

const tapes = fc.noBias(
  fc
    .integer({ min: shortestTape, max: longestTape })
    .chain((length) => fc.array(fc.nat(0x7fff_ffff), { minLength: length, maxLength: length })),
);

/** Entries for the hash tables, with keys that programs ask for. */
function givenEntries({ source, signed, maps }: Generated, seed: number): readonly CaseRun["given"][number][] {
  if (maps.length === 0) return [];
  const exports = loadJavaScript(path, signed, () => source);
  return maps.flatMap((name) => {
    const { key, value } = exports[name] as Record<"key" | "value", { readonly layout: Layout }>;
    return [0, 1, 2].map((number) => {
      const bytes = new Uint8Array(key.layout.size);
      bytes[bytes.length === 2 ? 1 : 0] = number;
      const { size } = value.layout;
      const filled = sample(fc.uint8Array({ minLength: size, maxLength: size }), seed + number);
      return { map: name, key: hexText(bytes), value: hexText(filled) };
    });
  });
}

/** The module of a seed with its runs. */
export function subjectOf(seed: number, programs: number, inputs: number): Subject {
  const module = generateModule(sample(tapes, seed), programs);
  const given = givenEntries(module, seed);
  const runs = sample(inputsOf(module.programs, inputs), seed).map((run, index) =>
    index % 2 === 0 ? { ...run, given } : run,
  );
  return { path, source: module.source, signed: module.signed, runs };
}

/** The directives of a case file. */
function caseText({ source, signed, runs }: Subject, verdict: Verdict, seed: number): string {
  const shown = verdict.kind === "differs" ? [verdict.run] : runs.slice(0, 4);
  const about =
    verdict.kind === "differs" || verdict.kind === "crash" ? `${verdict.way}: ${verdict.message}` : verdict.kind;
  const comment = `Found by the fuzzer, seed ${seed}. ${about}`.split("\n").map((line) => `// ${line.slice(0, 400)}`);
  const directives = shown.flatMap((run) => [
    `// run ${run.program}`,
    `//   packet: ${hexText(run.packet)} (exact)`,
    ...run.given.map(({ map, key, value }) => `//   given ${map}: ${key} = ${value}`),
  ]);
  return [...comment, ...(signed ? ["// bigint: signed"] : []), ...directives, source, ""].join("\n");
}

/** What must stay while a finding is made small. */
function kindOf(verdict: Verdict): string {
  const numberless = (text: string): string => text.replaceAll(/\d+/g, "#").slice(0, 60);
  switch (verdict.kind) {
    case "agree":
      return "agree";
    case "refused":
      return `refused ${verdict.code} ${verdict.message.startsWith("-O")}`;
    case "crash":
      return `crash ${verdict.way.replace(/^-O\d, /, "")} ${numberless(verdict.message)}`;
    case "differs":
      return `differs ${/kernel|simulator|IR/.exec(verdict.way)?.[0]}`;
  }
}

async function makeSmall(subject: Subject, verdict: Verdict, within: number): Promise<[Subject, Verdict]> {
  const way = verdict.kind === "differs" || verdict.kind === "crash" ? verdict.way : "";
  const registers = /^\d+(?= registers)/.exec(way)?.[0];
  const ways: Ways = {
    kernel: way.includes("kernel"),
    passes: way.includes("after"),
    ...(registers !== undefined && { registers: Number(registers) }),
  };
  const wanted = kindOf(verdict);
  const runs =
    verdict.kind === "differs"
      ? [verdict.run]
      : subject.runs.filter(({ program }) => program === subject.runs[0]?.program);
  const tryIt = async (source: string, some: readonly CaseRun[]): Promise<Verdict> => {
    const present = some.filter(({ program }) => source.includes(`export const ${program} = `));
    if (present.length === 0) return { kind: "agree" };
    try {
      return await judge({ ...subject, source, runs: present }, ways);
    } catch {
      // A candidate that the oracle cannot run is no counterexample.
      return { kind: "agree" };
    }
  };
  const kept = verdict.kind === "differs" ? runs : subject.runs;
  const source = await reduce(subject.source, async (candidate) => kindOf(await tryIt(candidate, kept)) === wanted, {
    within,
  });
  const small = {
    ...subject,
    source,
    runs: kept.filter(({ program }) => source.includes(`export const ${program} = `)),
  };
  const again = await tryIt(source, small.runs);
  return [small, kindOf(again) === wanted ? again : verdict];
}

/** Programs at fault: a finding of any kind that is not an honest refusal. */
export async function campaign(options: CampaignOptions): Promise<Report> {
  const { seed: first, ways, programs, inputs, folder } = options;
  const started = performance.now();
  const coverage = new Coverage();
  const refused: Record<string, number> = {};
  const findings: Finding[] = [];
  let [modules, runs] = [0, 0];
  for (; options.goesOn(modules); modules++) {
    const seed = first + modules;
    const subject = subjectOf(seed, programs, inputs);
    coverage.add(subject.source);
    const registers = modules % 2 === 0 ? 3 : 5;
    const verdict = await judge(subject, ways.registers === undefined ? ways : { ...ways, registers });
    runs += verdict.kind === "agree" ? subject.runs.length : 0;
    if (verdict.kind === "refused") refused[verdict.code] = (refused[verdict.code] ?? 0) + programs;
    if (verdict.kind === "agree" || verdict.kind === "refused") continue;
    const [small, shown] = options.shrink > 0 ? await makeSmall(subject, verdict, options.shrink) : [subject, verdict];
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `seed-${seed}.ts`);
    writeFileSync(file, caseText(small, shown, seed));
    const finding = { seed, verdict: shown, file };
    findings.push(finding);
    options.onFinding?.(finding);
  }
  const seconds = (performance.now() - started) / 1000;
  return {
    seed: first,
    modules,
    programs: modules * programs,
    runs,
    seconds,
    refused,
    findings,
    coverage: coverage.rows,
  };
}
