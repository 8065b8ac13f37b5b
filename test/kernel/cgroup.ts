// Control groups for tests: under the machine's cgroup2 mount, or one of the test's own where there is none. A group ends
// with the processes that were put into it.
import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { CgroupAction, CgroupAnswer } from "./cgroup-child.ts";

const script = fileURLToPath(new URL("./cgroup-child.ts", import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/** Where cgroup2 is mounted, and what was done for it. */
function mountPoint(): { readonly path: string; readonly ours: boolean } {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  const found = mounts.map((line) => line.split(" ")).find(([, , type]) => type === "cgroup2")?.[1];
  if (found !== undefined) return { path: found, ours: false };
  const path = mkdtempSync(join(tmpdir(), "cgroup2-"));
  execFileSync("mount", ["-t", "cgroup2", "none", path]);
  return { path, ours: true };
}

/** A process inside a group. */
export class CgroupProcess {
  readonly child: ChildProcess;

  constructor(child: ChildProcess) {
    this.child = child;
  }

  /** Has the process do something: what it gives, or "EPERM" and the like. */
  async do<K extends keyof CgroupAction>(action: K, ...args: Parameters<CgroupAction[K]>): Promise<CgroupAnswer> {
    const answered = new AbortController();
    const { signal } = answered;
    const message = Promise.race([once(this.child, "message", { signal }), once(this.child, "exit", { signal })]);
    this.child.send([action, args]);
    const [answer] = await message;
    answered.abort();
    return answer as CgroupAnswer;
  }
}

/** A new control group. */
export class TestCgroup implements AsyncDisposable {
  readonly path: string;
  readonly #mount = mountPoint();
  readonly #processes: CgroupProcess[] = [];

  constructor(parent?: TestCgroup) {
    this.path = mkdtempSync(join(parent?.path ?? this.#mount.path, "typebpf-"));
  }

  /** A group within this one, to be removed by the caller. */
  inner(name: string): string {
    const path = join(this.path, name);
    mkdirSync(path);
    return path;
  }

  /** A process inside. */
  async start(): Promise<CgroupProcess> {
    const child = fork(script, [], { execArgv: ["--import", tsx] });
    await once(child, "message");
    writeFileSync(join(this.path, "cgroup.procs"), `${child.pid}`);
    const started = new CgroupProcess(child);
    this.#processes.push(started);
    return started;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { child } of this.#processes) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    }
    // A process leaves its group a little after its end.
    for (let tries = 0; ; tries++) {
      try {
        rmdirSync(this.path);
        break;
      } catch (error) {
        if (tries === 100) throw error;
        await delay(20);
      }
    }
    if (this.#mount.ours) {
      execFileSync("umount", [this.#mount.path]);
      rmdirSync(this.#mount.path);
    }
  }
}
