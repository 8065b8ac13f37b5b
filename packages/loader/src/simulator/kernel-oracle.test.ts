// Programs of the kernel's own selftests (data beside the repository) with what BPF_PROG_TEST_RUN returned for them: the
// simulator must return the same. Programs of other types take part as long as they leave their context alone.
import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import {
  arrayLayout,
  type BpfObject,
  DiagnosticError,
  decode,
  type Insn,
  type MapRelocation,
  type MapSpec,
  type MapValueRelocation,
  type ProgramSpec,
  scalarLayouts,
  slotsOf,
} from "@typebpf/abi";
import { describe, expect, test } from "vitest";
import type { BackendMap, BackendObject } from "../backend.ts";
import { fromHex } from "../codec-json.ts";
import { Fault } from "./fault.ts";
import { simulator } from "./index.ts";
import type { Machine } from "./machine.ts";

interface RecordedMap {
  readonly type: number;
  readonly key_size: number;
  readonly value_size: number;
  readonly max_entries: number;
  readonly map_flags: number;
  /** Values of an array from index 0 on. */
  readonly data?: string;
}

interface Recorded {
  readonly id: string;
  readonly prog_type: number;
  readonly insns: string;
  readonly maps: readonly RecordedMap[];
  readonly kernel_6_18: { readonly verdict: string };
  readonly test_runs?: readonly { readonly data_in: string; readonly ctx_in?: string; readonly retval: number }[];
}

const file = new URL("../../../../../shared/conformance/verifier.json.gz", import.meta.url);
const present = existsSync(file);
const recorded: readonly Recorded[] = present
  ? JSON.parse(gunzipSync(readFileSync(file)).toString("utf8")).programs
  : [];

/** Program types that the simulator has, by number. */
const programTypes: ReadonlyMap<number, ProgramSpec["type"]> = new Map([
  [1, "socket_filter"],
  [3, "sched_cls"],
  [6, "xdp"],
]);
const mapTypes: ReadonlyMap<number, MapSpec["type"]> = new Map([
  [1, "hash"],
  [2, "array"],
  [5, "perCpuHash"],
  [6, "perCpuArray"],
  [9, "lruHash"],
  [10, "lruPerCpuHash"],
  [11, "lpmTrie"],
]);

/** They return a pointer, which is different everywhere. */
const pointers = /(way.1\)?$|spill.fill.*(lsb|msb)$|valid.spill.fill$|return.pointer$|callee using args1$)/i;

/** Was recorded without a context, where the kernel leaves the field at 0; runs here always have one. */
const contextGiven = /wire_len is readable by tc classifier$/;

function objectOf(one: Recorded): BpfObject | undefined {
  const { insns, diagnostics } = decode(fromHex(one.insns));
  if (diagnostics.length > 0) throw new DiagnosticError(diagnostics);
  const relocations: (MapRelocation | MapValueRelocation)[] = [];
  let slot = 0;
  const fixed = insns.map((insn): Insn => {
    const map = `m${insn.imm}`;
    const isMap = insn.opcode === 0x18 && insn.src === 1;
    const isValue = insn.opcode === 0x18 && insn.src === 2;
    if (isMap) relocations.push({ kind: "map", slot, map });
    if (isValue) relocations.push({ kind: "mapValue", slot, map, offset: insn.nextImm ?? 0 });
    slot += slotsOf(insn);
    return isMap || isValue ? { ...insn, imm: 0, nextImm: 0 } : insn;
  });
  const bytes = (size: number) => arrayLayout(scalarLayouts.u8, size);
  const maps = one.maps.flatMap((map, index): MapSpec[] => {
    const type = mapTypes.get(map.type);
    const flags = map.map_flags;
    if (type === undefined) return [];
    return [
      {
        name: `m${index}`,
        type,
        key: bytes(map.key_size),
        value: bytes(map.value_size),
        maxEntries: map.max_entries,
        flags,
      },
    ];
  });
  if (maps.length < one.maps.length) return undefined;
  const main = {
    name: "main",
    type: programTypes.get(one.prog_type) ?? "xdp",
    section: "",
    insns: fixed,
    relocations,
    lines: [],
    stackBytes: 0,
  } as const;
  return {
    format: 1,
    license: "GPL",
    target: { kernel: "6.1", isa: 4 },
    maps,
    programs: [main],
    functions: [],
    sections: [],
    sources: [],
  };
}

/** Reasons for which a program cannot take part: no such helper, instruction, or context here. */
const elsewhere = ["BPF6107", "BPF6110", "BPF6112"];

function fill(map: BackendMap | undefined, { data, value_size: size }: RecordedMap): void {
  const bytes = fromHex(data ?? "");
  for (let index = 0; index * size < bytes.length; index++) {
    expect(map?.update(Uint8Array.of(index, 0, 0, 0), bytes.subarray(index * size, (index + 1) * size), 0)).toBe(0);
  }
}

/** Loads from the context stop programs of other types: their fields are others. */
function withoutContext(loaded: BackendObject): void {
  const refuse = (): never => {
    throw new Fault("contextAccess", "a program of a type that the simulator does not have");
  };
  const { machine } = loaded as unknown as { machine: Machine };
  Object.defineProperty(machine, "context", { get: () => ({ load: refuse, store: refuse }), set: () => undefined });
}

/** What each run returned: [ours, the kernel's]. Undefined where the program cannot take part. */
async function compare(one: Recorded): Promise<readonly (readonly [number, number])[] | undefined> {
  const object = objectOf(one);
  if (!object) return undefined;
  try {
    const results: [number, number][] = [];
    for (const run of one.test_runs ?? []) {
      if (run.ctx_in !== undefined) return undefined;
      const loaded = await simulator().load(object);
      if (!programTypes.has(one.prog_type)) withoutContext(loaded);
      for (const [index, map] of one.maps.entries()) fill(loaded.maps.get(`m${index}`), map);
      const output = loaded.programs.get("main")?.run({ packet: fromHex(run.data_in) });
      results.push([output?.retval ?? -1, run.retval >>> 0]);
    }
    return results;
  } catch (error) {
    if (error instanceof DiagnosticError && error.diagnostics.every(({ code }) => elsewhere.includes(code)))
      return undefined;
    throw error;
  }
}

const candidates = recorded.filter(
  (one) =>
    one.kernel_6_18.verdict === "accept" &&
    (one.test_runs ?? []).length > 0 &&
    !pointers.test(one.id) &&
    !contextGiven.test(one.id),
);

describe.skipIf(!present)("results of the kernel (needs ../shared/conformance/verifier.json.gz)", () => {
  test("the same values come out", { timeout: 60_000 }, async () => {
    const different: string[] = [];
    let compared = 0;
    for (const one of candidates) {
      const results = await compare(one);
      compared += results ? 1 : 0;
      for (const [ours, kernel] of results ?? [])
        if (ours !== kernel) different.push(`${one.id}: ${ours}, kernel ${kernel}`);
    }
    expect(different).toEqual([]);
    expect(compared).toBeGreaterThan(500);
  });
});
