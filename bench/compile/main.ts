// `pnpm bench:compile`: how long compiling takes, beside `clang -O2 -target bpf` on equivalent C: as a process that starts
// cold, as one that finds the result in its cache, and in a process that is warm; for each example and reference program, and
// for generated programs all in one process. Each round runs all of them in turns, so that ratios belong together.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import { stylesFor } from "../../packages/cli/src/output/style.ts";
import { formatTable } from "../../packages/cli/src/output/table.ts";
import { createCompiler } from "../../packages/codegen/src/compile.ts";
import { type GeneratedProgram, generateProgram } from "./generated-programs.ts";

const usage = `pnpm bench:compile [--rounds N] [--programs N] [--program NAME]… [--reference DIR] [--json]

  --rounds N         rounds; the least time of all counts (5)
  --programs N       generated programs in one process (100)
  --program NAME     only this one; may be given several times
  --reference DIR    the reference programs in C (../shared/bench/c)
  --json             one JSON document
`;

const root = fileURLToPath(new URL("../../", import.meta.url));
const launcher = join(root, "packages/cli/bin/typebpf.mjs");
const clangs = ["clang-22", "clang-19", "clang"] as const;
const clangFlags = [
  "-O2",
  "-g",
  "-target",
  "bpf",
  "-I/usr/include/x86_64-linux-gnu",
  "-I/usr/include/aarch64-linux-gnu",
];

interface Subject {
  readonly name: string;
  readonly filter: string;
  /** The same in C, where there is one. */
  readonly c: string | undefined;
}

/** Least milliseconds of each way; undefined for what was not run. */
interface Times {
  readonly name: string;
  readonly cold: number;
  readonly cached: number;
  readonly warm: number;
  readonly clang: number | undefined;
}

/** Our own C for the examples, the reference's for the others. */
function subjects(reference: string): readonly Subject[] {
  const c = (...paths: readonly string[]): string | undefined => paths.find((path) => existsSync(path));
  const folders = ["examples", "bench/programs"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => join(root, folder, name)),
  );
  return folders
    .filter((path) => path.endsWith(".bpf.ts"))
    .map((filter) => {
      const name = basename(filter, ".bpf.ts");
      const own = join(root, "bench/compile/c", `${name}.c`);
      return { name, filter, c: c(own, join(reference, `${name.replaceAll("-", "_")}.c`)) };
    });
}

/** Runs a command to its end and gives its milliseconds. @throws Error with what it printed where it fails. */
function timed(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(command, args, { encoding: "utf8", env: { ...process.env, ...env } });
  const ms = performance.now() - started;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}\n${stderr}`);
  return ms;
}

const least = (before: number | undefined, now: number): number => Math.min(before ?? now, now);

async function measure(
  { name, filter, c }: Subject,
  { rounds, clang, scratch }: { readonly rounds: number; readonly clang: string | undefined; readonly scratch: string },
): Promise<Times> {
  const out = join(scratch, "out.o");
  const build = [launcher, "build", filter, "-o", out];
  const env = { TYPEBPF_CACHE: join(scratch, "cache") };
  timed(process.execPath, build, env);
  const found: { cold?: number; cached?: number; warm?: number; clang?: number } = {};
  for (let round = 0; round < rounds; round++) {
    found.cold = least(found.cold, timed(process.execPath, [...build, "--no-cache"], env));
    found.cached = least(found.cached, timed(process.execPath, build, env));
    if (clang && c) found.clang = least(found.clang, timed(clang, [...clangFlags, "-c", c, "-o", out]));
    found.warm = least(found.warm, await warmly(filter));
  }
  const { cold = 0, cached = 0, warm = 0 } = found;
  return { name, cold, cached, warm, clang: found.clang };
}

const compiler = createCompiler();
let turn = 0;

/** A compilation in this process, of a text that it has not seen. */
async function warmly(filter: string, text = readFileSync(filter, "utf8")): Promise<number> {
  const virtualFiles = new Map([[filter, `${text}\n// ${turn++}\n`]]);
  const started = performance.now();
  const { object, diagnostics } = await compiler.compileFile(filter, { virtualFiles });
  const ms = performance.now() - started;
  if (!object) throw new Error(`${filter} does not compile: ${diagnostics[0]?.message}`);
  return ms;
}

/** All generated programs: ours in one process, from its first compilation on, and clang's as one call for all. */
async function measureGenerated(
  programs: readonly GeneratedProgram[],
  { clang, scratch }: { readonly clang: string | undefined; readonly scratch: string },
): Promise<{ readonly first: number; readonly ours: number; readonly clang: number | undefined }> {
  const folder = join(scratch, "generated");
  mkdirSync(folder);
  for (const { name, typescript, c } of programs) {
    writeFileSync(join(folder, `${name}.bpf.ts`), typescript);
    writeFileSync(join(folder, `${name}.c`), c);
  }
  const files = (ending: string): readonly string[] => programs.map(({ name }) => join(folder, `${name}.${ending}`));
  const command = [launcher, "build", ...files("bpf.ts"), "-o", join(scratch, "objects"), "--no-cache"];
  const first = timed(process.execPath, command);
  let ours = 0;
  for (const { name, typescript } of programs) ours += await warmly(join(folder, `${name}.bpf.ts`), typescript);
  const started = performance.now();
  if (clang) for (const file of files("c")) timed(clang, [...clangFlags, "-c", file, "-o", join(scratch, "out.o")]);
  return { first, ours, clang: clang === undefined ? undefined : performance.now() - started };
}

const ratio = (ours: number, clang: number | undefined): string => (clang ? (ours / clang).toFixed(2) : "-");
const milliseconds = (ms: number | undefined): string => (ms === undefined ? "-" : ms.toFixed(0));

function table(rows: readonly (readonly string[])[], first: string, measures: readonly string[]): string {
  const right = "right" as const;
  const columns = [{ title: first }, ...measures.map((title) => ({ title, align: right }))];
  return formatTable(columns, rows, stylesFor(false));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "5" },
      programs: { type: "string", default: "100" },
      program: { type: "string", multiple: true, default: [] },
      reference: { type: "string", default: resolve(root, "../shared/bench/c") },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const count = z.coerce.number().int().min(1).max(10_000);
  const [rounds, programs] = [count.parse(values.rounds), count.parse(values.programs)];
  const clang = clangs.find((command) => spawnSync(command, ["--version"]).status === 0);
  const scratch = mkdtempSync(join(tmpdir(), "typebpf-bench-"));
  try {
    const chosen = subjects(values.reference).filter(
      ({ name }) => values.program.length === 0 || values.program.includes(name),
    );
    const times: Times[] = [];
    for (const subject of chosen) times.push(await measure(subject, { rounds, clang, scratch }));
    const all = Array.from({ length: programs }, (_, number) => generateProgram(number));
    const generated = await measureGenerated(all, { clang, scratch });
    process.stdout.write(
      values.json
        ? `${JSON.stringify({ clang: clang ?? null, rounds, programs: times, generated: { count: programs, ...generated } }, null, 2)}\n`
        : report(times, generated, programs, clang),
    );
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function report(
  times: readonly Times[],
  generated: Awaited<ReturnType<typeof measureGenerated>>,
  count: number,
  clang: string | undefined,
): string {
  const rows = times.map((one) => [
    one.name,
    ...[one.cold, one.cached, one.warm, one.clang].map(milliseconds),
    ...[one.cold, one.cached, one.warm].map((ms) => ratio(ms, one.clang)),
  ]);
  const note = clang
    ? `clang is ${clang} -O2; "-" where there is no equivalent C.`
    : "clang is not installed: nothing to compare with.";
  const { first, ours, clang: theirs } = generated;
  return `Milliseconds, and ratios to clang. ${note}

${table(rows, "program", ["cold", "cached", "warm", "clang", "cold/clang", "cached/clang", "warm/clang"])}
${table(
  [
    ["one process, from its start", milliseconds(first), milliseconds(theirs), ratio(first, theirs)],
    ["one process that is warm", milliseconds(ours), milliseconds(theirs), ratio(ours, theirs)],
  ],
  `${count} generated programs`,
  ["ours", "clang, one by one", "ours/clang"],
)}`;
}

await main();
