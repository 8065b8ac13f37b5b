// The IR: SSA with block parameters, plain readonly data. One function per BPF program, and one per function of the author's
// that lowering did not inline, and per callback. Every instruction and terminator carries its source span.
//
//   block 0's parameters are what the function is called with: a program gets the context (ptr.context). Every value is
//   defined once and dominates its uses.
import type { CalleeName, ProgramTypeName, Span } from "@typebpf/abi";
import type { Interval } from "./interval.ts";
import type { BinaryOp, CompareOp, UnaryOp } from "./ops.ts";
import type { IrType } from "./types.ts";

/** Names a value; unique in the function. */
export type ValueId = number;
/** Names a block; unique in the function. */
export type BlockId = number;
/** Names a stack slot; unique in the function. */
export type SlotId = number;

interface Base {
  readonly at: Span;
}

interface Defines extends Base {
  readonly result: ValueId;
  readonly type: IrType;
}

export interface ConstInst extends Defines {
  readonly op: "const";
  /** Unsigned, 0…2^64-1. With a pointer type it is null (0). */
  readonly value: bigint;
}

export interface BinaryInst extends Defines {
  readonly op: BinaryOp;
  readonly args: readonly [ValueId, ValueId];
}

export interface UnaryInst extends Defines {
  readonly op: UnaryOp;
  readonly args: readonly [ValueId];
}

/** Pointer plus bytes (an integer, signed); the result points into the same space. */
export interface PointerAddInst extends Defines {
  readonly op: "ptradd";
  readonly args: readonly [pointer: ValueId, bytes: ValueId];
}

/** Bytes from the second pointer to the first: packet end minus packet start. */
export interface PointerDifferenceInst extends Defines {
  readonly op: "ptrdiff";
  readonly args: readonly [ValueId, ValueId];
}

/** Zero- or sign-extends to 64 bits. Of a context it may give a pointer (packet, packetEnd). */
export interface LoadInst extends Defines {
  readonly op: "load";
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  readonly offset: number;
  readonly args: readonly [pointer: ValueId];
  /** What analysis found of a value that was stored whole. */
  readonly known?: Known;
}

export interface StoreInst extends Base {
  readonly op: "store";
  readonly size: 1 | 2 | 4 | 8;
  readonly offset: number;
  readonly args: readonly [pointer: ValueId, value: ValueId];
}

/** Atomic read-modify-write; with `fetch` it gives the old value (zero-extended for 4 bytes), else nothing. */
export interface AtomicInst extends Base {
  readonly op: "atomic";
  readonly operation: "add" | "or" | "and" | "xor" | "xchg" | "cmpxchg";
  readonly size: 4 | 8;
  readonly offset: number;
  /** "cmpxchg" alone has an `expected` value: it stores only where that is the old one, by the low `size` bytes. */
  readonly args:
    | readonly [pointer: ValueId, value: ValueId]
    | readonly [pointer: ValueId, value: ValueId, expected: ValueId];
  /** Present with fetch. */
  readonly result?: ValueId;
  readonly type?: IrType;
}

/** Copies `size` bytes; the places do not overlap or are the same. */
export interface CopyInst extends Base {
  readonly op: "copy";
  readonly size: number;
  readonly offset: number;
  readonly sourceOffset: number;
  readonly args: readonly [target: ValueId, source: ValueId];
}

/** Fills `size` bytes with zero. */
export interface ZeroInst extends Base {
  readonly op: "zero";
  readonly size: number;
  readonly offset: number;
  readonly args: readonly [target: ValueId];
}

/** Address of a stack slot. */
export interface SlotInst extends Defines {
  readonly op: "slot";
  readonly slot: SlotId;
}

/** The map itself, as an argument of helpers. */
export interface MapInst extends Defines {
  readonly op: "map";
  readonly map: string;
}

/**
 * The address of a byte of global data, or of the value of an array map's only entry; never null. Refers to the data
 * itself, so that it needs no helper call.
 */
export interface AddressInst extends Defines {
  readonly op: "address";
  readonly of: "section" | "map";
  /** Name of the section or map. */
  readonly name: string;
  /** Bytes from its start. */
  readonly offset: number;
}

/** A kernel helper; `args` are all of the row's arguments, in order. */
export interface CallInst extends Defines {
  readonly op: "call";
  readonly helper: CalleeName;
  readonly args: readonly ValueId[];
}

/** A call of another function of the module; `args` are all of its parameters, in order. */
export interface InvokeInst extends Defines {
  readonly op: "invoke";
  readonly function: string;
  readonly args: readonly ValueId[];
  /** It may move packet data: earlier packet pointers are dead. */
  readonly movesPackets: boolean;
  /** What analysis found of the result. */
  readonly known?: Known;
}

/** The address of a function of the module, a helper's callback. */
export interface FunctionInst extends Defines {
  readonly op: "function";
  readonly function: string;
}

/**
 * Of a loop over the elements of a map, until its body is a callback: key and value of this turn, or its record, and how many
 * turns there will have been.
 */
export interface ElementInst extends Defines {
  readonly op: "element";
  readonly of: "key" | "value" | "record" | "count";
  /** The most turns. */
  readonly most: number;
  /** Of a count: it may be a negative errno instead. */
  readonly fails?: true;
  /** Names the loop, as its test does. */
  readonly visit: number;
}

/** What `analyze` must prove of a value; removed after it. Says nothing at run time. */
export type Check =
  /** A number stays within ±(2^53-1). */
  | { readonly kind: "safe" }
  /** 0 ≤ value < length. */
  | {
      readonly kind: "index";
      readonly length: number;
      /** Where the index is an offset: what must fit there, "4 bytes". */
      readonly part?: string;
    }
  /** Not zero: the divisor of `what`. */
  | { readonly kind: "nonzero"; readonly what: string }
  /** By the rule of widths the value may be stored in an integer of `bits` bits. */
  | { readonly kind: "fits"; readonly bits: number; readonly signed: boolean; readonly field: string }
  /** min ≤ value ≤ max, signed; `what` names the value. */
  | { readonly kind: "within"; readonly min: bigint; readonly max: bigint; readonly what: string };

export interface AssertInst extends Base {
  readonly op: "assert";
  readonly check: Check;
  readonly args: readonly [ValueId];
}

export type Inst =
  | ConstInst
  | BinaryInst
  | UnaryInst
  | PointerAddInst
  | PointerDifferenceInst
  | LoadInst
  | StoreInst
  | AtomicInst
  | CopyInst
  | ZeroInst
  | SlotInst
  | MapInst
  | AddressInst
  | CallInst
  | InvokeInst
  | FunctionInst
  | ElementInst
  | AssertInst;

/** A jump with the values of the target's parameters. */
export interface Edge {
  readonly block: BlockId;
  readonly args: readonly ValueId[];
}

/**
 * The test of a loop whose body may become a callback of a helper: `index < count`, the index in steps of one from 0. That of
 * a loop over a map must; its index is for the test alone.
 */
export type CallbackLoop =
  | { readonly helper: "loop" }
  | { readonly helper: "forEachMapElem" | "userRingbufDrain"; readonly map: string; readonly visit: number };

export type Terminator =
  | (Base & { readonly op: "jump"; readonly to: Edge })
  | (Base & {
      readonly op: "branch";
      readonly compare: CompareOp;
      readonly args: readonly [ValueId, ValueId];
      readonly then: Edge;
      readonly else: Edge;
      /** Until analysis has decided. */
      readonly callback?: CallbackLoop;
    })
  | (Base & { readonly op: "return"; readonly args: readonly [ValueId] });

/** What analysis found of a value that comes from another function, over all calls. */
export interface Known {
  readonly range: Interval;
  /** By the rule of widths. */
  readonly width: number;
}

export interface Param {
  readonly value: ValueId;
  readonly type: IrType;
  /** Of a parameter of the function: its name in the source. */
  readonly name?: string;
  /** Of a parameter of the function. */
  readonly known?: Known;
  /** Of a parameter of the function that points to the stack: at a multiple of 8 bytes. */
  readonly aligned?: true;
}

export interface Block {
  readonly id: BlockId;
  readonly params: readonly Param[];
  readonly insts: readonly Inst[];
  readonly end: Terminator;
}

/** Memory on the stack; `name` is the variable it holds, for the ledger. */
export interface Slot {
  readonly id: SlotId;
  readonly size: number;
  readonly align: number;
  readonly name: string;
  readonly at: Span;
}

/** What a function is to the kernel; a callback is called by a helper. */
export type Role = "program" | "subprogram" | "callback";

export interface IrFunction {
  readonly name: string;
  /** Absent: a program. */
  readonly role?: Role;
  /** Of a function that is no program: the type of the programs that call it. */
  readonly program?: ProgramTypeName;
  /** Returned by code that can never run. */
  readonly failure: number;
  /** Of a program: what the kernel lets it return; absent: anything. */
  readonly returns?: { readonly min: number; readonly max: number };
  readonly slots: readonly Slot[];
  /** The entry is the first. */
  readonly blocks: readonly Block[];
}

export interface IrModule {
  readonly functions: readonly IrFunction[];
}
