// The form of a helper's row: everything the DSL surface, argument lowering, the verifier, the feature gate and the
// simulator's registry need to know about one kernel helper. Anything that cannot be said here is not callable.

/** What an argument must be. Sizes refer to other arguments by name. */
export type HelperArg =
  | { readonly name: string; readonly is: "context" }
  | { readonly name: string; readonly is: "map" }
  | { readonly name: string; readonly is: "mapKey" }
  | { readonly name: string; readonly is: "mapValue" }
  | {
      readonly name: string;
      readonly is: "integer";
      readonly width: 32 | 64;
      readonly signed: boolean;
      /** Flags: a plain number in the DSL, 0 where it is left out. Such arguments come last. */
      readonly optional?: true;
      /** A plain number in the DSL, however wide it is. */
      readonly plain?: true;
      /** In network order: 16 bits, or as many bytes as the low four bits of `flags` say. The DSL takes host order. */
      readonly bigEndian?: 16 | "bySize";
    }
  /**
   * Memory that the helper reads; `size` names the argument with its length. With `nullable` it may be null, of length 0;
   * with `packet` it may lie in the packet.
   */
  | {
      readonly name: string;
      readonly is: "memoryRead";
      readonly size: string;
      readonly nullable?: true;
      readonly packet?: true;
    }
  /** Memory that the helper fills; need not be initialised. */
  | { readonly name: string; readonly is: "memoryWrite"; readonly size: string }
  | { readonly name: string; readonly is: "size"; readonly zero: boolean }
  /** A function of the program, and what it is given beside its own arguments: memory on the stack. */
  | { readonly name: string; readonly is: "callback" | "callbackContext" }
  /** The size of the map's record: a constant. */
  | { readonly name: string; readonly is: "recordSize" }
  /** The lock in a map's value. */
  | { readonly name: string; readonly is: "spinLock" }
  /** The start of a reserved record, which the helper takes back. */
  | { readonly name: string; readonly is: "record" };

export type HelperReturn =
  /** 0 or a negative errno, sign-extended. */
  | { readonly is: "status" }
  /** `action`: the value is a verdict of the program's type, to be returned as it is. */
  | { readonly is: "integer"; readonly width: 32 | 64; readonly signed: boolean; readonly action?: true }
  /** Pointer to the map's value, or null. */
  | { readonly is: "mapValue"; readonly nullable: true }
  /** Pointer to a new record, not cleared, or null. It must be given to a helper that releases it, on every path. */
  | { readonly is: "record"; readonly nullable: true }
  | { readonly is: "void" };

export type HelperEffect =
  /** Packet pointers and their bounds made before the call are dead after it. */
  | "invalidatesPackets"
  /** Reads memory that other code may change (maps, clock, packet): never merged with another call. */
  | "impure"
  | "writesMap"
  /** Takes the lock of a value: nothing may be called until it is given back. */
  | "acquiresLock"
  | "releasesLock"
  /** Takes room in a ring. */
  | "acquiresRecord"
  /** Takes a record back: pointers into it are dead after the call. */
  | "releasesRecord"
  /** Writes what user space sees as it happens: never left out. */
  | "traces"
  /** Changes fields of the context. */
  | "writesContext"
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
  /**
   * How the DSL exposes it: a method of `ctx`, an operation of a map or of a reserved record, or not at all. A method takes the integers; for
   * memory that the helper reads a value in memory, for memory that it fills a schema, and for sizes nothing. One that
   * fills memory gives a ref to it on the stack, or undefined for any status but 0.
   */
  readonly surface:
    | { readonly on: "context"; readonly as: string }
    | { readonly on: "map"; readonly as: string }
    | { readonly on: "record"; readonly as: string }
    | { readonly on: "none" };
  readonly doc: string;
}
