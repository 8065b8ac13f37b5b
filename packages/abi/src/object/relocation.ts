// What a loader must fill in before the kernel or the simulator can run the instructions. Slots count 8 bytes from the
// start of the program or function that holds the relocation.

/** The `lddw` at `slot` refers to a map by name: the loader writes its file descriptor (BPF_PSEUDO_MAP_FD). */
export interface MapRelocation {
  readonly kind: "map";
  readonly slot: number;
  /** Name in `BpfObject.maps`. */
  readonly map: string;
}

/** The `lddw` at `slot` is the address of a byte in the value of an array map's only entry (BPF_PSEUDO_MAP_VALUE). */
export interface MapValueRelocation {
  readonly kind: "mapValue";
  readonly slot: number;
  /** Name in `BpfObject.maps`; its type has direct values. */
  readonly map: string;
  /** Bytes from the start of the value. */
  readonly offset: number;
}

/** The `lddw` at `slot` is the address of a byte of global data (BPF_PSEUDO_MAP_VALUE). */
export interface DataRelocation {
  readonly kind: "data";
  readonly slot: number;
  /** Name in `BpfObject.sections`. */
  readonly section: string;
  /** Bytes from the start of the section. */
  readonly offset: number;
}

/** The `call` at `slot` calls a function of the object (BPF_PSEUDO_CALL). */
export interface CallRelocation {
  readonly kind: "call";
  readonly slot: number;
  /** Name in `BpfObject.functions`. */
  readonly function: string;
}

/** The `lddw` at `slot` is the address of a function of the object, a helper's callback (BPF_PSEUDO_FUNC). */
export interface FunctionRelocation {
  readonly kind: "function";
  readonly slot: number;
  /** Name in `BpfObject.functions`. */
  readonly function: string;
}

/** The `call` at `slot` calls a function of the kernel (BPF_PSEUDO_KFUNC_CALL): the loader writes its id in the kernel's BTF. */
export interface KernelFunctionRelocation {
  readonly kind: "kernelFunction";
  readonly slot: number;
  /** The kernel's name of it: "bpf_xdp_metadata_rx_hash". */
  readonly name: string;
}

/** A relocation that names a map or a section. */
export type AddressRelocation = MapRelocation | MapValueRelocation | DataRelocation;

/** What is left when functions have their places: only a back end can fill it in. */
export type OpenRelocation = AddressRelocation | KernelFunctionRelocation;

export type Relocation = OpenRelocation | CallRelocation | FunctionRelocation;
