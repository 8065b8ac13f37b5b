// `pnpm fuzz --minutes 10`: random programs in all four ways for a while. Prints what ran, what was refused, what of the
// language the programs used, and saves each counterexample as a case file. Exit status 1 where there is one.
import { availableParallelism } from "node:os";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import { kernelGate } from "../harness/kernel-gate.ts";
import { campaign, type Finding, type Report } from "./run/campaign.ts";

const usage = `pnpm fuzz [--minutes N] [--seed N] [--no-kernel] [--json]

  --minutes N   how long (1)
  --seed N      where to start; the same seed makes the same programs (a random one)
  --no-kernel   leave the kernel out
  --json        the report as one JSON document

Example: pnpm fuzz --minutes 30 --seed 7
`;

const folder = fileURLToPath(new URL("found", import.meta.url));
const number = (least: number): z.ZodType<number> => z.coerce.number().finite().min(least);
const schema = z.object({ minutes: number(0), seed: number(0).pipe(z.int()) });

interface Wanted {
  readonly minutes: number;
  readonly seed: number;
  readonly kernel: boolean;
  readonly json: boolean;
}

function wanted(): Wanted | undefined {
  const { values } = parseArgs({
    options: {
      minutes: { type: "string", default: "1" },
      seed: { type: "string", default: `${Math.floor(Math.random() * 1e9)}` },
      "no-kernel": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return undefined;
  const { minutes, seed } = schema.parse(values);
  return { minutes, seed, kernel: !values["no-kernel"], json: values.json };
}

function describe({ seed, verdict, file }: Finding): string {
  const about = verdict.kind === "differs" || verdict.kind === "crash" ? `${verdict.way}\n${verdict.message}` : "";
  return `\nseed ${seed} ${verdict.kind}: ${about}\n  saved as ${relative(process.cwd(), file)}\n`;
}

/** Names and counts in columns; what is missing comes last. */
function table(rows: Report["coverage"]["kinds"]): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + 9;
  const cells = rows
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count === 0 ? "—" : count}`.padEnd(width));
  const columns = Math.max(1, Math.floor(118 / width));
  const lines = Array.from({ length: Math.ceil(cells.length / columns) }, (_, line) =>
    cells.slice(line * columns, (line + 1) * columns).join(""),
  );
  return lines.map((line) => `  ${line.trimEnd()}`).join("\n");
}

function print(report: Report, kernel: string): void {
  const { seed, programs, runs, seconds, refused, findings, coverage } = report;
  const share = (rows: Report["coverage"]["kinds"]): string =>
    `${rows.filter(([, count]) => count > 0).length} of ${rows.length}`;
  const codes = Object.entries(refused).map(([code, count]) => `${code} ${count}`);
  process.stdout.write(
    [
      `seed            ${seed}`,
      `programs        ${programs}, each at 3 levels; ${runs} runs in each way; ${kernel}`,
      `time            ${seconds.toFixed(0)} s, ${(programs / seconds).toFixed(1)} programs/s`,
      `refused         ${codes.length > 0 ? codes.join(", ") : "none"}`,
      `disagreements   ${findings.length}`,
      "",
      `kinds of syntax: ${share(coverage.kinds)}`,
      table(coverage.kinds),
      "",
      `operators: ${share(coverage.operators)}`,
      table(coverage.operators),
      "",
    ].join("\n"),
  );
}

async function main(): Promise<number> {
  const options = wanted();
  if (!options) {
    process.stdout.write(usage);
    return 0;
  }
  const gate = options.kernel ? await kernelGate() : { ok: false, title: "kernel left out" };
  const started = performance.now();
  const ended = started + options.minutes * 60_000;
  const report = await campaign({
    seed: options.seed,
    goesOn: () => performance.now() < ended,
    ways: { kernel: gate.ok, passes: true, registers: 3 },
    programs: 2,
    inputs: 12,
    shrink: 60_000,
    folder,
    onFinding: (finding) => process.stderr.write(describe(finding)),
  });
  const title = gate.ok ? `in the kernel too, on one of ${availableParallelism()} CPUs` : gate.title;
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else print(report, title);
  return report.findings.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof z.ZodError) && !(error instanceof TypeError)) throw error;
  const text = error instanceof z.ZodError ? z.prettifyError(error) : error.message;
  process.stderr.write(`${text}\n\n${usage}`);
  process.exitCode = 2;
}
