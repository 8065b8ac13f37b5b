// From measured builds to ratios and tables. A ratio is to the base build or to the best of all clangs in that measure;
// below 1 is better. Builds that were rejected or gave wrong results take no part, and are named below their table.
import { stylesFor } from "../../packages/cli/src/output/style.ts";
import { type Column, formatTable } from "../../packages/cli/src/output/table.ts";
import type { Build } from "./builds.ts";
import type { Measured } from "./harness.ts";

/** A build of a program, and what came of it. */
export interface Entry {
  readonly build: Pick<Build, "kind" | "name">;
  readonly result: Measured | { readonly kind: "failed"; readonly why: string };
}

/** All builds of a program. */
export interface Comparison {
  readonly program: string;
  readonly entries: readonly Entry[];
}

const measures = [
  { name: "slots", digits: 0 },
  { name: "JIT", digits: 0 },
  { name: "verified", digits: 0 },
  { name: "ns min", digits: 1 },
  { name: "ns med", digits: 1 },
] as const;

type MeasureName = (typeof measures)[number]["name"];

/** The numbers of a build; times are means over the packets, absent where none was timed. */
export type Numbers = Readonly<Partial<Record<MeasureName, number>>>;

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The numbers of an entry; nothing where it was not measured. */
export function numbersOf({ result }: Entry): Numbers {
  if (result.kind !== "measured") return {};
  const { slots, jit, verified, timings } = result;
  const sizes = { slots, JIT: jit, verified };
  if (timings.length === 0) return sizes;
  return { ...sizes, "ns min": mean(timings.map(({ min }) => min)), "ns med": mean(timings.map((one) => one.median)) };
}

/** The least of each measure over the clangs. */
export function bestOf(entries: readonly Entry[]): Numbers {
  const clangs = entries.filter(({ build }) => build.kind === "clang").map(numbersOf);
  const least = measures.flatMap(({ name }) => {
    const values = clangs.flatMap((numbers) => numbers[name] ?? []);
    return values.length === 0 ? [] : [[name, Math.min(...values)] as const];
  });
  return Object.fromEntries(least);
}

/** The ratios of numbers to others, where both are. */
export function ratios(numbers: Numbers, to: Numbers): Numbers {
  const pairs = measures.flatMap(({ name }) => {
    const [one, other] = [numbers[name], to[name]];
    return one === undefined || other === undefined || other === 0 ? [] : [[name, one / other] as const];
  });
  return Object.fromEntries(pairs);
}

/** The geometric mean of each measure's ratios. */
export function geometricMean(all: readonly Numbers[]): Numbers {
  const means = measures.flatMap(({ name }) => {
    const logs = all.flatMap((numbers) => (numbers[name] === undefined ? [] : [Math.log(numbers[name])]));
    return logs.length === 0 ? [] : [[name, Math.exp(mean(logs))] as const];
  });
  return Object.fromEntries(means);
}

const right = "right" as const;
const none = "-";
const plain = stylesFor(false);

function absolute(numbers: Numbers, { name, digits }: (typeof measures)[number]): string {
  return numbers[name]?.toFixed(digits) ?? none;
}

function ratio(numbers: Numbers, { name }: (typeof measures)[number]): string {
  return numbers[name]?.toFixed(2) ?? none;
}

/** The numbers of the base build of a program. */
export function baseNumbers({ entries }: Comparison, base: string): Numbers {
  const entry = entries.find(({ build }) => build.name === base);
  return entry === undefined ? {} : numbersOf(entry);
}

/** One program: each build's numbers, each followed by its ratio to the base. */
export function programTable(comparison: Comparison, base: string): string {
  const to = baseNumbers(comparison, base);
  const columns: readonly Column[] = [
    { title: comparison.program },
    ...measures.flatMap(({ name }) => [
      { title: name, align: right },
      { title: "×", align: right },
    ]),
  ];
  const rows = comparison.entries.map((entry) => {
    const numbers = numbersOf(entry);
    const relative = ratios(numbers, to);
    return [entry.build.name, ...measures.flatMap((one) => [absolute(numbers, one), ratio(relative, one)])];
  });
  const notes = comparison.entries.flatMap(({ build, result }) =>
    result.kind === "measured" ? [] : [`${build.name}: ${result.kind}: ${result.why}\n`],
  );
  return `${formatTable(columns, rows, plain)}${notes.join("")}`;
}

/** True for the programs that do nothing: they show what a run costs, and would only dilute a mean. */
function isEmpty({ program }: Comparison): boolean {
  return program.endsWith("_empty");
}

/** Ours over all programs: for each measure the number, its ratio to the base, and to the best clang. */
export function summaryTable(comparisons: readonly Comparison[], base: string): string {
  const columns: readonly Column[] = [
    { title: "program" },
    { title: "build" },
    ...measures.flatMap(({ name }) => [
      { title: name, align: right },
      { title: "×base", align: right },
      { title: "×best", align: right },
    ]),
  ];
  const lines = comparisons.flatMap((comparison) =>
    comparison.entries
      .filter(({ build, result }) => build.kind === "ours" && result.kind === "measured")
      .map((entry) => {
        const numbers = numbersOf(entry);
        const toBase = ratios(numbers, baseNumbers(comparison, base));
        return { comparison, entry, numbers, toBase, toBest: ratios(numbers, bestOf(comparison.entries)) };
      }),
  );
  const rows = lines.map(({ comparison, entry, numbers, toBase, toBest }) => [
    comparison.program,
    entry.build.name,
    ...measures.flatMap((one) => [absolute(numbers, one), ratio(toBase, one), ratio(toBest, one)]),
  ]);
  const names = [...new Set(lines.map(({ entry }) => entry.build.name))];
  const means = names.map((name) => {
    const own = lines.filter(({ entry, comparison }) => entry.build.name === name && !isEmpty(comparison));
    const toBase = geometricMean(own.map((line) => line.toBase));
    const toBest = geometricMean(own.map((line) => line.toBest));
    return ["geometric mean", name, ...measures.flatMap((one) => ["", ratio(toBase, one), ratio(toBest, one)])];
  });
  return formatTable(columns, [...rows, ...means], plain);
}
