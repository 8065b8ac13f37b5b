// Writes every generated file from its table; with `--check`, writes nothing, lists the files that differ and fails.
// A generator that needs another's output (the rows import the numbers) loads it after that one has been written.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { generateDiagnosticExamples } from "./generate/diagnostic-examples.ts";
import { dslDeclarations } from "./generate/dsl-declarations.ts";
import type { Generator } from "./generate/generator.ts";
import { generateTracepointTable, generateTracepointTypes } from "./generate/tracepoints.ts";
import { generateUapi } from "./generate/uapi.ts";
import type { Snapshot } from "./snapshot/snapshot.ts";

const root = new URL("../", import.meta.url);

function readSnapshot(): Snapshot {
  return JSON.parse(readFileSync(new URL("packages/abi/snapshot/kernel.generated.json", root), "utf8")) as Snapshot;
}

/** In order: each may import what the ones before it wrote. */
const generators: readonly Generator[] = [
  () => generateUapi(readSnapshot()),
  generateTracepointTable,
  generateTracepointTypes,
  async () => (await import("./generate/dsl-contexts.ts")).generateDslContexts(),
  async () => (await import("./generate/dsl-programs.ts")).generateDslPrograms(),
  ...dslDeclarations,
  generateDiagnosticExamples,
  async () => (await import("./generate/diagnostics-reference.ts")).generateDiagnosticsReference(),
  async () => (await import("./generate/type-references.ts")).generateProgramTypes(),
  async () => (await import("./generate/type-references.ts")).generateMapTypes(),
  async () => (await import("./generate/kernel-references.ts")).generateHelpers(),
  async () => (await import("./generate/kernel-references.ts")).generateKernel(),
];

const { values: options } = parseArgs({ options: { check: { type: "boolean", default: false } } });
const stale: string[] = [];
for (const generate of generators) {
  const { path, text } = await generate();
  const file = fileURLToPath(new URL(path, root));
  const current = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  if (current === text) continue;
  stale.push(path);
  if (options.check) continue;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  process.stdout.write(`wrote ${path}\n`);
}
if (options.check && stale.length > 0) {
  process.stderr.write(`out of date (run \`npm run generate\`):\n${stale.map((path) => `  ${path}\n`).join("")}`);
  process.exitCode = 1;
}
