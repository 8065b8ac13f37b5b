// A control group of a test's own, below where cgroup2 is mounted, or in a mount of its own where it is not.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A group; it goes at the end, when its processes have ended. */
export interface ControlGroup extends Disposable {
  readonly path: string;
}

/** Makes a group. */
export function makeGroup(): ControlGroup {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  const found = mounts.map((line) => line.split(" ")).find(([, , type]) => type === "cgroup2")?.[1];
  const mount = found ?? mkdtempSync(join(tmpdir(), "cgroup2-"));
  if (found === undefined) execFileSync("mount", ["-t", "cgroup2", "none", mount]);
  const path = mkdtempSync(join(mount, "example-"));
  return {
    path,
    [Symbol.dispose]: () => {
      // A process leaves its group a little after its end.
      const pause = new Int32Array(new SharedArrayBuffer(4));
      for (let tries = 0; readFileSync(join(path, "cgroup.procs"), "utf8") !== "" && tries < 100; tries++)
        Atomics.wait(pause, 0, 0, 20);
      rmdirSync(path);
      if (found === undefined) {
        execFileSync("umount", [mount]);
        rmdirSync(mount);
      }
    },
  };
}
