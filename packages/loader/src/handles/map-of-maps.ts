// Handles of maps that hold maps: what goes in is the handle of a map like the template, what comes out one too, typed by
// the template. The kernel tells an id, by which the map is opened; it stays open for as long as the map of maps.
import type { BackendMap, ObjectReference } from "../backend.ts";
import { describe } from "../codec.ts";
import { loaderError } from "../diagnostics.ts";
import { errno } from "../errno.ts";
import type { AnyMapHandle, NamedMap } from "./map.ts";
import { numbersIn, type ObjectMapHandle, ObjectsHandle, resolveIn } from "./references.ts";

/** A map of maps: `H` is the handle of a map in it. */
export interface MapOfMapsHandle<K, KI, H> extends ObjectMapHandle<K, KI, H, NamedMap | number> {
  /** A new map like the template, in no slot yet; `name` is what the kernel calls it. */
  create(name?: string): H;
}

function mapReference(value: unknown, path: string): ObjectReference | number {
  if (typeof value === "number") return value;
  const raw = typeof value === "object" && value !== null && "raw" in value ? value.raw : undefined;
  if (typeof raw === "object" && raw !== null && "lookup" in raw) return { kind: "map", map: raw as BackendMap };
  throw loaderError("valueKind", {
    message: `${path} takes the handle of a map or a descriptor, not ${describe(value)}`,
  });
}

/** A map of maps. */
export class MapsHandle extends ObjectsHandle {
  private readonly handleOf: (raw: BackendMap) => AnyMapHandle;
  private readonly known = new Map<BackendMap, AnyMapHandle>();

  constructor(raw: BackendMap, handleOf: (raw: BackendMap) => AnyMapHandle) {
    super(raw);
    this.handleOf = handleOf;
  }

  /** The one handle of an inner map. */
  private handle(raw: BackendMap): AnyMapHandle {
    const known = this.known.get(raw) ?? this.handleOf(raw);
    this.known.set(raw, known);
    return known;
  }

  private inner(): NonNullable<BackendMap["inner"]> {
    if (this.raw.inner) return this.raw.inner;
    throw loaderError("noOperation", { message: `nothing says what the maps in "${this.name}" are like` });
  }

  create(name?: string): AnyMapHandle {
    return this.handle(this.inner().create(name));
  }

  protected override withValue(value: unknown, store: (bytes: Uint8Array) => void): void {
    const path = `${this.name} value`;
    using resolved = resolveIn(this.raw, mapReference(value, path), path);
    store(numbersIn(this.spec.value.size, resolved.number));
  }

  private opened(bytes: Uint8Array): AnyMapHandle | undefined {
    const map = this.inner().open(bytes);
    return map && this.handle(map);
  }

  // The values of this map are handles, which its interface says; those of the class it extends are plain.
  override get(key: unknown): never {
    const bytes = this.keyBytes(key);
    const found = this.raw.lookup(bytes);
    if (typeof found !== "number") return this.opened(found) as never;
    if (found !== -errno.ENOENT) this.check("get", found, bytes);
    return undefined as never;
  }

  override has(key: unknown): boolean {
    return typeof this.raw.lookup(this.keyBytes(key)) !== "number";
  }

  override *entries(): Generator<never> {
    for (const [key, value] of this.raw.entries()) {
      const map = this.opened(value);
      if (map) yield [this.decodeKey(key), map] as never;
    }
  }
}
