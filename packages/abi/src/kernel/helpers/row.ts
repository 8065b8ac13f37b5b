// The form of a helper's row: everything the DSL surface, argument lowering, the verifier, the feature gate and the
// simulator's registry need to know about one kernel helper. Anything that cannot be said here is not callable.

/** What an argument must be. Sizes refer to other arguments by name. */
export type HelperArg =
  | { readonly name: string; readonly is: "context" }
  | { readonly name: string; readonly is: "map" }
  | { readonly name: string; readonly is: "mapKey" }
  | { readonly name: string; readonly is: "mapValue" }
  | { readonly name: string; readonly is: "integer"; readonly width: 32 | 64; readonly signed: boolean }
  /** Memory that the helper reads; `size` names the argument with its length. Null is allowed where the length is 0. */
  | { readonly name: string; readonly is: "memoryRead"; readonly size: string; readonly nullable?: true }
  /** Memory that the helper fills; need not be initialised. */
  | { readonly name: string; readonly is: "memoryWrite"; readonly size: string }
  | { readonly name: string; readonly is: "size"; readonly zero: boolean };

export type HelperReturn =
  /** 0 or a negative errno, sign-extended. */
  | { readonly is: "status" }
  /** `action`: the value is a verdict of the program's type, to be returned as it is. */
  | { readonly is: "integer"; readonly width: 32 | 64; readonly signed: boolean; readonly action?: true }
  /** Pointer to the map's value, or null. */
  | { readonly is: "mapValue"; readonly nullable: true }
  | { readonly is: "void" };

export type HelperEffect =
  /** Packet pointers and their bounds made before the call are dead after it. */
  | "invalidatesPackets"
  /** Reads memory that other code may change (maps, clock, packet): never merged with another call. */
  | "impure"
  | "writesMap"
  | "writesPacket";

/** One helper. */
export interface HelperRow {
  /** Name in the kernel: "bpf_map_lookup_elem". */
  readonly symbol: string;
  /** Helper number; from the snapshot. */
  readonly number: number;
  /** First kernel that has it. */
  readonly since: string;
  /** Where a program type got it later than `since`. */
  readonly programSince?: Readonly<Record<string, string>>;
  readonly args: readonly HelperArg[];
  readonly returns: HelperReturn;
  readonly effects: readonly HelperEffect[];
  readonly license: "any" | "GPL";
  /** Kernels before this one demand a GPL-compatible licence all the same. */
  readonly gplBefore?: string;
  /** Program types that may call it, by row name, or all. */
  readonly programs: "all" | readonly string[];
  /** How the DSL exposes it: a method of `ctx`, an operation of a map, or not at all. */
  readonly surface:
    | { readonly on: "context"; readonly as: string }
    | { readonly on: "map"; readonly as: string }
    | { readonly on: "none" };
  readonly doc: string;
}
