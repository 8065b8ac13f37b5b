// `load`: an object into a back end, with typed handles on its maps and programs. The same on both back ends, so that
// one test file runs on both.
import type { BpfObject } from "@typebpf/abi";
import type { Backend } from "./backend.ts";
import { loaderError } from "./diagnostics.ts";
import { mapHandle } from "./handles/map.ts";
import { programHandle } from "./handles/program.ts";
import type { MapsOf, Module, ProgramsOf } from "./handles/types.ts";

/** A loaded object. Ends with `close()`, `using` or `await using`: file descriptors and links are released. */
export interface Loaded<M> extends Disposable, AsyncDisposable {
  readonly backend: Backend["kind"];
  readonly object: BpfObject;
  readonly maps: MapsOf<M>;
  readonly programs: ProgramsOf<M>;
  /** Releases everything; maps and programs cannot be used any more. */
  close(): void;
}

/** Handles by name, without a prototype, so that no name means anything else. */
function byName<T, H>(all: ReadonlyMap<string, T>, handle: (one: T) => H): Readonly<Record<string, H>> {
  const handles: Record<string, H> = Object.create(null);
  for (const [name, one] of all) handles[name] = handle(one);
  return handles;
}

function isObject(object: unknown): object is BpfObject {
  return typeof object === "object" && object !== null && "format" in object && object.format === 1;
}

/**
 * Loads an object: `load<typeof import("./firewall.bpf.ts")>(object, simulator())`.
 * @throws DiagnosticError when the object cannot be loaded: each of its diagnostics says what to do.
 */
export async function load<M extends Module = Record<string, unknown>>(
  object: BpfObject,
  backend: Backend,
): Promise<Loaded<M>> {
  if (!isObject(object)) throw loaderError("objectFormat");
  const loaded = await backend.load(object);
  const close = (): void => loaded[Symbol.dispose]();
  // The object was compiled from the module M: its exports have the types that M says.
  return {
    backend: backend.kind,
    object,
    maps: byName(loaded.maps, mapHandle) as unknown as MapsOf<M>,
    programs: byName(loaded.programs, programHandle) as unknown as ProgramsOf<M>,
    close,
    [Symbol.dispose]: close,
    [Symbol.asyncDispose]: async () => close(),
  };
}
