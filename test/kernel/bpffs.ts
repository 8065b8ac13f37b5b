// A BPF file system of a test's own, on a folder of its own; unmounting it frees whatever is pinned there.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "vitest";
import { describeKernel } from "./gate.ts";

/** A mounted BPF file system; dispose unmounts it. */
export class Bpffs implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "typebpf-bpffs-"));

  constructor() {
    execFileSync("mount", ["-t", "bpf", "bpf", this.folder]);
  }

  /** A path within it. */
  path(name: string): string {
    return join(this.folder, name);
  }

  [Symbol.dispose](): void {
    execFileSync("umount", [this.folder]);
    rmdirSync(this.folder);
  }
}

const missing = spawnSync("bpftool", ["version"]).status === 0 ? "" : " (missing: bpftool)";

/** `describeKernel` for tests that compare with bpftool. */
export function describeBpftool(name: string, tests: () => void): void {
  if (missing === "") describeKernel(name, tests);
  else describe.skip(`${name}${missing}`, tests);
}

/** What `bpftool --json ARGS` prints. */
export function bpftool(...args: readonly string[]): unknown {
  return JSON.parse(execFileSync("bpftool", ["--json", ...args], { encoding: "utf8" }));
}
