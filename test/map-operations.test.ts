// Operations of maps beyond entries: the same runs on both back ends, at each level of optimisation. What the verdicts and
// packets say is the kernel's: kernel/bpf/{core,queue_stack_maps,devmap}.c, kernel/trace/bpf_trace.c.
import { fileURLToPath } from "node:url";
import { programTypes } from "@typebpf/abi";
import { compile } from "@typebpf/codegen";
import { type Backend, type BackendMap, kernel, load, simulator } from "@typebpf/loader";
import { describe, expect, test } from "vitest";
import { kernelGate } from "./harness/kernel-gate.ts";

const path = fileURLToPath(new URL("./kernel/filters/map-operations.bpf.ts", import.meta.url));
const gate = await kernelGate();
const { PASS, DROP, TX, REDIRECT, ABORTED } = programTypes.xdp.actions;
const E2BIG = 0xffff_fff9;
const ENOENT = 0xffff_fffe;

interface Step {
  readonly program: string;
  /** what, flags, value */
  readonly operands: readonly [what: number, flags: number, value: number];
  readonly verdict: number;
  readonly result?: number;
  readonly more?: number;
}

const step = (
  program: string,
  operands: Step["operands"],
  verdict: number,
  ...[result, more]: readonly number[]
): Step => ({
  program,
  operands,
  verdict,
  ...(result !== undefined && { result }),
  ...(more !== undefined && { more }),
});

const cases: Readonly<Record<string, readonly Step[]>> = {
  "a queue gives what came first, and says when it is full or empty": [
    step("queues", [2, 0, 0], DROP),
    step("queues", [3, 0, 0], DROP),
    ...[1, 0xffff, 3].map((value) => step("queues", [1, 0, value], PASS, 0)),
    step("queues", [1, 0, 4], PASS, E2BIG),
    step("queues", [3, 0, 0], PASS, 1, 7),
    step("queues", [1, 2, 5], PASS, 0),
    step("queues", [2, 0, 0], PASS, 0xffff, 7),
    step("queues", [2, 0, 0], PASS, 3, 7),
    step("queues", [2, 0, 0], PASS, 5, 7),
    step("queues", [2, 0, 0], DROP),
  ],
  "a stack gives what came last": [
    step("stacks", [2, 0, 0], DROP, 0xffff_ffff),
    step("stacks", [1, 0, 1], PASS, 0),
    step("stacks", [1, 0, 0xffff], PASS, 0),
    step("stacks", [1, 0, 3], PASS, E2BIG),
    step("stacks", [3, 0, 0], PASS, 0xffff),
    step("stacks", [2, 0, 0], PASS, 0xffff),
    step("stacks", [2, 0, 0], PASS, 1),
    step("stacks", [3, 0, 0], DROP, 0xffff_ffff),
  ],
  "a Bloom filter knows what was added": [
    step("sets", [2, 1, 5], DROP),
    step("sets", [1, 1, 5], PASS, 0),
    step("sets", [2, 1, 5], PASS),
  ],
  "a redirect without an entry gives what it was told": [
    step("redirects", [1, 0, 0], PASS),
    step("redirects", [1, 0, 9], PASS),
    step("redirects", [2, 0, 0xffff], TX),
    step("redirects", [3, 0, 0], DROP),
    step("redirects", [4, 0, 3], REDIRECT),
    step("redirects", [5, 0, 0], PASS),
    step("redirects", [5, 0x40, 0], ABORTED),
  ],
  "a map in a map": [
    step("nested", [1, 0, 5], DROP),
    step("nested", [1, 200, 5], DROP),
    step("nested", [1, 2, 5], PASS, 0, 0),
    step("nested", [1, 2, 5], PASS, 101, 0),
    step("nested", [1, 3, 5], PASS, 0, 0),
    step("nested", [1, 2, 0xffff], PASS, 0, 0),
    step("nested", [1, 2, 7], TX, 0, E2BIG),
    step("nested", [2, 2, 5], PASS, 0),
    step("nested", [2, 2, 5], PASS, ENOENT),
    step("nested", [1, 2, 7], PASS, 0, 0),
    step("nested", [3, 1, 9], PASS, 0, 9),
    step("nested", [3, 1, 8], PASS, 0, 9),
    step("nested", [3, 1, 7], PASS, E2BIG, 9),
    step("nested", [3, 2, 7], DROP),
  ],
  "samples that nobody reads": [
    step("samples", [0, 1, 2], PASS, ENOENT, 0),
    step("samples", [1, 1, 2], PASS, ENOENT, ENOENT),
  ],
  "tail calls go on elsewhere, or behind the call": [
    step("dispatch", [2, 0, 0], PASS, 10),
    step("dispatch", [0, 0, 0], PASS, 11),
    step("dispatch", [3, 0, 0], DROP, 100),
    step("dispatch", [6, 0, 0], DROP, 100),
    step("dispatch", [255, 0, 0], DROP, 100),
    step("dispatch", [1, 0, 0], TX, 33),
    step("dispatch", [0, 2, 0], TX, 33),
    step("dispatch", [3, 1, 0], PASS, 10),
    step("dispatch", [1, 1, 0], PASS, 11),
    step("dispatch", [0, 1, 0], DROP, 100),
    step("dispatch", [4, 1, 0], DROP, 100),
  ],
};

/** What a run of the step gives, with only what it says. */
function outcome(wanted: Step, verdict: number, packet: Uint8Array): Step {
  const view = new DataView(packet.buffer, packet.byteOffset);
  const { program, operands } = wanted;
  return {
    program,
    operands,
    verdict,
    ...(wanted.result !== undefined && { result: view.getUint32(4, true) }),
    ...(wanted.more !== undefined && { more: view.getUint32(8, true) }),
  };
}

/** Puts new maps under keys. */
function fillInner(map: BackendMap | undefined, keys: readonly number[]): void {
  for (const key of keys) {
    if (!map?.inner || !map.resolve) throw new Error("no map of maps");
    using inner = map.resolve({ kind: "map", map: map.inner.create() });
    const bytes = new Uint8Array(map.spec.key.size);
    bytes[0] = key;
    expect(map.update(bytes, new Uint8Array(Uint32Array.of(inner.number).buffer), 0)).toBe(0);
  }
}

async function follows(backend: Backend, level: 0 | 1 | 2, steps: readonly Step[]): Promise<void> {
  await using loaded = await load(await compile(path, { level, check: true }), backend);
  fillInner(loaded.maps.tables?.raw, [2, 3]);
  fillInner(loaded.maps.lanes?.raw, [1]);
  for (const wanted of steps) {
    const packet = new Uint8Array(64);
    const [what, flags, value] = wanted.operands;
    packet.set([what, flags, value & 0xff, value >> 8]);
    const program = loaded.programs[wanted.program];
    if (!program) throw new Error(`no program ${wanted.program}`);
    const { retval, packet: after } = program.run(packet);
    expect(outcome(wanted, retval, after)).toEqual(wanted);
  }
}

describe.each([0, 1, 2] as const)("-O%i", (level) => {
  test.each(Object.entries(cases))("%s: in the simulator", async (_, steps) => {
    await follows(simulator({ cpus: 8 }), level, steps);
  });

  test.skipIf(!gate.ok).each(Object.entries(cases))(`%s: in the ${gate.title}`, async (_, steps) => {
    await follows(kernel(), level, steps);
  });
});

test("the simulator says where packets go by a map", async () => {
  await using loaded = await load(await compile(path), simulator());
  const { devices } = loaded.maps;
  if (!devices) throw new Error("no map");
  expect(devices.raw.update(Uint8Array.of(2, 0, 0, 0), Uint8Array.of(7, 0, 0, 0, 0, 0, 0, 0), 0)).toBe(0);
  const packet = new Uint8Array(64);
  packet.set([1, 0, 2]);
  expect(loaded.programs.redirects?.run(packet)).toMatchObject({
    retval: REDIRECT,
    redirect: { map: "devices", key: 2, flags: 0 },
  });
  packet.set([4, 0, 3]);
  expect(loaded.programs.redirects?.run(packet).redirect).toEqual({ map: "devices", key: 3, flags: 24 });
  packet.set([1, 0, 3]);
  expect(loaded.programs.redirects?.run(packet).redirect).toBeUndefined();
});
