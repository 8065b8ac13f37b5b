// The two back ends side by side: the same object, the same operations and packets, the same results, bit for bit.
import { type BpfObject, DiagnosticError, type MapSpec, type MapTypeName, scalarLayouts } from "@typebpf/abi";
import { describe, expect, test } from "vitest";
import type { Backend, BackendMap, BackendObject } from "./backend.ts";
import { kernel } from "./kernel/kernel.ts";
import { objectOf } from "./object-fixture.ts";
import { simulator } from "./simulator/index.ts";

const spec: MapSpec = {
  name: "m",
  type: "hash",
  key: scalarLayouts.u32,
  value: scalarLayouts.u32,
  maxEntries: 5,
  flags: 0,
};
const probe = objectOf({ main: "r0 = 2\nexit" }, [spec]);

async function refusal(): Promise<string | undefined> {
  try {
    using _ = await kernel().load(probe);
    return undefined;
  } catch (error) {
    if (error instanceof DiagnosticError) return error.message;
    throw error;
  }
}

const missing = await refusal();

/** What both say to the same; they must agree. */
async function both<T>(object: BpfObject, act: (loaded: BackendObject) => T): Promise<T> {
  const run = async (backend: Backend): Promise<T> => {
    using loaded = await backend.load(object);
    return act(loaded);
  };
  const inKernel = await run(kernel());
  const simulated = await run(simulator({ cpus: await possibleCpus() }));
  expect(simulated).toEqual(inKernel);
  return inKernel;
}

async function possibleCpus(): Promise<number> {
  using loaded = await kernel().load(objectOf({}, [{ ...spec, type: "perCpuArray" }]));
  return loaded.maps.get("m")?.copies ?? 1;
}

/** Numbers from a seed, the same each time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function mapOf(loaded: BackendObject): BackendMap {
  const map = loaded.maps.get("m");
  if (!map) throw new Error("no map");
  return map;
}

function key(number: number): Uint8Array {
  return Uint8Array.of(number, 0, 0, 0);
}

function sorted(map: BackendMap): readonly string[] {
  return [...map.entries()].map(([one, value]) => `${[...one]}: ${[...value]}`).sort();
}

/** A few hundred operations; everything that came back. */
function exercise(map: BackendMap, seed: number): readonly unknown[] {
  const next = numbers(seed);
  return Array.from({ length: 300 }, () => {
    const at = key(next(8));
    switch (next(6)) {
      case 0:
        return map.delete(at);
      case 1:
        return map.lookup(at);
      case 2:
        return map.updateBatch(
          [at, key(next(8))].map((one) => [one, new Uint8Array(map.bufferSize)] as const),
          0,
        );
      case 3:
        return sorted(map);
      default:
        return map.update(at, new Uint8Array(map.bufferSize).fill(next(256)), next(4));
    }
  });
}

describe.skipIf(missing !== undefined)(`both back ends agree${missing === undefined ? "" : ` (${missing})`}`, () => {
  const types: readonly MapTypeName[] = ["hash", "array", "perCpuArray"];
  test.each(types)("on operations of user space on %s", async (type) => {
    for (const seed of [1, 2, 3])
      await both(objectOf({}, [{ ...spec, type }]), (loaded) => exercise(mapOf(loaded), seed));
  });

  test("on an LRU map that is never full", async () => {
    const lru: MapSpec = { ...spec, type: "lruHash", maxEntries: 1000 };
    await both(objectOf({}, [lru]), (loaded) => exercise(mapOf(loaded), 1));
  });

  const operation = (helper: string, number: number, flags: number): string => `*(u32 *)(r10 -8) = ${number}
    *(u32 *)(r10 -16) = 7
    r1 = map[m] ll
    r2 = r10
    r2 += -8
    r3 = r10
    r3 += -16
    r4 = ${flags}
    call ${helper}
    exit`;
  const calls = ["bpf_map_update_elem", "bpf_map_delete_elem"].flatMap((helper) =>
    [0, 9].flatMap((number) => [0, 1, 2, 3].map((flags) => operation(helper, number, flags))),
  );

  test.each(types)("on helpers of programs on %s", async (type) => {
    const programs = Object.fromEntries(calls.map((text, index) => [`p${index}`, text]));
    // Which CPU runs a program, and so which copy of a per-CPU value it writes, is the kernel's choice.
    const contents = (loaded: BackendObject) => (type === "perCpuArray" ? [] : sorted(mapOf(loaded)));
    await both(objectOf(programs, [{ ...spec, type }]), (loaded) =>
      [...loaded.programs.values()].map((one) => [one.run({ packet: new Uint8Array(60) }).retval, contents(loaded)]),
    );
  });

  const moves = ["head", "tail"].flatMap((what) =>
    [-300, -217, -216, -46, -4, 0, 4, 46, 47, 3460, 3461].map((delta) => [what, delta] as const),
  );
  test.each(moves)("on bpf_xdp_adjust_%s by %i", async (what, delta) => {
    const packet = Uint8Array.from({ length: 60 }, (_, index) => index + 1);
    const object = objectOf({ main: `r2 = ${delta}\ncall bpf_xdp_adjust_${what}\nexit` });
    await both(object, (loaded) => {
      const output = loaded.programs.get("main")?.run({ packet });
      return [output?.retval, output?.packet];
    });
  });

  test("on a packet with metadata, which does not come out", async () => {
    const object = objectOf({ main: "r2 = -8\ncall bpf_xdp_adjust_meta\nexit" });
    await both(object, (loaded) => {
      const output = loaded.programs.get("main")?.run({ packet: Uint8Array.from({ length: 60 }, (_, index) => index) });
      return [output?.retval, output?.packet];
    });
  });

  test("on the fields of the context", async () => {
    const object = objectOf({ main: "r0 = *(u32 *)(r1 +12)\nr0 <<= 8\nr1 = *(u32 *)(r1 +16)\nr0 |= r1\nexit" });
    const packet = new Uint8Array(60);
    const run = (context: Record<string, number>) => (loaded: BackendObject) =>
      loaded.programs.get("main")?.run({ packet, context }).retval;
    expect(await both(object, run({}))).toBe(0x100);
    expect(await both(object, run({ ingressIfindex: 1 }))).toBe(0x100);
  });

  const refused: readonly [string, object][] = [
    ["a packet of 13 bytes", { packet: new Uint8Array(13) }],
    ["a packet of 3521 bytes", { packet: new Uint8Array(3521) }],
    ["an unknown field", { packet: new Uint8Array(60), context: { mark: 1 } }],
    ["a queue without an interface", { packet: new Uint8Array(60), context: { rxQueueIndex: 1 } }],
    ["no run at all", { packet: new Uint8Array(60), repeat: 0 }],
  ];
  test.each(refused)("on refusing %s", async (_, input) => {
    await both(probe, (loaded) => {
      try {
        loaded.programs.get("main")?.run({ packet: new Uint8Array(60), ...input });
      } catch (error) {
        if (error instanceof DiagnosticError) return "refused";
        throw error;
      }
      return "ran";
    });
  });
});
