// What came of a run, in one form for all ways to run: the verdict, the packet, and the entries of all maps in hex.
// Entries that are all zero in an array are left out, since arrays have every entry; of the copies of a per-CPU value
// the one that the run changed counts. Records of a ring buffer are entries with their number as the key.
import { type BpfObject, type MapSpec, mapTypes, type ProgramTypeName } from "@typebpf/abi";
import type { Backend, BackendMap, BackendObject, RunOutput } from "@typebpf/loader";
import type { IrModule } from "../../packages/codegen/src/ir/function.ts";
import { interpret } from "../../packages/codegen/src/ir/interpret.ts";
import { type CaseEntry, type CaseRun, hexBytes, hexText } from "./case-file.ts";
import { givenGlobals, globalEntries, globalsOf } from "./globals.ts";
import { IrHost } from "./ir-host.ts";

/** What came of a run. Maps are by name, entries by key. */
export interface Outcome {
  readonly retval: number;
  readonly packet: string;
  /** Fields of the context that programs may have changed, as decimal numbers; none where there are none. */
  readonly context: Readonly<Record<string, string>>;
  readonly maps: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Runs the cases of one compiled module in one way. */
export interface Executor extends Disposable {
  run(run: CaseRun): Outcome;
}

/** Entries in the order of their keys; of arrays those that are not zero. */
export function mapEntries(
  spec: MapSpec,
  entries: Iterable<readonly [key: string, value: string]>,
): Record<string, string> {
  const indexed = mapTypes[spec.type].keys === "index";
  return Object.fromEntries([...entries].filter(([, value]) => !indexed || /[^0]/.test(value)).sort());
}

/** The copy that is not as it was given. */
function changedCopy(spec: MapSpec, copies: Uint8Array, given: readonly CaseEntry[], key: string): string {
  const stride = Math.ceil(spec.value.size / 8) * 8;
  const count = copies.length / stride;
  const values = Array.from({ length: count }, (_, cpu) =>
    hexText(copies.subarray(cpu * stride, cpu * stride + spec.value.size)),
  );
  const before = given.find((one) => one.map === spec.name && one.key === key)?.value ?? "00".repeat(spec.value.size);
  return values.find((value) => value !== before) ?? before;
}

/** Records by number, from 00 on. */
function recordEntries(records: readonly Uint8Array[]): Record<string, string> {
  return Object.fromEntries(records.map((bytes, index) => [hexText(Uint8Array.of(index)), hexText(bytes)]));
}

function programTypeOf(object: BpfObject, name: string): ProgramTypeName {
  return object.programs.find((one) => one.name === name)?.type ?? "xdp";
}

/** Fields that every way to run gives back. */
function changed(context: RunOutput["context"]): Outcome["context"] {
  const names = Object.keys(context ?? {}).filter((name) => /^(mark|priority|tstamp|cb.*)$/.test(name));
  return Object.fromEntries(names.map((name) => [name, `${context?.[name]}`]));
}

/** Runs on the IR interpreter. */
export function irExecutor(ir: IrModule, object: BpfObject): Executor {
  return {
    run: (run) => {
      const host = new IrHost(object.maps, object.sections);
      for (const { global, bytes } of givenGlobals(object, run))
        host.sections.get(global.section)?.set(bytes, global.offset);
      for (const { map, key, value } of run.given) host.maps.get(map)?.update(hexBytes(key), hexBytes(value), 0n);
      const fn = ir.functions.find((one) => one.name === run.program);
      if (!fn) throw new Error(`the IR has no program ${run.program}`);
      const context = host.begin(run.packet, run.context, programTypeOf(object, run.program));
      const { result } = interpret(fn, host, context, 1_000_000, ir.functions);
      const maps = object.maps.map((spec) => {
        const ring = host.rings.get(spec.name);
        if (ring) return [spec.name, recordEntries(ring.submitted())] as const;
        const entries = [...(host.maps.get(spec.name)?.entries() ?? [])];
        const texts = entries.map(([key, value]) => [hexText(key), hexText(value)] as const);
        return [spec.name, mapEntries(spec, texts)] as const;
      });
      const globals = globalEntries(object, ({ section, offset, size }) =>
        host.sections.get(section)?.subarray(offset, offset + size),
      );
      return {
        retval: Number(result & 0xffff_ffffn),
        packet: hexText(host.packet),
        context: host.context,
        maps: { ...Object.fromEntries(maps), ...globals },
      };
    },
    [Symbol.dispose]: () => undefined,
  };
}

/** What lies in a ring buffer, which is empty then; undefined for other maps. */
function recordsOf(map: BackendMap): readonly Uint8Array[] | undefined {
  const reader = map.ringBuffer?.();
  const records = reader?.consume();
  reader?.close();
  return records;
}

function resetMaps(loaded: BackendObject, run: CaseRun): void {
  for (const map of loaded.maps.values()) {
    recordsOf(map);
    const indexed = mapTypes[map.spec.type].keys === "index";
    for (const [key] of [...map.entries()]) {
      if (indexed) map.update(key, new Uint8Array(map.bufferSize), 0);
      else map.delete(key);
    }
    for (const entry of run.given) {
      if (entry.map !== map.spec.name) continue;
      const stride = map.bufferSize / map.copies;
      const value = new Uint8Array(map.bufferSize);
      for (let copy = 0; copy < map.copies; copy++) value.set(hexBytes(entry.value), copy * stride);
      const status = map.update(hexBytes(entry.key), value, 0);
      if (status !== 0) throw new Error(`given ${entry.map}: status ${status}`);
    }
  }
}

/** Runs on a back end of the loader; the maps are emptied before each run. */
export async function backendExecutor(object: BpfObject, backend: Backend): Promise<Executor> {
  const loaded = await backend.load(object);
  return {
    run: (run) => {
      resetMaps(loaded, run);
      for (const { section, offset, initial } of globalsOf(object))
        loaded.sections.get(section)?.write(offset, initial);
      for (const { global, bytes } of givenGlobals(object, run))
        loaded.sections.get(global.section)?.write(global.offset, bytes);
      const program = loaded.programs.get(run.program);
      if (!program) throw new Error(`the object has no program ${run.program}`);
      const { retval, packet, context } = program.run({ packet: run.packet, context: run.context });
      const maps = [...loaded.maps.values()].map((map) => {
        const records = recordsOf(map);
        if (records) return [map.spec.name, recordEntries(records)] as const;
        const entries = [...map.entries()].map(([key, value]) => {
          const text = hexText(key);
          return [
            text,
            map.copies > 1
              ? changedCopy(map.spec, value, run.given, text)
              : hexText(value.subarray(0, map.spec.value.size)),
          ] as const;
        });
        return [map.spec.name, mapEntries(map.spec, entries)] as const;
      });
      const globals = globalEntries(object, ({ section, offset, size }) => {
        const bytes = loaded.sections.get(section)?.read(offset, size);
        return typeof bytes === "number" ? undefined : bytes;
      });
      return {
        retval,
        packet: hexText(packet),
        context: changed(context),
        maps: { ...Object.fromEntries(maps), ...globals },
      };
    },
    [Symbol.dispose]: () => loaded[Symbol.dispose](),
  };
}
