// Maps for modules that run as plain JavaScript: the DSL's constructors, with operations on the harness's own maps. The
// values of lookups are views over an entry's bytes, as refs of a filter are. Keys and values become bytes as the DSL's
// constructors write them.
import type { Layout, MapSpec, MapTypeName } from "@typebpf/abi";
import { arrayMap, hashMap, lpmTrie, lruHashMap, lruPerCpuHashMap, perCpuArray, perCpuHashMap } from "@typebpf/dsl";
import { construct, memoryOf, viewOf } from "../../packages/dsl/src/view.ts";
import { hexText } from "./case-file.ts";
import { IrMap } from "./ir-maps.ts";
import { mapEntries, type Outcome } from "./outcome.ts";

/** What a constructor of the DSL gives. */
interface Description {
  readonly type: MapTypeName;
  readonly key: { readonly layout: Layout };
  readonly value: { readonly layout: Layout };
  readonly maxEntries: number;
  readonly flags: number;
}

/** Members by name, without what lies between them. */
function plain(value: unknown): unknown {
  const memory = memoryOf(value);
  if (!memory || typeof value !== "object" || value === null) return value;
  if (memory.layout.kind === "array") return Array.from(value as ArrayLike<unknown>, plain);
  if (memory.layout.kind === "struct" && memory.layout.union) return construct(memory.layout, value);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

/** The bytes of a value of a schema; padding is zero, whatever it was where the value lay. */
function bytesOf(layout: Layout, init: unknown): Uint8Array {
  const fields = [{ name: "all", offset: 0, layout }];
  const memory = memoryOf(
    construct({ kind: "struct", name: "", fields, size: layout.size, align: layout.align }, { all: plain(init) }),
  );
  if (!memory) throw new Error("harness: a value without memory");
  return new Uint8Array(memory.data.buffer, memory.data.byteOffset + memory.offset, layout.size);
}

/** The maps of one module. */
export class JavaScriptMaps {
  readonly #made = new Map<unknown, IrMap>();
  /** What stands in for exports of the DSL. */
  readonly instead: Readonly<Record<string, unknown>>;

  constructor() {
    const makers = { hashMap, lruHashMap, perCpuHashMap, lruPerCpuHashMap, lpmTrie, arrayMap, perCpuArray };
    this.instead = Object.fromEntries(
      Object.entries(makers).map(([name, make]) => {
        const describe = make as unknown as (options: unknown) => Description;
        return [name, (options: unknown) => this.#make(describe(options))];
      }),
    );
  }

  #make(description: Description): object {
    const { type, key, value, maxEntries, flags } = description;
    const spec: MapSpec = { name: "", type, key: key.layout, value: value.layout, maxEntries, flags };
    const entries = new IrMap(spec);
    const found = (index: unknown): Uint8Array | undefined => entries.lookup(bytesOf(spec.key, index));
    const refTo = (layout: Layout, bytes: Uint8Array): unknown =>
      viewOf({ layout, data: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 0 });
    const keyOf = (bytes: Uint8Array): unknown => {
      const ref = refTo(spec.key, bytes);
      return spec.key.kind === "scalar" ? (ref as { readonly value: unknown }).value : ref;
    };
    const map = {
      ...description,
      get: (index: unknown) => {
        const bytes = found(index);
        return bytes && refTo(spec.value, bytes);
      },
      forEach: (body: (key: unknown, value: unknown) => unknown) => {
        let visited = 0;
        for (const [key, value] of entries.elements()) {
          visited++;
          if (body(keyOf(key), refTo(spec.value, value)) === false) break;
        }
        return visited;
      },
      has: (index: unknown) => found(index) !== undefined,
      set: (index: unknown, init: unknown, flag = 0) =>
        entries.update(bytesOf(spec.key, index), bytesOf(spec.value, init), BigInt(flag)),
      delete: (index: unknown) => entries.delete(bytesOf(spec.key, index)),
    };
    this.#made.set(map, entries);
    return map;
  }

  /** Empties all maps. */
  clear(): void {
    for (const map of this.#made.values()) map.clear();
  }

  /** The entries of what a module exports, by name. */
  outcome(exports: Readonly<Record<string, unknown>>): Outcome["maps"] {
    const found = Object.entries(exports).flatMap(([name, value]) => {
      const map = this.#made.get(value);
      if (!map) return [];
      const texts = [...map.entries()].map(([key, bytes]) => [hexText(key), hexText(bytes)] as const);
      return [[name, mapEntries(map.spec, texts)] as const];
    });
    return Object.fromEntries(found);
  }

  /** The map that a module exports under a name. */
  map(exports: Readonly<Record<string, unknown>>, name: string): IrMap | undefined {
    return this.#made.get(exports[name]);
  }
}
