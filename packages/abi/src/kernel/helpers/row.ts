// The form of a helper's row: everything the DSL surface, argument lowering, the verifier, the feature gate and the
// simulator's registry need to know about one kernel helper. Anything that cannot be said here is not callable.
import type { StructLayout } from "../../layout.ts";

/** What an argument must be. Sizes refer to other arguments by name. */
export type HelperArg =
  | { readonly name: string; readonly is: "context" }
  | { readonly name: string; readonly is: "map" }
  | { readonly name: string; readonly is: "mapKey" }
  /** A value of the map, which the helper reads; with `nullable` it may be null. */
  | { readonly name: string; readonly is: "mapValue"; readonly nullable?: true }
  /** Memory of the size of the map's value, which the helper fills. */
  | { readonly name: string; readonly is: "mapValueOut" }
  | {
      readonly name: string;
      readonly is: "integer";
      readonly width: 32 | 64;
      readonly signed: boolean;
      /** Flags: a plain number in the DSL, 0 where it is left out. Such arguments come last. */
      readonly optional?: true;
      /** What an optional argument is where it is left out; 0 where not given. */
      readonly default?: number;
      /** A plain number in the DSL, however wide it is. */
      readonly plain?: true;
      /** In network order: 16 bits, or as many bytes as the low four bits of `flags` say. The DSL takes host order. */
      readonly bigEndian?: 16 | "bySize";
    }
  /**
   * Memory that the helper reads; `size` names the argument with its length. With `nullable` it may be null, of length 0;
   * with `packet` it may lie in the packet. With `number` the DSL takes a number too, as a native 32-bit integer.
   */
  | {
      readonly name: string;
      readonly is: "memoryRead";
      readonly size: string;
      readonly nullable?: true;
      readonly packet?: true;
      readonly number?: true;
    }
  /**
   * Memory that the helper fills; need not be initialised, but for `cleared`: then the kernel demands that it is, and
   * zeros come first.
   */
  | { readonly name: string; readonly is: "memoryWrite"; readonly size: string; readonly cleared?: true }
  /** Memory that the helper reads and writes: a ref in the DSL. */
  | { readonly name: string; readonly is: "memoryUpdate"; readonly size: string }
  /** Memory of so many bytes that the helper reads, writes as a native integer, or both, without an argument for the size. */
  | { readonly name: string; readonly is: "fixedRead" | "fixedUpdate"; readonly bytes: number }
  | { readonly name: string; readonly is: "fixedWrite"; readonly bytes: 4 | 8; readonly signed?: true }
  /** A field of a struct on the stack, which several arguments fill together, the first field first. */
  | { readonly name: string; readonly is: "fieldWrite"; readonly layout: StructLayout; readonly field: string }
  | { readonly name: string; readonly is: "size"; readonly zero: boolean }
  /** A function of the program, and what it is given beside its own arguments: memory on the stack. */
  | { readonly name: string; readonly is: "callback" | "callbackContext" }
  /** The size of the map's record: a constant. */
  | { readonly name: string; readonly is: "recordSize" }
  /** The lock in a map's value. */
  | { readonly name: string; readonly is: "spinLock" }
  /** The start of a reserved record, which the helper takes back. */
  | { readonly name: string; readonly is: "record" }
  /** A constant text that ends with NUL, in read-only data. */
  | { readonly name: string; readonly is: "constantString" }
  /** The text that the running iterator writes to, found through its context. */
  | { readonly name: string; readonly is: "sequence" }
  /** A constant format of printf; `size` names the argument with its length. */
  | { readonly name: string; readonly is: "format"; readonly size: string }
  /** Any number of 64-bit values, one after another in memory. */
  | { readonly name: string; readonly is: "values"; readonly size: string }
  /** A constant number of bytes. */
  | { readonly name: string; readonly is: "constantSize" }
  /** A socket, by what the kernel must know of it; with `releases` its reference is given back. */
  | { readonly name: string; readonly is: "socket"; readonly releases?: true; readonly nullable?: true }
  /** A pointer to one of the kernel's own structs, by BTF. */
  | { readonly name: string; readonly is: "kernelPointer"; readonly of: readonly string[]; readonly nullable?: true }
  /** The address of one of the kernel's per-CPU variables. */
  | { readonly name: string; readonly is: "perCpuPointer" }
  /** The place of a pointer in a map's value, and what is put there. */
  | { readonly name: string; readonly is: "kernelPointerPlace" }
  /** The timer in a map's value. */
  | { readonly name: string; readonly is: "timer" }
  /** A dynptr on the stack: one that is made, one that is used, one that is given back. */
  | { readonly name: string; readonly is: "dynptr"; readonly use: "make" | "use" | "release" };

export type HelperReturn =
  /** 0 or a negative errno, sign-extended. */
  | { readonly is: "status" }
  /** `action`: the value is a verdict of the program's type, to be returned as it is. */
  | { readonly is: "integer"; readonly width: 32 | 64; readonly signed: boolean; readonly action?: true }
  /** The number of bytes that were written, or a negative errno. */
  | { readonly is: "length" }
  /** Pointer to the map's value, or null. */
  | { readonly is: "mapValue"; readonly nullable: boolean }
  /** Pointer to a new record, not cleared, or null. It must be given to a helper that releases it, on every path. */
  | { readonly is: "record"; readonly nullable: true }
  /** A socket to be read only, or null. With `acquired` it must be given back on every path. */
  | {
      readonly is: "socket";
      readonly of: "sock" | "sock_common" | "tcp_sock";
      readonly nullable: true;
      readonly acquired?: true;
    }
  /** A pointer to one of the kernel's own structs; "any" follows from the argument. */
  | { readonly is: "kernelPointer"; readonly of: string; readonly nullable: boolean }
  /** Pointer to the memory of a dynptr, or null. */
  | { readonly is: "dynptrMemory"; readonly nullable: true }
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
  /** Changes something outside of the program's memory (an option of a socket, a signal): never left out. */
  | "acts"
  /** Gives a reference that must be given back; takes one back: pointers from it are dead after the call. */
  | "acquiresSocket"
  | "releasesSocket"
  /** Does not come back where it succeeds. */
  | "leaves"
  /** Changes fields of the context. */
  | "writesContext"
  | "writesPacket";

/** What programs may call in the kernel: a helper or a kernel function. */
export interface CalleeRow {
  /** Name in the kernel: "bpf_map_lookup_elem". */
  readonly symbol: string;
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
  /** Of program types where not all attach types allow it: those that do, by name in `uapi.attachType`. */
  readonly attachTypes?: Readonly<Record<string, readonly string[]>>;
  /** Program types that call it with other arguments than these, which the DSL does not offer. */
  readonly otherArguments?: readonly string[];
  /** Only programs that may sleep can call it. */
  readonly sleeps?: true;
  /**
   * How the DSL exposes it: a method of `ctx` (with its arguments in the order of these names), an operation of a map
   * (`maps`: of which types, by row name) or of a reserved record, or not at all. A method takes the integers; for memory that the helper reads a value in memory,
   * for memory that it fills a schema or the memory itself, and for sizes nothing. One that fills memory of a schema gives
   * a ref to it on the stack, or undefined where the helper fails; one that is given the memory gives what the helper gives.
   */
  readonly surface:
    | { readonly on: "context"; readonly as: string; readonly order?: readonly string[] }
    | { readonly on: "map"; readonly as: string; readonly maps?: readonly string[] }
    | { readonly on: "record"; readonly as: string }
    | { readonly on: "none" };
  readonly doc: string;
}

/** One helper. */
export interface HelperRow extends CalleeRow {
  /** Helper number; from the snapshot. */
  readonly number: number;
}

/** A function of the kernel that is called by its id in the kernel's BTF, found by name when a program is loaded. */
export interface KernelFunctionRow extends CalleeRow {
  readonly kernelFunction: true;
  /** The program must be loaded for one network device (BPF_F_XDP_DEV_BOUND_ONLY). */
  readonly deviceBound?: true;
}

/** True for an argument that points to memory which the helper writes. */
export function isFilled({ is }: HelperArg): boolean {
  switch (is) {
    case "memoryWrite":
    case "memoryUpdate":
    case "fixedWrite":
    case "fieldWrite":
    case "fixedUpdate":
    case "mapValueOut":
    case "dynptr":
      return true;
    default:
      return false;
  }
}
