// Our ELF objects in the harness of the reference programs (C, libbpf, cJSON; data beside the repository): it loads the
// ports that compile so far, at two levels and for two targets, and every expectation of their specs holds.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeOurs } from "../../bench/clang/builds.ts";
import { buildHarness, missingForHarness, runHarness } from "../../bench/clang/harness.ts";
import { describeKernel } from "./gate.ts";

const reference = fileURLToPath(new URL("../../../shared/bench/", import.meta.url));
const absent = missingForHarness(reference);
const why = absent.length > 0 ? ` (missing: ${absent.join(", ")})` : "";

/** What does not compile yet: arrays of programs. */
const later: readonly string[] = ["xdp_tailcall"];
const ports = existsSync(join(reference, "ts"))
  ? readdirSync(join(reference, "ts"))
      .map((file) => file.replace(".bpf.ts", ""))
      .filter((name) => !later.includes(name))
  : ["none"];

const variants = [
  ["-O", "0"],
  ["-O", "2"],
  ["-O", "2", "--target-kernel", "6.6"],
] as const;

const folder = mkdtempSync(join(tmpdir(), "typebpf-bpfbench-"));
const harness = join(folder, "bpfbench");
/** Where the harness looks events up. */
const tracefs = join(folder, "tracefs");
afterAll(() => {
  if (why === "" && existsSync(tracefs)) execFileSync("umount", [tracefs]);
  rmSync(folder, { recursive: true, force: true });
});

describeKernel("bpfbench", () => {
  beforeAll(() => {
    if (why !== "") return;
    buildHarness(reference, harness);
    mkdirSync(tracefs);
    execFileSync("mount", ["-t", "tracefs", "tracefs", tracefs]);
    process.env.TRACEFS = tracefs;
  });

  test.skipIf(why !== "").each(ports)(`takes our objects of %s${why}`, async (name) => {
    const objects: string[] = [];
    for (const [index, options] of variants.entries()) {
      const path = join(folder, `${name}.${index}.o`);
      expect(await makeOurs(join(reference, "ts", `${name}.bpf.ts`), path, options)).toEqual({ kind: "object", path });
      objects.push(path);
    }
    const spec = join(reference, "spec", `${name}.json`);
    const found = await runHarness(harness, spec, objects, { repeat: 0, rounds: 1, cpu: 0 });
    expect(found).toEqual(objects.map(() => expect.objectContaining({ kind: "measured" })));
  });

  test.skipIf(why !== "")(`says what is wrong with an object${why}`, async () => {
    const path = join(folder, "wrong.o");
    await makeOurs(join(reference, "ts/xdp_empty.bpf.ts"), path, []);
    const run = (name: string, object: string) =>
      runHarness(harness, join(reference, "spec", name), [object], { repeat: 0, rounds: 1, cpu: 0 });
    const wrong = { kind: "wrong", why: expect.stringContaining("retval 2 want 1") };
    expect(await run("xdp_parse_drop.json", path)).toEqual([wrong]);
    expect(await run("xdp_counter.json", path)).toEqual([{ kind: "rejected", why: "no map counters" }]);
    const gone = { kind: "rejected", why: expect.stringContaining("open") };
    expect(await run("xdp_empty.json", `${path}.not`)).toEqual([gone]);
  });
});
