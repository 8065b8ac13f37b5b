// The harness of the reference folder (C, libbpf, cJSON): builds it, and runs it over objects of one program. It loads
// them all, checks each against the program's spec, and times them in turns, so that their numbers belong together.
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";

const headers = [
  { header: "bpf/libbpf.h", comesWith: "libbpf-dev" },
  { header: "libelf.h", comesWith: "libelf-dev" },
  { header: "zlib.h", comesWith: "zlib1g-dev" },
  { header: "cjson/cJSON.h", comesWith: "libcjson-dev" },
] as const;

/** What is not here of what the harness needs, by the names of packages. */
export function missingForHarness(reference: string): readonly string[] {
  const source = existsSync(join(reference, "harness/bpfbench.c")) ? [] : ["../shared/bench"];
  const questions = headers.map(({ header, comesWith }) => `#if !__has_include(<${header}>)\n${comesWith}\n#endif\n`);
  const { status, stdout } = spawnSync("gcc", ["-E", "-P", "-x", "c", "-"], {
    input: questions.join(""),
    encoding: "utf8",
  });
  if (status !== 0) return [...source, "gcc"];
  return [...source, ...stdout.split("\n").filter((line) => line !== "")];
}

/** Builds the harness as `path`. */
export function buildHarness(reference: string, path: string): void {
  const source = join(reference, "harness/bpfbench.c");
  execFileSync("gcc", ["-O2", "-Wall", "-o", path, source, "-lbpf", "-lelf", "-lz", "-lcjson"], { stdio: "pipe" });
}

/** How much is measured: runs of a packet in a round (0: check only), rounds, and the CPU. */
export interface Effort {
  readonly repeat: number;
  readonly rounds: number;
  readonly cpu: number;
}

const packet = z.object({
  name: z.string(),
  ok: z.boolean(),
  why: z.string().optional(),
  ns_median: z.number().optional(),
  ns_min: z.number().optional(),
});
const loaded = z.object({
  insns: z.number(),
  jited: z.number(),
  verified_insns: z.number(),
  packets: z.array(packet).min(1),
});
const answers = z.array(z.union([z.object({ error: z.string() }), loaded]));

/** Nanoseconds for a packet that was timed. */
export interface Timing {
  readonly packet: string;
  readonly min: number;
  readonly median: number;
}

/** What the harness found of an object; sizes are sums over its programs. */
export type Measured =
  | { readonly kind: "rejected"; readonly why: string }
  | { readonly kind: "wrong"; readonly why: string }
  | {
      readonly kind: "measured";
      readonly slots: number;
      readonly jit: number;
      readonly verified: number;
      readonly timings: readonly Timing[];
    };

function measuredOf(answer: z.infer<typeof answers>[number]): Measured {
  if ("error" in answer) return { kind: "rejected", why: answer.error };
  const wrong = answer.packets.filter(({ ok }) => !ok);
  if (wrong.length > 0) {
    return { kind: "wrong", why: wrong.map(({ name, why }) => `${name}: ${why ?? "not run"}`).join("; ") };
  }
  const { insns: slots, jited: jit, verified_insns: verified } = answer;
  const timings = answer.packets.flatMap(({ name, ns_min: min, ns_median: median }) =>
    min === undefined || median === undefined ? [] : [{ packet: name, min, median }],
  );
  return { kind: "measured", slots, jit, verified, timings };
}

/** Runs the harness: one result for each object, in their order. */
export async function runHarness(
  harness: string,
  spec: string,
  objects: readonly string[],
  { repeat, rounds, cpu }: Effort,
): Promise<readonly Measured[]> {
  const effort = ["-l", "1", "-c", `${cpu}`, "-r", `${repeat}`, "-n", `${rounds}`];
  const { stdout } = await promisify(execFile)(harness, ["-R", ...effort, spec, ...objects], { maxBuffer: 1 << 26 });
  const found = answers.parse(JSON.parse(stdout));
  if (found.length !== objects.length)
    throw new Error(`bpfbench: ${found.length} results of ${objects.length} objects`);
  return found.map(measuredOf);
}
