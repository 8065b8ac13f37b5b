// bpf_loop and bpf_for_each_map_elem in assembly: how often the callback runs, what it is given, what survives it, and what the
// helpers refuse as the kernel does.
import { DiagnosticError, type MapSpec, scalarLayouts } from "@typebpf/abi";
import { describe, expect, test } from "vitest";
import { objectOf } from "../../object-fixture.ts";
import { simulator } from "../backend.ts";

const cells: MapSpec = {
  name: "cells",
  type: "array",
  key: scalarLayouts.u32,
  value: scalarLayouts.u64,
  maxEntries: 4,
  flags: 0,
};
const maps = [cells, { ...cells, name: "table", type: "hash" as const }];

async function loaded(text: string): ReturnType<ReturnType<typeof simulator>["load"]> {
  return simulator().load(objectOf({ main: text }, maps));
}

/** What the program returns, as a signed number, and every value of `table` afterwards. */
async function run(text: string, entries: readonly number[] = []): Promise<readonly [number, readonly number[]]> {
  const object = await loaded(text);
  const word = (value: number): Uint8Array => Uint8Array.of(value, 0, 0, 0, 0, 0, 0, 0);
  const table = object.maps.get("table");
  for (const key of entries) table?.update(word(key).slice(0, 4), word(key * 10), 0);
  const output = object.programs.get("main")?.run({ packet: new Uint8Array(14) });
  return [(output?.retval ?? 0) | 0, [...(table?.entries() ?? [])].map(([, value]) => value[0] ?? 0)];
}

const EINVAL = -22;
const E2BIG = -7;

/** The callback adds what it is given in r1, and stops at 5; r0 is `result` afterwards. */
const loop = (count: number, result: string, flags = 0): string => `
r6 = 7
*(u64 *)(r10 -8) = 0
r1 = ${count}
r2 = subprog[body] ll
r3 = r10
r3 += -8
r4 = ${flags}
call bpf_loop
r7 = r0
r0 = ${result}
exit
body:
r6 = 0
*(u64 *)(r10 -8) = -1
r3 = *(u64 *)(r2 +0)
r3 += r1
*(u64 *)(r2 +0) = r3
r0 = 0
if r1 != 5 goto out
r0 = 1
out:
exit`;

describe("bpf_loop", () => {
  test.each([
    [0, 0, 0],
    [1, 1, 0],
    [5, 5, 10],
    [6, 6, 15],
    [100, 6, 15],
  ])("%i turns", async (count, turns, sum) => {
    expect((await run(loop(count, "r7")))[0]).toBe(turns);
    expect((await run(loop(count, "*(u64 *)(r10 -8)")))[0]).toBe(sum);
    expect((await run(loop(count, "r6")))[0]).toBe(7);
  });

  test("refuses flags and more than 8 Mi turns", async () => {
    expect((await run(loop(3, "r7", 1)))[0]).toBe(EINVAL);
    expect((await run(loop((1 << 23) + 1, "r7")))[0]).toBe(E2BIG);
    expect((await run(loop((1 << 23) + 1, "*(u64 *)(r10 -8)")))[0]).toBe(0);
  });

  test("a callback must be a function", async () => {
    const text = loop(1, "r7").replace("r2 = subprog[body] ll", "r2 = 12");
    const object = await loaded(text);
    expect(() => object.programs.get("main")?.run({ packet: new Uint8Array(14) })).toThrow(DiagnosticError);
  });

  test("a fault in a callback is on the callback's line", async () => {
    const object = await loaded(
      loop(1, "r7").replace("r3 = *(u64 *)(r2 +0)", "r3 = *(u64 *)(r2 +8)\nr3 = *(u64 *)(r2 +8)"),
    );
    const fault = (): unknown => object.programs.get("main")?.run({ packet: new Uint8Array(14) });
    // Slots 0 to 11 are the caller's; the third of the callback reads outside of the stack.
    expect(fault).toThrow(
      expect.objectContaining({
        diagnostics: [expect.objectContaining({ at: expect.objectContaining({ line: 15 }) })],
      }),
    );
  });
});

/** Calls `body` with each element of a map: r2 is the key, r3 the value, r4 a word of the caller's stack; gives the count, or it. */
const walk = (map: string, body: string, result = "r7", flags = 0): string => `
*(u64 *)(r10 -8) = 0
r1 = map[${map}] ll
r2 = subprog[body] ll
r3 = r10
r3 += -8
r4 = ${flags}
call bpf_for_each_map_elem
r7 = r0
r0 = ${result}
exit
body:
${body}
r0 = 0
exit`;
const add = (register: string): string => `r5 = *(u64 *)(r4 +0)\nr5 += ${register}\n*(u64 *)(r4 +0) = r5`;
const sum = "*(u64 *)(r10 -8)";

describe("bpf_for_each_map_elem", () => {
  const keys = `r1 = *(u32 *)(r2 +0)\n${add("r1")}`;
  const values = `r1 = *(u64 *)(r3 +0)\n${add("r1")}`;

  test("all entries of arrays, those there are of hash tables", async () => {
    expect((await run(walk("cells", keys)))[0]).toBe(4);
    expect((await run(walk("cells", keys, sum)))[0]).toBe(6);
    expect((await run(walk("table", keys)))[0]).toBe(0);
    expect((await run(walk("table", keys, sum), [3, 7]))[0]).toBe(10);
    expect((await run(walk("table", values, sum), [3, 7]))[0]).toBe(100);
  });

  test("values are written in place, keys are not", async () => {
    expect(await run(walk("table", "*(u64 *)(r3 +0) = 9"), [3, 7])).toEqual([2, [9, 9]]);
    const object = await loaded(walk("cells", "*(u32 *)(r2 +0) = 9"));
    expect(() => object.programs.get("main")?.run({ packet: new Uint8Array(14) })).toThrow(
      /write of 4 bytes in a key of map "cells"/,
    );
  });

  test("entries may be deleted: the one that is visited, or one before its turn", async () => {
    const deleted = "r1 = map[table] ll\ncall bpf_map_delete_elem";
    expect(await run(walk("table", deleted), [1, 2, 3])).toEqual([3, []]);
    const key3 = `*(u32 *)(r10 -4) = 3\nr2 = r10\nr2 += -4\n${deleted}`;
    expect(await run(walk("table", key3), [1, 2, 3])).toEqual([2, [10, 20]]);
  });

  test("1 stops, flags are refused", async () => {
    expect((await run(walk("cells", "r0 = 1\nexit")))[0]).toBe(1);
    expect((await run(walk("cells", keys, "r7", 1)))[0]).toBe(EINVAL);
  });

  test("runs may be many: keys leave no memory behind", async () => {
    const object = await loaded(walk("cells", keys));
    const program = object.programs.get("main");
    const returned = new Set(Array.from({ length: 3000 }, () => program?.run({ packet: new Uint8Array(14) }).retval));
    expect([...returned]).toEqual([4]);
  });
});
