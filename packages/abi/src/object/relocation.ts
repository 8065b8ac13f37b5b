// What a loader must fill in before the kernel or the simulator can run the instructions.

/** The `lddw` at `slot` refers to a map by name: the loader writes its file descriptor (BPF_PSEUDO_MAP_FD). */
export interface MapRelocation {
  readonly kind: "map";
  /** Index in 8-byte slots. */
  readonly slot: number;
  /** Name in `BpfObject.maps`. */
  readonly map: string;
}

export type Relocation = MapRelocation;
