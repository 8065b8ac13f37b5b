// Global variables in case files: their bytes by name, for all ways to run. In JavaScript an exported `let` is a property
// of the module's exports, so an accessor there stores as memory does: integers wrap, structs are copied into place.
import { type BpfObject, type Layout, sectionBytes } from "@typebpf/abi";
import { loadScalar, storeScalar } from "../../packages/dsl/src/integers.ts";
import { construct, memoryOf } from "../../packages/dsl/src/view.ts";
import { type CaseRun, hexBytes, hexText } from "./case-file.ts";

/** A variable that programs may write. */
export interface CaseGlobal {
  readonly name: string;
  readonly section: string;
  readonly offset: number;
  readonly size: number;
  readonly layout: Layout;
  readonly initial: Uint8Array;
}

/** All variables but the read-only ones. */
export function globalsOf(object: BpfObject): readonly CaseGlobal[] {
  return object.sections
    .filter((one) => !one.readOnly)
    .flatMap((one) =>
      one.variables.map(({ name, offset, layout }) => {
        const initial = sectionBytes(one).slice(offset, offset + layout.size);
        return { name, section: one.name, offset, size: layout.size, layout, initial };
      }),
    );
}

/** What a run gives of variables. */
export function givenGlobals(
  object: BpfObject,
  run: CaseRun,
): readonly { readonly global: CaseGlobal; readonly bytes: Uint8Array }[] {
  const all = globalsOf(object);
  return run.given.flatMap(({ map, value }) => {
    const global = all.find((one) => one.name === map);
    return global ? [{ global, bytes: hexBytes(value) }] : [];
  });
}

/** The variables as entries of an outcome. */
export function globalEntries(
  object: BpfObject,
  read: (global: CaseGlobal) => Uint8Array | undefined,
): Readonly<Record<string, Readonly<Record<string, string>>>> {
  return Object.fromEntries(
    globalsOf(object).map((one) => [one.name, { "": hexText(read(one) ?? new Uint8Array(0)) }]),
  );
}

function bytesOf(view: unknown): Uint8Array | undefined {
  const memory = memoryOf(view);
  return memory && new Uint8Array(memory.data.buffer, memory.data.byteOffset + memory.offset, memory.layout.size);
}

/** The globals of one run in JavaScript. */
export class JavaScriptGlobals {
  readonly #object: BpfObject;
  readonly #bytes = new Map<string, DataView>();
  readonly #views = new Map<string, unknown>();

  constructor(object: BpfObject) {
    this.#object = object;
    for (const { name, size } of globalsOf(object)) this.#bytes.set(name, new DataView(new ArrayBuffer(size)));
  }

  /** What holds the exports of a module. */
  exports(): Record<string, unknown> {
    const made: Record<string, unknown> = {};
    for (const global of globalsOf(this.#object)) {
      const { name, layout } = global;
      const data = this.#data(name);
      const get = (): unknown => (layout.kind === "scalar" ? loadScalar(layout, data, 0) : this.#views.get(name));
      const set = (value: unknown): void => {
        if (value === undefined) return;
        const view = this.#views.get(name);
        if (layout.kind === "scalar") storeScalar(layout, data, 0, value);
        else if (view === undefined) this.#views.set(name, value);
        else if (layout.kind === "struct" || layout.kind === "array")
          bytesOf(view)?.set(bytesOf(construct(layout, value)) ?? []);
      };
      Object.defineProperty(made, name, { get, set, enumerable: true });
    }
    return made;
  }

  /** Gives variables the values of a run. */
  give(run: CaseRun): void {
    for (const { global, bytes } of givenGlobals(this.#object, run)) this.#memory(global).set(bytes);
  }

  #data(name: string): DataView {
    const data = this.#bytes.get(name);
    if (!data) throw new Error(`harness: no global ${name}`);
    return data;
  }

  #memory({ name, layout }: CaseGlobal): Uint8Array {
    if (layout.kind === "scalar") return new Uint8Array(this.#data(name).buffer);
    const bytes = bytesOf(this.#views.get(name));
    if (!bytes) throw new Error(`harness: ${name} is not exported`);
    return bytes;
  }

  entries(): ReturnType<typeof globalEntries> {
    return globalEntries(this.#object, (global) => this.#memory(global));
  }
}
