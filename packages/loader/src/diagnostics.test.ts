// Each row of the catalogue is raised by exactly the case that stands for it here; a row without one does not compile.
import { DiagnosticError, type MapSpec, scalarLayouts, structLayout } from "@typebpf/abi";
import { describe, expect, test } from "vitest";
import { ipv4 } from "./address.ts";
import type { BackendMap } from "./backend.ts";
import { decode, encode } from "./codec.ts";
import { type LoaderDiagnosticName, loaderDiagnostics } from "./diagnostics.ts";
import { mapError } from "./errno.ts";
import { ringHandle } from "./handles/ring-buffer.ts";
import { ValuesHandle } from "./handles/sequences.ts";
import type { MapsOf } from "./handles/types.ts";
import { load } from "./load.ts";
import { assembled, objectOf } from "./object-fixture.ts";
import { fakeRing } from "./ring-fixture.ts";
import { runRaw, simulator } from "./simulator/index.ts";

const { u8, u32, u32be, u64 } = scalarLayouts;
const hash: MapSpec = { name: "m", type: "hash", key: u32, value: u64, maxEntries: 1, flags: 0x80 };
const array: MapSpec = { ...hash, name: "a", type: "array", flags: 0 };
const trieKey = structLayout("k", { prefixLength: u32, address: u32be });
const trie: MapSpec = { ...hash, name: "t", type: "lpmTrie", key: trieKey, flags: 1 };
const packet = new Uint8Array(60);
const key = "*(u32 *)(r10 -8) = 0\nr2 = r10\nr2 += -8";

async function run(text: string, input = { packet }): Promise<unknown> {
  const loaded = await load(objectOf({ main: text }, [hash, array]), simulator({ maxInstructions: 100 }));
  loaded.maps.m?.set(0, 1n);
  return loaded.programs.main?.run(input);
}

async function withMaps(act: (maps: MapsOf<Record<string, unknown>>) => unknown): Promise<unknown> {
  const loaded = await load(objectOf({}, [hash, array, trie]), simulator());
  return act(loaded.maps);
}

const foreign = { ...assembled("main", "exit"), type: "unknown" as "xdp" };

const cases: { readonly [K in LoaderDiagnosticName]: () => unknown } = {
  objectFormat: () => load({ ...objectOf({}), format: 2 as 1 }, simulator()),
  foreign: () => {
    const parts = { bigEndian: false, maps: [], references: [] };
    return load({ ...objectOf({}), foreign: { ...parts, programs: [{ ...foreign, type: "kprobe" }] } }, simulator());
  },
  attachInSimulator: async () =>
    (await load(objectOf({ main: "exit" }), simulator())).programs.main?.attach({ interface: 1 }),
  pinInSimulator: async () => (await load(objectOf({}, [hash]), simulator())).maps[hash.name]?.pin("/sys/fs/bpf/hash"),
  unsimulatedProgram: () => load({ ...objectOf({}), programs: [foreign] }, simulator()),
  unsimulatedMap: () => load(objectOf({}, [{ ...hash, type: "structOps", maxEntries: 1, flags: 0 }]), simulator()),
  disposed: async () => {
    const loaded = await load(objectOf({ main: "exit" }), simulator());
    loaded.close();
    loaded.programs.main?.run(packet);
  },
  packetTooShort: () => run("r0 = 0\nexit", { packet: new Uint8Array(0) }),
  packetTooLong: () => run("r0 = 0\nexit", { packet: new Uint8Array(100_000) }),
  contextField: () => run("r0 = 0\nexit", { packet, context: { data: 1 } } as { packet: Uint8Array<ArrayBuffer> }),
  option: () => simulator({ cpus: 0 }),
  outOfBounds: () => run("r0 = *(u8 *)(r10 +0)\nexit"),
  nullPointer: () => run("r1 = 0\nr0 = *(u8 *)(r1 +0)\nexit"),
  notAnAddress: () => run("r0 = *(u8 *)(r3 +0)\nexit"),
  freedMemory: () => run("call pc+2\nr0 = *(u8 *)(r0 -1)\nexit\nr0 = r10\nexit"),
  readOnlyMemory: () => run(`${key}\nr1 = map[m] ll\ncall bpf_map_lookup_elem\n*(u64 *)(r0 +0) = 1\nexit`),
  misalignedAtomic: () => run("lock *(u64 *)(r10 -9) += r1\nexit"),
  atomicNotAllowed: () => run("lock *(u64 *)(r1 +0) += r1\nexit"),
  contextAccess: () => run("r0 = *(u16 *)(r1 +0)\nexit"),
  instructionLimit: () => run("r0 = 1\nif r0 != 0x0 goto pc-1\nexit"),
  callDepth: () => run("call pc+1\nexit\ncall pc-1\nexit"),
  unsimulatedInstruction: () => run("call kernel-function#77\nexit"),
  unsimulatedHelper: () => runRaw({ program: assembled("main", "call unknown#1\nexit").insns }),
  helperArgument: () => run(`${key}\nr1 = 0\ncall bpf_map_lookup_elem\nexit`),
  mapReference: () => run("r1 = map[other] ll\nexit"),
  configName: () => load(objectOf({}), simulator(), { config: { port: 80 } }),
  valueRange: () => encode(u8, 256),
  valueKind: () => encode(u8, "1"),
  unknownField: () => encode(structLayout("s", { a: u8 }), { b: 1 }),
  wrongLength: () => encode({ kind: "array", item: u8, length: 2, size: 2, align: 1 }, new Uint8Array(3)),
  badText: () => ipv4("10.0.0"),
  bytesLength: () => decode(u32, new Uint8Array(5)),
  mapFull: () => withMaps(({ m }) => m?.setMany([1, 2].map((one) => [one, 1n] as const))),
  indexRange: () => withMaps(({ a }) => a?.set(1, 1n)),
  entryExists: () => withMaps(({ a }) => a?.set(0, 1n, 1)),
  entryMissing: () => withMaps(({ m }) => m?.set(0, 1n, 2)),
  arrayDelete: () => withMaps(({ a }) => a?.delete(0)),
  prefixLength: () => withMaps(({ t }) => t?.get({ prefixLength: 33, address: 1 })),
  recordLength: () => ringHandle(fakeRing(Uint8Array.of(1, 2)).map).drain(),
  simulatedReference: async () => {
    const devices: MapSpec = { ...array, name: "d", type: "devMap", value: u32 };
    const loaded = await load(objectOf({}, [devices]), simulator());
    loaded.maps.d?.raw.resolve?.({ kind: "interface", interface: "eth0" });
  },
  ringReader: async () => {
    const handle = ringHandle(fakeRing().map);
    const reading = handle[Symbol.asyncIterator]();
    void reading.next();
    try {
      handle.drain();
    } finally {
      handle.close();
    }
  },
  mapObject: () => {
    throw mapError({ ...hash, type: "progArray" }, "set", -22);
  },
  noOperation: () => new ValuesHandle({ spec: { ...hash, type: "queue" } } as BackendMap).size,
  mapOperation: () => withMaps(({ m }) => m?.set(0, 1n, 7 as 2)),
};

async function codesOf(act: () => unknown): Promise<readonly string[]> {
  try {
    await act();
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics.map((one) => one.code);
    throw error;
  }
  return [];
}

describe("every diagnostic of this package", () => {
  test.each(Object.entries(cases))("%s", async (name, act) => {
    expect(await codesOf(act)).toEqual([loaderDiagnostics[name as LoaderDiagnosticName].code]);
  });

  test("has a code of its own, and says why and what to do", () => {
    const rows = Object.values(loaderDiagnostics);
    expect(new Set(rows.map((one) => one.code)).size).toBe(rows.length);
    for (const one of rows) expect(Math.min(one.title.length, one.explain.length, one.help.length)).toBeGreaterThan(10);
  });
});
