// Random filters: JavaScript is the oracle of the unoptimised and the optimised IR, verdict and packet. What the compiler
// refuses of them is counted, so that the generator cannot go blind.
// More: FUZZ_RUNS=200 npx vitest run test/fuzz/source.test.ts; FUZZ_SEED=7 starts elsewhere.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { XdpProgram } from "@typebpf/dsl";
import { createXdpContext } from "@typebpf/dsl/runtime";
import { afterAll, expect, test } from "vitest";
import { compileFile } from "../../packages/codegen/src/compile.ts";
import { hexText, plainRun } from "../harness/case-file.ts";
import { loadJavaScript } from "../harness/javascript.ts";
import { irExecutor } from "../harness/outcome.ts";
import { generateModule, operandBytes } from "./source-generator.ts";

const modules = Number(process.env.FUZZ_RUNS ?? 3);
const firstSeed = Number(process.env.FUZZ_SEED ?? 1);
const programs = 6;
const inputs = 24;
const folder = mkdtempSync(join(fileURLToPath(new URL(".", import.meta.url)), ".source-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A packet whose operands are often at the ends of their types. */
function packetOf(seed: number): Uint8Array {
  const packet = new Uint8Array(256);
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  for (let i = 0; i < operandBytes; i++) {
    state = (Math.imul(state ^ (state >>> 13), 0x5bd1e995) + i) >>> 0;
    packet[i] = [0, 1, 255, 127, 128, state >>> 8, state >>> 16, state >>> 24][state & 7] ?? 0;
  }
  return packet;
}

test.each(Array.from({ length: modules }, (_, index) => firstSeed + index))("module %i", async (seed) => {
  const path = join(folder, `m${seed}.bpf.ts`);
  const source = generateModule(seed, programs);
  writeFileSync(path, source);
  const javaScript = loadJavaScript(path, false);
  for (const level of [0, 2] as const) {
    const { object, ir, diagnostics } = await compileFile(path, { level, check: true });
    expect(diagnostics.map(({ code, message, at }) => `${code} ${message} ${path}:${at?.line}`)).toEqual([]);
    if (!object || !ir) throw new Error("nothing was compiled");
    using executor = irExecutor(ir, object);
    for (let index = 0; index < programs; index++) {
      for (let input = 0; input < inputs; input++) {
        const packet = packetOf(seed * 1000 + input);
        const expected = packet.slice();
        const { filter } = javaScript[`p${index}`] as XdpProgram;
        const retval = filter(createXdpContext(expected, {}));
        const run = plainRun(`p${index}`, packet);
        const outcome = executor.run(run);
        const where = `p${index} of ${path} at -O${level} on ${hexText(packet.subarray(0, operandBytes))}`;
        expect({ retval: outcome.retval, packet: outcome.packet }, where).toEqual({
          retval,
          packet: hexText(expected),
        });
      }
    }
  }
});
