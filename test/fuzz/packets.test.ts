// Random parsers on packets of every length: JavaScript, the simulator and the kernel agree, and the kernel's verifier
// accepts every one of them, at each level.
// PACKET_FUZZ_MODULES=100 PACKET_FUZZ_SEED=7 npx vitest run test/fuzz/packets.test.ts goes on longer, and elsewhere.
import { fileURLToPath } from "node:url";
import { type BpfObject, renderDiagnostic } from "@typebpf/abi";
import type { Program, XdpAction, XdpContext } from "@typebpf/dsl";
import { createXdpContext } from "@typebpf/dsl/runtime";
import { kernel, simulator } from "@typebpf/loader";
import { expect, test } from "vitest";
import { compileFile } from "../../packages/codegen/src/compile.ts";
import { type CaseRun, hexText, plainRun } from "../harness/case-file.ts";
import { loadJavaScript } from "../harness/javascript.ts";
import { kernelGate } from "../harness/kernel-gate.ts";
import { backendExecutor, type Executor } from "../harness/outcome.ts";
import { PacketGenerator } from "./packet-generator.ts";
import { randomOf } from "./random.ts";

const modules = Number(process.env.PACKET_FUZZ_MODULES ?? 2);
const firstSeed = Number(process.env.PACKET_FUZZ_SEED ?? 1);
const programs = 5;
const lengths = [14, 15, 17, 20, 23, 26, 31, 34, 40, 47, 55, 62, 70, 90];
const levels = [0, 1, 2] as const;
const gate = await kernelGate();

async function build(path: string, source: string, level: 0 | 1 | 2): Promise<BpfObject> {
  const virtualFiles = new Map([[path, source]]);
  const { object, diagnostics } = await compileFile(path, { level, check: true, virtualFiles });
  if (object) return object;
  const text = diagnostics.map((one) => renderDiagnostic(one, { source: () => source, color: false })).join("\n");
  throw new Error(`-O${level} refuses it:\n${text}\n${source}`);
}

test.each(Array.from({ length: modules }, (_, index) => firstSeed + index))(`seed %i, ${gate.title}`, async (seed) => {
  const random = randomOf(seed);
  const source = new PacketGenerator(random).module(programs);
  const path = fileURLToPath(new URL(`parsers-${seed}.bpf.ts`, import.meta.url));
  const runs: readonly CaseRun[] = lengths.flatMap((length) =>
    Array.from({ length: programs }, (_, index) => {
      return plainRun(
        `p${index}`,
        Uint8Array.from({ length }, () => random(256)),
      );
    }),
  );
  const exports = loadJavaScript(path, false, () => source);
  const expected = runs.map((run) => {
    const packet = run.packet.slice();
    const retval = (exports[run.program] as Program<"xdp", XdpContext, XdpAction>).filter(createXdpContext(packet));
    return `${retval} ${hexText(packet)}`;
  });
  const compare = (way: string, executor: Executor): void => {
    runs.forEach((run, index) => {
      const { retval, packet } = executor.run(run);
      const where = `${run.program} ${way} on ${run.label}\n${source}`;
      expect(`${retval} ${packet}`, where).toBe(expected[index]);
    });
  };
  for (const level of levels) {
    const object = await build(path, source, level);
    using simulated = await backendExecutor(object, simulator());
    compare(`-O${level} in the simulator`, simulated);
    if (!gate.ok) continue;
    using loaded = await backendExecutor(object, kernel());
    compare(`-O${level} in the kernel`, loaded);
  }
});
