// Maps that outlive their object: a map whose path has a pin already is opened in place of being made, if it is what the
// object declares; others are made, and pinned once everything else has been loaded. When a pin cannot be made, those
// that were made before it are removed again.
import { type BpfObject, DiagnosticError, type MapSpec, nearest } from "@typebpf/abi";
import type { Pin } from "../../backend.ts";
import type { KernelMap, MapHost } from "../map.ts";
import { adoptMap, createMap } from "../map-create.ts";
import { statOf } from "./bpffs.ts";
import { BtfCache } from "./btf.ts";
import { objectError, refusedBy } from "./diagnostics.ts";
import { mapDifferences } from "./map-check.ts";
import { layoutsOf, readMap } from "./map-info.ts";
import { openPin, unpinAll } from "./pin.ts";

/** A folder for all maps of an object, or a path for each map that is named. */
export type MapPins = string | Readonly<Record<string, string>>;

/** Paths of the maps that are to be pinned, by name. @throws DiagnosticError for a name that no map has */
function pathsOf(object: BpfObject, pins: MapPins): ReadonlyMap<string, string> {
  const names = object.maps.map(({ name }) => name);
  if (typeof pins === "string") return new Map(names.map((name) => [name, `${pins}/${name}`]));
  for (const name of Object.keys(pins)) {
    if (names.includes(name)) continue;
    const near = nearest(name, names);
    const help = near === undefined ? `its maps: ${names.join(", ") || "none"}` : `did you mean "${near}"?`;
    throw objectError("pinName", { message: `the object has no map "${name}" to pin`, help });
  }
  return new Map(Object.entries(pins));
}

/** The maps of an object that is being loaded, some of which are pinned or are to be. */
export class PinnedMaps {
  readonly #host: MapHost;
  readonly #paths: ReadonlyMap<string, string>;
  readonly #made: string[] = [];

  constructor(host: MapHost, object: BpfObject, pins: MapPins | undefined) {
    this.#host = host;
    this.#paths = pins === undefined ? new Map() : pathsOf(object, pins);
  }

  /** The map of that description: what is pinned under its path, or a new one. @throws DiagnosticError */
  map(spec: MapSpec): KernelMap {
    const path = this.#paths.get(spec.name);
    if (path !== undefined && statOf(path)) return this.#open(spec, path);
    if (path !== undefined) this.#made.push(spec.name);
    return createMap(this.#host, spec);
  }

  #open(spec: MapSpec, path: string): KernelMap {
    const { sys, cpus } = this.#host;
    const fd = openPin(sys, "map", path);
    try {
      const info = readMap(sys, fd.number);
      if (typeof info === "number") throw refusedBy("infoRefused", `the kernel does not tell about ${path}`, info);
      const found = mapDifferences(spec, info, layoutsOf(info, new BtfCache(sys)), { cpus, where: path });
      if (found.length > 0) throw new DiagnosticError(found);
    } catch (error) {
      fd[Symbol.dispose]();
      throw error;
    }
    return adoptMap(this.#host, fd, spec);
  }

  /** Pins the maps that were made; all or none. @throws DiagnosticError */
  pin(maps: ReadonlyMap<string, KernelMap>): readonly Pin[] {
    const pins: Pin[] = [];
    try {
      for (const name of this.#made) {
        const [map, path] = [maps.get(name), this.#paths.get(name)];
        if (map && path !== undefined) pins.push(map.pin(path));
      }
    } catch (error) {
      unpinAll(pins);
      throw error;
    }
    return pins;
  }
}
