// Every build that is compared, as data, and how each becomes an object file: the reference C by a clang, the filter in
// TypeScript by `typebpf build`. A build whose compiler is not installed is left out and named.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { main } from "../../packages/cli/src/cli.ts";
import type { Streams } from "../../packages/cli/src/streams.ts";

/** A way to make an object of a program. */
export type Build =
  | {
      /** `hand`: assembly written by hand, in C files; what is reachable, no compiler's work. */
      readonly kind: "clang" | "hand";
      readonly name: string;
      readonly command: string;
      readonly flags: readonly string[];
    }
  | { readonly kind: "ours"; readonly name: string; readonly targetKernel: string };

const misaligned = ["-Xclang", "-target-feature", "-Xclang", "+allows-misaligned-mem-access"];

/** The builds, opponents first. The instruction set that clang-22 takes by itself is v3. */
export const builds: readonly Build[] = [
  { kind: "clang", name: "clang-14 -O2", command: "clang-14", flags: [] },
  { kind: "clang", name: "clang-14 v3", command: "clang-14", flags: ["-mcpu=v3"] },
  { kind: "clang", name: "clang-19 -O2", command: "clang-19", flags: [] },
  { kind: "clang", name: "clang-19 v3", command: "clang-19", flags: ["-mcpu=v3"] },
  { kind: "clang", name: "clang-19 v4", command: "clang-19", flags: ["-mcpu=v4"] },
  { kind: "clang", name: "clang-22 -O2", command: "clang-22", flags: [] },
  { kind: "clang", name: "clang-22 v4", command: "clang-22", flags: ["-mcpu=v4"] },
  { kind: "clang", name: "clang-22 mis", command: "clang-22", flags: ["-mcpu=v4", ...misaligned] },
  { kind: "hand", name: "by hand", command: "clang-22", flags: ["-mcpu=v4"] },
  { kind: "ours", name: "typebpf v3", targetKernel: "6.1" },
  { kind: "ours", name: "typebpf v4", targetKernel: "6.6" },
];

/** The build that ratios are to: clang-22 -O2, or the newest clang there is. */
export function baseOf(available: readonly Build[]): Build | undefined {
  return available.findLast(({ kind, name }) => kind === "clang" && name.endsWith(" -O2"));
}

/** The builds whose compilers are here, and the commands that are not. */
export function availableBuilds(): { readonly available: readonly Build[]; readonly missing: readonly string[] } {
  const commands = new Set(builds.flatMap((build) => (build.kind === "ours" ? [] : [build.command])));
  const missing = [...commands].filter((command) => spawnSync(command, ["--version"]).status !== 0);
  const here = (build: Build): boolean => build.kind === "ours" || !missing.includes(build.command);
  return { available: builds.filter(here), missing };
}

/** What making an object comes to. `absent`: there is no such source. */
export type Made =
  | { readonly kind: "object"; readonly path: string }
  | { readonly kind: "absent" }
  | { readonly kind: "failed"; readonly why: string };

/** Makes the object `path` of a program of the reference folder. */
export async function make(build: Build, reference: string, program: string, path: string): Promise<Made> {
  if (build.kind === "ours") {
    const source = join(reference, "ts", `${program}.bpf.ts`);
    return existsSync(source)
      ? await makeOurs(source, path, ["--target-kernel", build.targetKernel])
      : { kind: "absent" };
  }
  const source = join(reference, build.kind === "hand" ? "hand" : "c", `${program}.c`);
  if (!existsSync(source)) return { kind: "absent" };
  const headers = execFileSync("gcc", ["-print-multiarch"], { encoding: "utf8" }).trim();
  const flags = ["-O2", "-g", "-target", "bpf", "-D__TARGET_ARCH_x86", `-I/usr/include/${headers}`, ...build.flags];
  const done = spawnSync(build.command, [...flags, "-c", source, "-o", path], { encoding: "utf8" });
  if (done.status === 0) return { kind: "object", path };
  return { kind: "failed", why: done.stderr.split("\n").find((line) => line.includes("error:")) ?? done.stderr };
}

const document = z.object({ diagnostics: z.array(z.object({ code: z.string(), message: z.string() })) });

/** `typebpf build SOURCE -o PATH` with more options, in this process. */
export async function makeOurs(source: string, path: string, options: readonly string[]): Promise<Made> {
  let printed = "";
  const output = (write: (text: string) => void) => ({ write, isTTY: false, columns: undefined, rows: undefined });
  const streams: Streams = {
    stdout: output((text) => {
      printed += text;
    }),
    stderr: output((text) => void process.stderr.write(text)),
    env: {},
  };
  const status = await main(["build", source, "-o", path, "--json", ...options], streams);
  if (status === 0) return { kind: "object", path };
  const { diagnostics } = document.parse(JSON.parse(printed));
  const [first] = diagnostics;
  return { kind: "failed", why: first === undefined ? `exit status ${status}` : `${first.code} ${first.message}` };
}
