// The guard in the simulator, and on a process in a control group.
import { spawnSync } from "node:child_process";
import type { BpfObject } from "@typebpf/abi";
import { compile } from "@typebpf/codegen";
import { kernel, load, simulator } from "@typebpf/loader";
import { beforeAll, describe, expect, test } from "vitest";
import { makeGroup } from "../control-group.ts";
import { inKernel, kernelHere } from "../testing.ts";

type Filter = typeof import("./device-guard.bpf.ts");

const [BLOCK, CHAR] = [1, 2];
const [MKNOD, READ, WRITE] = [1, 2, 4];

let object: BpfObject;
beforeAll(async () => {
  object = await compile(new URL("./device-guard.bpf.ts", import.meta.url));
});

describe("simulator", () => {
  test("rules by device, and for all of a major number", async () => {
    using filter = await load<Filter>(object, simulator());
    filter.maps.rules.set({ type: CHAR, major: 1, minor: 3 }, READ | WRITE);
    filter.maps.rules.set({ type: CHAR, major: 136, minor: 0xffff_ffff }, READ);
    filter.maps.rules.set({ type: CHAR, major: 136, minor: 7 }, WRITE);
    const open = (deviceType: number, major: number, minor: number, access: number) =>
      filter.programs.guard.run({ context: { deviceType, access, major, minor } }).action;
    expect(open(CHAR, 1, 3, READ | WRITE)).toBe("ALLOW");
    expect(open(CHAR, 1, 3, MKNOD)).toBe("DENY");
    expect(open(BLOCK, 1, 3, READ)).toBe("DENY");
    expect(open(CHAR, 136, 1, READ)).toBe("ALLOW");
    expect(open(CHAR, 136, 1, WRITE)).toBe("DENY");
    expect(open(CHAR, 136, 7, READ | WRITE)).toBe("ALLOW");
    expect(filter.maps.refusals.drain().map(({ type, major, minor, access }) => [type, major, minor, access])).toEqual([
      [CHAR, 1, 3, MKNOD],
      [BLOCK, 1, 3, READ],
      [CHAR, 136, 1, WRITE],
    ]);
  });

  test("only reports", async () => {
    using filter = await load<Filter>(object, simulator(), { config: { settings: { reportOnly: 1 } } });
    expect(filter.programs.guard.run({ context: { deviceType: CHAR, access: READ, major: 1, minor: 9 } }).action).toBe(
      "ALLOW",
    );
    expect(filter.maps.refusals.drain()).toHaveLength(1);
  });
});

describe.skipIf(!kernelHere)(inKernel, () => {
  test("a process of the group has /dev/null and nothing random", async () => {
    using group = makeGroup();
    using filter = await load<Filter>(object, kernel());
    filter.maps.rules.set({ type: CHAR, major: 1, minor: 3 }, READ | WRITE);
    using _ = filter.programs.guard.attach({ cgroup: group.path });
    const script = `echo $$ > ${group.path}/cgroup.procs; : < /dev/null && echo null; (: < /dev/urandom) 2>/dev/null || echo refused`;
    const { stdout, pid } = spawnSync("/bin/sh", ["-c", script], { encoding: "utf8" });
    expect(stdout).toBe("null\nrefused\n");
    const refused = filter.maps.refusals.drain();
    expect(refused.map(({ major, minor, access }) => [major, minor, access])).toContainEqual([1, 9, READ]);
    expect(pid).toBeGreaterThan(0);
  });
});
