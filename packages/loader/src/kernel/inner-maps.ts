// The maps inside a map of maps: made by its template, or found by the id that the kernel tells in place of the descriptor
// that was stored. Each is opened once and stays open for as long as the map of maps.
import type { BackendInnerMaps } from "../backend.ts";
import { Fd } from "./fd.ts";
import { mapId, openMap } from "./info.ts";
import type { KernelMap } from "./map.ts";
import type { Sys } from "./sys.ts";

/** How maps are made and taken over. */
export interface InnerMakers {
  /** A new map. @throws DiagnosticError */
  readonly create: (name: string | undefined) => KernelMap;
  /** The map behind a descriptor, which it closes. */
  readonly adopt: (fd: Fd, id: number) => KernelMap;
}

/** Inner maps of one map of maps. */
export class KernelInnerMaps implements BackendInnerMaps, Disposable {
  readonly #sys: Sys;
  readonly #makers: InnerMakers;
  readonly #open = new Map<number, KernelMap>();
  readonly #unnumbered: KernelMap[] = [];

  constructor(sys: Sys, makers: InnerMakers) {
    this.#sys = sys;
    this.#makers = makers;
  }

  create(name?: string): KernelMap {
    const map = this.#makers.create(name);
    const id = mapId(this.#sys, map.fd.number);
    if (id === undefined) this.#unnumbered.push(map);
    else this.#open.set(id, map);
    return map;
  }

  open(value: Uint8Array): KernelMap | undefined {
    const id = new DataView(value.buffer, value.byteOffset).getUint32(0, true);
    const known = this.#open.get(id);
    if (known) return known;
    const number = openMap(this.#sys, id);
    if (number < 0) return undefined;
    const map = this.#makers.adopt(new Fd(this.#sys, number, `map ${id}`), id);
    this.#open.set(id, map);
    return map;
  }

  [Symbol.dispose](): void {
    for (const map of [...this.#open.values(), ...this.#unnumbered]) map[Symbol.dispose]();
    this.#open.clear();
    this.#unnumbered.length = 0;
  }
}
