// `load`: an object into a back end, with typed handles on its maps and programs. The same on both back ends, so that
// one test file runs on both.
import { type BpfObject, type Diagnostic, DiagnosticError } from "@typebpf/abi";
import type { Backend, Pin } from "./backend.ts";
import { type ConfigValues, withConfig } from "./config.ts";
import { loaderError } from "./diagnostics.ts";
import { refuseForeign } from "./foreign.ts";
import { globalHandles } from "./handles/global.ts";
import { programHandle } from "./handles/program.ts";
import { mapHandle } from "./handles/registry.ts";
import type { ConfigOf, GlobalsOf, MapsOf, Module, ProgramsOf } from "./handles/types.ts";

/** A loaded object. Ends with `close()`, `using` or `await using`: file descriptors and links are released. */
export interface Loaded<M> extends Disposable, AsyncDisposable {
  readonly backend: Backend["kind"];
  readonly object: BpfObject;
  readonly maps: MapsOf<M>;
  /** Global variables, and what `config` declares. */
  readonly globals: GlobalsOf<M>;
  readonly programs: ProgramsOf<M>;
  /** Pins that loading has made (`kernel({ pins })`). They stay until they are removed. */
  readonly pins: readonly Pin[];
  /** Releases everything; maps and programs cannot be used any more. */
  close(): void;
}

/** Handles by name, without a prototype, so that no name means anything else. */
function byName<T, H>(all: ReadonlyMap<string, T>, handle: (one: T) => H): Readonly<Record<string, H>> {
  const handles: Record<string, H> = Object.create(null);
  for (const [name, one] of all) handles[name] = handle(one);
  return handles;
}

/** What may be said when an object is loaded. */
export interface LoadOptions<M> {
  /** Values of what `config` declares; what is left out keeps its default. */
  readonly config?: ConfigOf<M>;
}

function isObject(object: unknown): object is BpfObject {
  return typeof object === "object" && object !== null && "format" in object && object.format === 1;
}

/**
 * Loads an object: `load<typeof import("./firewall.bpf.ts")>(object, simulator())`, or what `readElf` gives.
 * @throws DiagnosticError when the object cannot be loaded: each of its diagnostics says what to do.
 */
export async function load<M extends Module = Record<string, unknown>>(
  object: BpfObject | readonly Diagnostic[],
  backend: Backend,
  options: LoadOptions<NoInfer<M>> = {},
): Promise<Loaded<M>> {
  if (Array.isArray(object) && object.length > 0) throw new DiagnosticError(object);
  if (!isObject(object)) throw loaderError("objectFormat");
  refuseForeign(object);
  const configured = options.config ? withConfig(object, options.config as ConfigValues) : object;
  const loaded = await backend.load(configured);
  const close = (): void => loaded[Symbol.dispose]();
  // The object was compiled from the module M: its exports have the types that M says.
  return {
    backend: backend.kind,
    object: configured,
    globals: globalHandles(loaded.sections.values()) as unknown as GlobalsOf<M>,
    maps: byName(loaded.maps, mapHandle) as unknown as MapsOf<M>,
    programs: byName(loaded.programs, programHandle) as unknown as ProgramsOf<M>,
    pins: loaded.pins ?? [],
    close,
    [Symbol.dispose]: close,
    [Symbol.asyncDispose]: async () => close(),
  };
}
