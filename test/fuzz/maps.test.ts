// Random filters on maps: the IR interpreter with the harness's own maps, the simulator and the kernel agree on verdicts,
// packets and what is in the maps after several packets, and the verifier accepts every one of them, at each level.
// MAP_FUZZ_MODULES=100 MAP_FUZZ_SEED=7 npx vitest run test/fuzz/maps.test.ts goes on longer, and elsewhere.
import { fileURLToPath } from "node:url";
import { renderDiagnostic } from "@typebpf/abi";
import { kernel, simulator } from "@typebpf/loader";
import { expect, test } from "vitest";
import { type Compiled, compileFile } from "../../packages/codegen/src/compile.ts";
import { type CaseRun, hexText, plainRun } from "../harness/case-file.ts";
import { kernelGate } from "../harness/kernel-gate.ts";
import { backendExecutor, type Executor, irExecutor } from "../harness/outcome.ts";
import { MapGenerator } from "./map-generator.ts";
import { randomOf } from "./random.ts";

const modules = Number(process.env.MAP_FUZZ_MODULES ?? 2);
const firstSeed = Number(process.env.MAP_FUZZ_SEED ?? 1);
const programs = 5;
const packets = 10;
const levels = [0, 1, 2] as const;
const gate = await kernelGate();

async function build(
  path: string,
  source: string,
  level: 0 | 1 | 2,
): Promise<Required<Pick<Compiled, "object" | "ir">>> {
  const virtualFiles = new Map([[path, source]]);
  const { object, ir, diagnostics } = await compileFile(path, { level, check: true, virtualFiles });
  if (object && ir) return { object, ir };
  const text = diagnostics.map((one) => renderDiagnostic(one, { source: () => source, color: false })).join("\n");
  throw new Error(`-O${level} refuses it:\n${text}\n${source}`);
}

/** Entries that runs may find; every run starts from them. */
const given: CaseRun["given"] = [
  { map: "table", key: "0000000007000000", value: `01000000${"00".repeat(4)}05${"00".repeat(23)}` },
  { map: "counts", key: "0001", value: "0900000000000000" },
  { map: "recent", key: "00000002", value: "07000300" },
];

test.each(Array.from({ length: modules }, (_, index) => firstSeed + index))(`seed %i, ${gate.title}`, async (seed) => {
  const random = randomOf(seed);
  const source = new MapGenerator(random).module(programs);
  const path = fileURLToPath(new URL(`maps-${seed}.bpf.ts`, import.meta.url));
  const runs = Array.from({ length: programs * packets }, (_, index) => {
    const packet = Uint8Array.from({ length: 64 }, () => (random(3) ? random(4) : random(256)));
    return { ...plainRun(`p${index % programs}`, packet), given };
  });
  const first = await build(path, source, 0);
  using reference = irExecutor(first.ir, first.object);
  const expected = runs.map((run) => JSON.stringify(reference.run(run)));
  const compare = (way: string, executor: Executor): void => {
    runs.forEach((run, index) => {
      const where = `${run.program} ${way} on ${hexText(run.packet)}\n${source}`;
      expect(JSON.stringify(executor.run(run)), where).toBe(expected[index]);
    });
  };
  for (const level of levels) {
    const { object, ir } = await build(path, source, level);
    using interpreted = irExecutor(ir, object);
    compare(`-O${level} on the IR interpreter`, interpreted);
    using simulated = await backendExecutor(object, simulator());
    compare(`-O${level} in the simulator`, simulated);
    if (!gate.ok) continue;
    using loaded = await backendExecutor(object, kernel());
    compare(`-O${level} in the kernel`, loaded);
  }
});
