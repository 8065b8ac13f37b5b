// Each map type by the smallest programs that use each of its operations: typed, compiled, simulated, and created in this
// kernel with the programs loaded, at each level. These are cells of docs/reference/map-types.generated.md (see claims.ts).
import { type BpfObject, type MapTypeName, mapTypes } from "@typebpf/abi";
import { createCompiler } from "@typebpf/codegen";
import { type Intrinsic, intrinsics } from "@typebpf/dsl/intrinsics";
import { kernel, load, simulator } from "@typebpf/loader";
import { describe, expect, test } from "vitest";
import { describeKernel, olderThan } from "../kernel/gate.ts";
import { targetKernel } from "./kind-source.ts";
import { type MapSource, mapSource, mapSources } from "./map-sources.ts";

const levels = [0, 1, 2] as const;
type Level = (typeof levels)[number];

const compiler = createCompiler();
const path = new URL("./every-map.bpf.ts", import.meta.url).pathname;
const sources = Object.entries<MapSource>(mapSources) as readonly (readonly [MapTypeName, MapSource])[];

function compiled(source: MapSource, level: Level, wrong = "") {
  const virtualFiles = new Map([[path, mapSource(source, wrong)]]);
  return compiler.compileFile(path, { targetKernel, level, check: true, virtualFiles });
}

/** Objects are made once, one after another. */
const made = new Map<string, Promise<BpfObject>>();

function objectOf(source: MapSource, level: Level): Promise<BpfObject> {
  const key = `${source.map} ${level}`;
  const object = made.get(key) ?? makeObject(source, level);
  made.set(key, object);
  return object;
}

async function makeObject(source: MapSource, level: Level): Promise<BpfObject> {
  const { object, diagnostics } = await compiled(source, level);
  expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([]);
  if (!object) throw new Error("no object");
  return object;
}

function operationsOf(type: MapTypeName): readonly string[] {
  const row = Object.values<Intrinsic>(intrinsics).find((one) => one.kind === "mapConstructor" && one.mapType === type);
  return row?.kind === "mapConstructor" ? row.operations : [];
}

/** An IPv4 frame, and no packet for programs without one. */
function packet(): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set([0x08, 0x00, 0x45, 0, 0, 50], 12);
  return bytes;
}

describe("typed", () => {
  test.each(sources)("%s", async (type, source) => {
    const operations = operationsOf(type);
    expect(operations.length).toBeGreaterThan(0);
    const used = [...mapSource(source).matchAll(/\bm\.(\w+)\(/gu)].map(([, name]) => name);
    expect([...new Set(used)].sort()).toEqual([...operations].sort());
    const { diagnostics } = await compiled(source, 0, "m.noSuchOperation();");
    expect(diagnostics.map(({ code }) => code)).toEqual(["BPF2004"]);
  });
});

describe("compiled", () => {
  test.each(sources)("%s", async (type, source) => {
    for (const level of levels) {
      const { maps } = await objectOf(source, level);
      expect(maps.find(({ name }) => name === "m")?.type).toBe(type);
    }
  });
});

describe("simulated", () => {
  test.each(sources.filter(([, { unsimulated }]) => unsimulated === undefined))("%s", async (_, source) => {
    for (const level of levels) {
      using loaded = await load(await objectOf(source, level), simulator());
      const verdicts = Object.values(loaded.programs).map((program) => program.run({ packet: packet() } as never));
      // What every source ends with: the packet passes, or 1.
      expect(verdicts.map(({ retval }) => retval)).not.toContain(0);
    }
  });
});

describeKernel("created", () => {
  for (const [type, source] of sources) {
    const { since } = mapTypes[type];
    const name = olderThan(since) ? `${type} (needs Linux ${since})` : type;
    test.skipIf(olderThan(since))(name, async () => {
      for (const level of levels) {
        using loaded = await load(await objectOf(source, level), kernel());
        expect(Object.keys(loaded.maps)).toEqual(["m"]);
      }
    });
  }
});
