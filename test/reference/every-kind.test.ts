// Each kind of program, by its row alone: its smallest whole program is typed, compiled, simulated and loaded into this
// kernel, at each level. These are cells of docs/reference/program-types.generated.md (see claims.ts).
import { type BpfObject, type ProgramKindName, programKindNames, programKinds } from "@typebpf/abi";
import { createCompiler } from "@typebpf/codegen";
import { kernel, load, simulator } from "@typebpf/loader";
import { describe, expect, test } from "vitest";
import { describeKernel, olderThan } from "../kernel/gate.ts";
import { loadedOtherwise } from "./claims.ts";
import { kindSource, targetKernel } from "./kind-source.ts";

const levels = [0, 1, 2] as const;
type Level = (typeof levels)[number];

const compiler = createCompiler();
const path = new URL("./every-kind.bpf.ts", import.meta.url).pathname;

function compiled(kind: ProgramKindName, level: Level, body = "") {
  const virtualFiles = new Map([[path, kindSource(kind, body)]]);
  return compiler.compileFile(path, { targetKernel, level, check: true, virtualFiles });
}

/** Objects are made once, one after another. */
const made = new Map<string, Promise<BpfObject>>();

function objectOf(kind: ProgramKindName, level: Level): Promise<BpfObject> {
  const key = `${kind} ${level}`;
  const object = made.get(key) ?? makeObject(kind, level);
  made.set(key, object);
  return object;
}

async function makeObject(kind: ProgramKindName, level: Level): Promise<BpfObject> {
  const { object, diagnostics } = await compiled(kind, level);
  expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([]);
  if (!object) throw new Error("no object");
  return object;
}

/** An IPv4 frame for kinds with a packet. */
function packet(): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set([0x08, 0x00, 0x45, 0, 0, 50], 12);
  return bytes;
}

/** What kinds are given that take no packet, where the others take one or leave it alone. */
const inputs: { readonly [Kind in ProgramKindName]?: object } = { skLookup: { context: { family: 2, protocol: 6 } } };

describe("typed", () => {
  test.each(programKindNames)("%s", async (kind) => {
    const { diagnostics } = await compiled(kind, 0, "  ctx.noSuchField;\n");
    expect(diagnostics.map(({ code }) => code)).toEqual(["BPF2004"]);
  });
});

describe("compiled", () => {
  test.each(programKindNames)("%s", async (kind) => {
    for (const level of levels) expect((await objectOf(kind, level)).programs[0]?.type).toBe(programKinds[kind].type);
  });
});

describe("simulated", () => {
  test.each(programKindNames)("%s", async (kind) => {
    for (const level of levels) {
      using loaded = await load(await objectOf(kind, level), simulator());
      const { every } = loaded.programs;
      const { counts } = loaded.maps;
      if (!every || !counts) throw new Error("no program");
      every.run((inputs[kind] ?? { packet: packet() }) as never);
      const seen = counts.raw.lookup(new Uint8Array(4));
      expect(typeof seen === "number" ? seen : seen[0]).toBe(1);
    }
  });
});

describeKernel("loaded", () => {
  const here = programKindNames.filter((kind) => !(kind in loadedOtherwise));
  for (const kind of here) {
    const { since } = programKinds[kind];
    const name = olderThan(since) ? `${kind} (needs Linux ${since})` : kind;
    test.skipIf(olderThan(since))(name, async () => {
      for (const level of levels) {
        using loaded = await load(await objectOf(kind, level), kernel());
        expect(Object.keys(loaded.programs)).toEqual(["every"]);
      }
    });
  }
});
