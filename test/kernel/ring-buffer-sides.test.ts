// Ring buffers of both back ends side by side: records of many sizes, submitted, discarded, copied and refused, read now and
// then. Verdicts, what was in a reserved record before, positions, and what is read must be the same, byte for byte.
import { type MapSpec, noKey, scalarLayouts } from "@typebpf/abi";
import { expect, test } from "vitest";
import type { BackendObject, BackendRingBuffer } from "../../packages/loader/src/backend.ts";
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { objectOf } from "../../packages/loader/src/object-fixture.ts";
import { simulator } from "../../packages/loader/src/simulator/index.ts";
import { describeKernel } from "./gate.ts";

const ring: MapSpec = {
  name: "m",
  type: "ringBuffer",
  key: noKey,
  value: scalarLayouts.u64,
  maxEntries: 4096,
  flags: 0,
};

/** r6 is the packet, 64 bytes long. */
const opening = `r6 = *(u32 *)(r1 +0)
  r7 = *(u32 *)(r1 +4)
  r2 = r6
  r2 += 64
  r0 = 9
  if r2 > r7 goto pc+1
  goto pc+1
  exit`;

/** The ring's four numbers go into the packet from byte 32 on. */
const closing = [0, 1, 2, 3]
  .map((what) => `r1 = map[m] ll\nr2 = ${what}\ncall bpf_ringbuf_query\n*(u64 *)(r6 +${32 + 8 * what}) = r0`)
  .join("\n");

const fill = `r1 = *(u64 *)(r6 +0)\n${[8, 16, 24, 32, 40].map((at) => `*(u64 *)(r10 -${at}) = r1`).join("\n")}`;

const output = (size: number, flags: number): string => `${opening}
  ${fill}
  r1 = map[m] ll
  r2 = r10
  r2 += -40
  r3 = ${size}
  r4 = ${flags}
  call bpf_ringbuf_output
  *(u64 *)(r6 +8) = r0
  ${closing}
  r0 = 2
  exit`;

/** What lay in the record goes to the packet's byte 16; then the packet's start is written to it. */
const reserve = (size: number, release: "submit" | "discard", flags: number): string => `${opening}
  r1 = map[m] ll
  r2 = ${size}
  r3 = 0
  call bpf_ringbuf_reserve
  r8 = 1
  if r0 == 0x0 goto pc+8
  r1 = *(u64 *)(r0 +${size - 8})
  *(u64 *)(r6 +16) = r1
  r1 = *(u64 *)(r6 +0)
  *(u64 *)(r0 +${size - 8}) = r1
  r1 = r0
  r2 = ${flags}
  call bpf_ringbuf_${release}
  r8 = 2
  ${closing}
  r0 = r8
  exit`;

const programs: Readonly<Record<string, string>> = {
  output1: output(1, 0),
  output7: output(7, 1),
  output8: output(8, 2),
  output13: output(13, 0),
  output40: output(40, 3),
  refused: output(8, 4),
  submit8: reserve(8, "submit", 0),
  submit100: reserve(100, "submit", 1),
  submit1003: reserve(1003, "submit", 0),
  discard24: reserve(24, "discard", 0),
  discard600: reserve(600, "discard", 2),
  never: reserve(4088, "submit", 0),
};

/** Numbers from a seed, the same each time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function act(loaded: BackendObject, seed: number): readonly string[] {
  const next = numbers(seed);
  const names = Object.keys(programs);
  const map = loaded.maps.get("m");
  const open = (): BackendRingBuffer => {
    const reader = map?.ringBuffer?.();
    if (!reader) throw new Error("no ring");
    return reader;
  };
  const seen: string[] = [];
  let reader = open();
  for (let step = 0; step < 1500; step++) {
    const name = names[next(names.length)] ?? "";
    const packet = Uint8Array.from({ length: 64 }, (_, index) => (index < 8 ? (step * 7 + index) & 0xff : 0));
    const run = loaded.programs.get(name)?.run({ packet });
    seen.push(`${step} ${name}: ${run?.retval} ${Buffer.from(run?.packet ?? []).toString("hex")}`);
    if (next(12) === 0) {
      const records = reader.consume(next(2) === 0 ? 1 + next(4) : undefined);
      seen.push(...records.map((bytes) => `read ${Buffer.from(bytes).toString("hex")}`));
    }
    if (next(100) === 0) {
      reader.close();
      reader = open();
    }
  }
  return seen;
}

describeKernel("ring buffers in the kernel and in the simulator", () => {
  test.each([1, 2, 3])("say the same of random operations, seed %i", async (seed) => {
    const object = objectOf(programs, [ring]);
    using inKernel = await kernel().load(object);
    using simulated = await simulator().load(object);
    const expected = act(inKernel, seed);
    expect(act(simulated, seed)).toEqual(expected);
    // The operations reach all there is: a full ring, records read, records over the end.
    expect(expected.filter((line) => line.includes("submit8: 1"))).not.toEqual([]);
    expect(expected.filter((line) => line.startsWith("read")).length).toBeGreaterThan(100);
  });
});
