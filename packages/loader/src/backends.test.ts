// The two back ends side by side: the same object, the same operations and packets, the same results, bit for bit.
import {
  type BpfObject,
  DiagnosticError,
  type MapSpec,
  type MapTypeName,
  mapTypes,
  scalarLayouts,
  structLayout,
} from "@typebpf/abi";
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

/** The key of a trie: prefixes of up to 33 bits, so one too long, of a few addresses that share and differ. */
function prefix(next: (below: number) => number): Uint8Array {
  const bits = [0, 1, 7, 8, 9, 15, 16, 17, 23, 24, 25, 31, 32, 33];
  const bytes = [0, 1, 0x80, 0xff];
  const address = Array.from({ length: 4 }, (_, index) => bytes[next(index === 0 ? 2 : 4)] ?? 0);
  return Uint8Array.of(bits[next(bits.length)] ?? 0, 0, 0, 0, ...address);
}

/** All keys by steps of `nextKey`, with what each step gives. */
function walk(map: BackendMap): readonly string[] {
  const seen: string[] = [];
  for (let at = map.nextKey(undefined); at; at = map.nextKey(at)) seen.push(`${at}`);
  return seen;
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

/** Operations on a trie; the order of its keys is part of what comes back. */
function exerciseTrie(map: BackendMap, seed: number): readonly unknown[] {
  const next = numbers(seed);
  return Array.from({ length: 600 }, () => {
    const at = prefix(next);
    switch (next(8)) {
      case 0:
        return map.delete(at);
      case 1:
        return map.lookup(at);
      case 2:
        return map.nextKey(at);
      case 3:
        return [walk(map), sorted(map)];
      case 4:
        return map.updateBatch(
          [at, prefix(next)].map((one) => [one, new Uint8Array(map.bufferSize)] as const),
          next(3),
        );
      default:
        return map.update(at, new Uint8Array(map.bufferSize).fill(next(256)), next(4));
    }
  });
}

describe.skipIf(missing !== undefined)(`both back ends agree${missing === undefined ? "" : ` (${missing})`}`, () => {
  const types: readonly MapTypeName[] = ["hash", "array", "perCpuArray", "perCpuHash"];
  test.each(types)("on operations of user space on %s", async (type) => {
    for (const seed of [1, 2, 3])
      await both(objectOf({}, [{ ...spec, type }]), (loaded) => exercise(mapOf(loaded), seed));
  });

  const trie: MapSpec = {
    ...spec,
    type: "lpmTrie",
    key: structLayout("k", { prefixLength: scalarLayouts.u32, address: scalarLayouts.u32be }),
    maxEntries: 12,
    flags: 1,
  };
  test.each([1, 2, 3, 4])("on operations of user space on a trie (seed %i)", async (seed) => {
    await both(objectOf({}, [trie]), (loaded) => exerciseTrie(mapOf(loaded), seed));
    await both(objectOf({}, [{ ...trie, maxEntries: 1000 }]), (loaded) => exerciseTrie(mapOf(loaded), seed));
  });

  test.each(["lruHash", "lruPerCpuHash"] as const)("on a map of type %s that is never full", async (type) => {
    const lru: MapSpec = { ...spec, type, maxEntries: 1000 };
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
    const contents = (loaded: BackendObject) => (mapTypes[type].perCpu ? [] : sorted(mapOf(loaded)));
    await both(objectOf(programs, [{ ...spec, type }]), (loaded) =>
      [...loaded.programs.values()].map((one) => [one.run({ packet: new Uint8Array(60) }).retval, contents(loaded)]),
    );
  });

  const onTrie = (helper: string, prefixLength: number, address: string, flags: number): string =>
    operation(helper, 0, flags).replace(
      /^.*= 0$/m,
      `*(u32 *)(r10 -8) = ${prefixLength}\n*(u32 *)(r10 -4) = ${address}`,
    );
  const lookup = (prefixLength: number, address: string): string =>
    `${onTrie("bpf_map_lookup_elem", prefixLength, address, 0).replace(/exit$/, "")}if r0 == 0 goto pc+2
    r0 = *(u32 *)(r0 +0)
    exit
    r0 = 99
    exit`;

  test("on helpers of programs on a trie", async () => {
    const trieCalls = ["bpf_map_update_elem", "bpf_map_lookup_elem", "bpf_map_delete_elem"].flatMap((helper) =>
      [8, 9, 16, 32, 33].flatMap((bits) =>
        ["10", "0x800a", "0x100800a"].flatMap((address) =>
          helper === "bpf_map_lookup_elem" ? [lookup(bits, address)] : [onTrie(helper, bits, address, bits % 3)],
        ),
      ),
    );
    const programs = Object.fromEntries(trieCalls.map((text, index) => [`p${index}`, text]));
    const results = await both(objectOf(programs, [{ ...trie, maxEntries: 4 }]), (loaded) =>
      [...loaded.programs.values()].map((one) => [one.run({ packet: new Uint8Array(60) }).retval, walk(mapOf(loaded))]),
    );
    expect(new Set(results.map(([status]) => status)).size).toBeGreaterThan(4);
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
