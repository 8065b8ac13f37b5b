// The whole standard library of a filter: what means the same in the kernel as in a JavaScript engine, and what the
// checker itself demands. What is not declared here does not exist in the kernel, and using it is a type error.
// biome-ignore-all lint: the names and any are those of the standard library.

type Object = {};
type Function = {};
interface CallableFunction extends Function {}
interface NewableFunction extends Function {}
type IArguments = {};
type RegExp = {};
type Boolean = {};
/** On constants, when compiling. */
interface Number {
  toString(radix?: number): string;
}
/** On constants, when compiling. */
interface BigInt {
  toString(radix?: number): string;
}
type Symbol = {};
/** Methods are for constants, when compiling: there is no text in a program. */
interface String {
  readonly length: number;
  readonly [index: number]: string;
  [Symbol.iterator](): ArrayIterator<string>;
  at(index: number): string | undefined;
  charAt(index: number): string;
  charCodeAt(index: number): number;
  codePointAt(index: number): number | undefined;
  concat(...texts: string[]): string;
  endsWith(text: string, end?: number): boolean;
  includes(text: string, from?: number): boolean;
  indexOf(text: string, from?: number): number;
  lastIndexOf(text: string, from?: number): number;
  padEnd(length: number, fill?: string): string;
  padStart(length: number, fill?: string): string;
  repeat(count: number): string;
  replace(text: string, by: string): string;
  replaceAll(text: string, by: string): string;
  slice(start?: number, end?: number): string;
  split(separator: string, limit?: number): string[];
  startsWith(text: string, from?: number): boolean;
  substring(start: number, end?: number): string;
  toLowerCase(): string;
  toUpperCase(): string;
  trim(): string;
  trimEnd(): string;
  trimStart(): string;
  toString(): string;
}

interface SymbolConstructor {
  readonly iterator: unique symbol;
  readonly dispose: unique symbol;
}
declare const Symbol: SymbolConstructor;

interface Disposable {
  [Symbol.dispose](): void;
}

interface IteratorYieldResult<T> {
  done?: false;
  value: T;
}
interface IteratorReturnResult<T> {
  done: true;
  value: T;
}
type IteratorResult<T, R = any> = IteratorYieldResult<T> | IteratorReturnResult<R>;
interface Iterator<T, R = any, N = any> {
  next(...[value]: [] | [N]): IteratorResult<T, R>;
}
interface Iterable<T, R = any, N = any> {
  [Symbol.iterator](): Iterator<T, R, N>;
}
interface IteratorObject<T, R = unknown, N = unknown> extends Iterator<T, R, N> {
  [Symbol.iterator](): IteratorObject<T, R, N>;
}
type BuiltinIteratorReturn = undefined;
interface ArrayIterator<T> extends IteratorObject<T, BuiltinIteratorReturn, unknown> {
  [Symbol.iterator](): ArrayIterator<T>;
}

interface TemplateStringsArray extends ReadonlyArray<string> {
  readonly raw: readonly string[];
}

interface IterableIterator<T, R = any, N = any> extends Iterator<T, R, N> {
  [Symbol.iterator](): IterableIterator<T, R, N>;
}

/** Methods are for constants, when compiling. */
interface ReadonlyArray<T> {
  readonly length: number;
  readonly [index: number]: T;
  [Symbol.iterator](): ArrayIterator<T>;
  map<U>(each: (item: T, index: number) => U): U[];
  filter<S extends T>(keep: (item: T, index: number) => item is S): S[];
  filter(keep: (item: T, index: number) => boolean): T[];
  flatMap<U>(each: (item: T, index: number) => U | readonly U[]): U[];
  reduce(join: (before: T, item: T, index: number) => T): T;
  reduce<U>(join: (before: U, item: T, index: number) => U, first: U): U;
  find(wanted: (item: T, index: number) => boolean): T | undefined;
  findIndex(wanted: (item: T, index: number) => boolean): number;
  some(test: (item: T, index: number) => boolean): boolean;
  every(test: (item: T, index: number) => boolean): boolean;
  slice(start?: number, end?: number): T[];
  concat(...more: (T | readonly T[])[]): T[];
  includes(item: T): boolean;
  indexOf(item: T): number;
  at(index: number): T | undefined;
  join(separator?: string): string;
  toReversed(): T[];
  toSorted(compare?: (a: T, b: T) => number): T[];
  keys(): ArrayIterator<number>;
  values(): ArrayIterator<T>;
  entries(): ArrayIterator<[number, T]>;
}
/** Methods are for constants, when compiling. */
interface Array<T> {
  readonly length: number;
  [index: number]: T;
  [Symbol.iterator](): ArrayIterator<T>;
  map<U>(each: (item: T, index: number) => U): U[];
  filter<S extends T>(keep: (item: T, index: number) => item is S): S[];
  filter(keep: (item: T, index: number) => boolean): T[];
  flatMap<U>(each: (item: T, index: number) => U | readonly U[]): U[];
  reduce(join: (before: T, item: T, index: number) => T): T;
  reduce<U>(join: (before: U, item: T, index: number) => U, first: U): U;
  find(wanted: (item: T, index: number) => boolean): T | undefined;
  findIndex(wanted: (item: T, index: number) => boolean): number;
  some(test: (item: T, index: number) => boolean): boolean;
  every(test: (item: T, index: number) => boolean): boolean;
  slice(start?: number, end?: number): T[];
  concat(...more: (T | readonly T[])[]): T[];
  includes(item: T): boolean;
  indexOf(item: T): number;
  at(index: number): T | undefined;
  join(separator?: string): string;
  toReversed(): T[];
  toSorted(compare?: (a: T, b: T) => number): T[];
  keys(): ArrayIterator<number>;
  values(): ArrayIterator<T>;
  entries(): ArrayIterator<[number, T]>;
  push(...items: T[]): number;
  pop(): T | undefined;
  reverse(): T[];
  sort(compare?: (a: T, b: T) => number): T[];
}

type PropertyKey = string | number | symbol;
type Partial<T> = { [K in keyof T]?: T[K] };
type Required<T> = { [K in keyof T]-?: T[K] };
type Readonly<T> = { readonly [K in keyof T]: T[K] };
type Record<K extends keyof any, T> = { [P in K]: T };
type Exclude<T, U> = T extends U ? never : T;
type Extract<T, U> = T extends U ? T : never;
type Pick<T, K extends keyof T> = { [P in K]: T[P] };
type Omit<T, K extends keyof any> = Pick<T, Exclude<keyof T, K>>;
type NonNullable<T> = T & {};
type Parameters<T extends (...args: any) => any> = T extends (...args: infer P) => any ? P : never;
type ReturnType<T extends (...args: any) => any> = T extends (...args: any) => infer R ? R : any;

declare const undefined: undefined;
declare const NaN: number;
declare const Infinity: number;

/** Integer arithmetic. */
declare const Math: {
  /** The integer part. Around a division it makes it an integer division. */
  trunc(x: number): number;
  /** The greatest integer that is not above x. Around a division it makes it an integer division. */
  floor(x: number): number;
  /** The least integer that is not below x. */
  ceil(x: number): number;
  /** The nearest integer. */
  round(x: number): number;
  /** The absolute value. */
  abs(x: number): number;
  /** -1, 0 or 1. */
  sign(x: number): number;
  /** The smallest argument. */
  min(...values: number[]): number;
  /** The largest argument. */
  max(...values: number[]): number;
  /** The product of two 32-bit integers, as a 32-bit integer. */
  imul(x: number, y: number): number;
  /** The number of leading zero bits of a 32-bit integer. */
  clz32(x: number): number;
};

declare const BigInt: {
  /** The same integer as a 64-bit one. */
  (value: number | bigint | boolean): bigint;
  /** The low bits, as an unsigned integer. */
  asUintN(bits: number, value: bigint): bigint;
  /** The low bits, as a signed integer. */
  asIntN(bits: number, value: bigint): bigint;
};

declare const Boolean: (value?: unknown) => boolean;

declare const String: {
  (value: string | number | bigint | boolean): string;
  fromCharCode(...codes: number[]): string;
};

/** For constants, when compiling. */
declare const Array: {
  from<T>(items: Iterable<T> | { readonly length: number; readonly [index: number]: T }): T[];
  from<T, U>(
    items: Iterable<T> | { readonly length: number; readonly [index: number]: T },
    each: (item: T, index: number) => U,
  ): U[];
  from<U>(items: { readonly length: number }, each: (item: undefined, index: number) => U): U[];
  of<T>(...items: T[]): T[];
  isArray(value: unknown): boolean;
};

declare const Number: {
  /** The same integer as a number, which must hold it exactly; 1 and 0 for booleans; constant text as it reads. */
  (value: string | number | bigint | boolean): number;
  /** True: numbers are integers. */
  isInteger(value: unknown): boolean;
  /** True: numbers are exact integers. */
  isSafeInteger(value: unknown): boolean;
  /** True: numbers are integers. */
  isFinite(value: unknown): boolean;
  /** False: numbers are integers. */
  isNaN(value: unknown): boolean;
  parseInt(text: string, radix?: number): number;
  readonly MAX_SAFE_INTEGER: number;
  readonly MIN_SAFE_INTEGER: number;
};

declare const Object: {
  /** Copies the members of the sources over the target, bytes deeply for schema types. */
  assign<T extends object, U>(target: T, source: U): T & U;
  assign<T extends object, U, V>(target: T, first: U, second: V): T & U & V;
  /** For constants, when compiling, as the three below. */
  keys(object: object): string[];
  values<T>(object: { readonly [name: string]: T } | readonly T[]): T[];
  entries<T>(object: { readonly [name: string]: T } | readonly T[]): [string, T][];
  fromEntries<T>(entries: readonly (readonly [string | number, T])[]): { [name: string]: T };
  /** In a filter: the object itself, which is constant. */
  freeze<T>(object: T): Readonly<T>;
};

interface ArrayBuffer {
  readonly byteLength: number;
}

/** Items in memory of the stack. */
interface TypedArray<T> {
  readonly length: number;
  readonly byteLength: number;
  readonly byteOffset: number;
  /** The bytes, for a DataView: of an array that `new` made, whole. */
  readonly buffer: ArrayBuffer;
  [index: number]: T;
  /** Sets the items from start up to end. */
  fill(value: T, start?: number, end?: number): this;
  /** Copies all items of the source to those from `offset` on. */
  set(source: { readonly length: number; readonly [index: number]: T }, offset?: number): void;
  /** The same memory, from begin up to end, both constants. */
  subarray(begin?: number, end?: number): this;
  [Symbol.iterator](): ArrayIterator<T>;
}
interface TypedArrayConstructor<A, T> {
  /** Zeroed memory on the stack, of constant length. */
  new (length: number): A;
  /** A copy of the items. */
  new (items: { readonly length: number; readonly [index: number]: T }): A;
}
interface Uint8Array extends TypedArray<number> {}
declare const Uint8Array: TypedArrayConstructor<Uint8Array, number>;
interface Int8Array extends TypedArray<number> {}
declare const Int8Array: TypedArrayConstructor<Int8Array, number>;
interface Uint16Array extends TypedArray<number> {}
declare const Uint16Array: TypedArrayConstructor<Uint16Array, number>;
interface Int16Array extends TypedArray<number> {}
declare const Int16Array: TypedArrayConstructor<Int16Array, number>;
interface Uint32Array extends TypedArray<number> {}
declare const Uint32Array: TypedArrayConstructor<Uint32Array, number>;
interface Int32Array extends TypedArray<number> {}
declare const Int32Array: TypedArrayConstructor<Int32Array, number>;
interface BigUint64Array extends TypedArray<bigint> {}
declare const BigUint64Array: TypedArrayConstructor<BigUint64Array, bigint>;
interface BigInt64Array extends TypedArray<bigint> {}
declare const BigInt64Array: TypedArrayConstructor<BigInt64Array, bigint>;

/** Integers at any offset, big-endian unless `littleEndian` is true. */
interface DataView {
  readonly byteLength: number;
  getUint8(byteOffset: number): number;
  setUint8(byteOffset: number, value: number): void;
  getInt8(byteOffset: number): number;
  setInt8(byteOffset: number, value: number): void;
  getUint16(byteOffset: number, littleEndian?: boolean): number;
  setUint16(byteOffset: number, value: number, littleEndian?: boolean): void;
  getInt16(byteOffset: number, littleEndian?: boolean): number;
  setInt16(byteOffset: number, value: number, littleEndian?: boolean): void;
  getUint32(byteOffset: number, littleEndian?: boolean): number;
  setUint32(byteOffset: number, value: number, littleEndian?: boolean): void;
  getInt32(byteOffset: number, littleEndian?: boolean): number;
  setInt32(byteOffset: number, value: number, littleEndian?: boolean): void;
  getBigUint64(byteOffset: number, littleEndian?: boolean): bigint;
  setBigUint64(byteOffset: number, value: bigint, littleEndian?: boolean): void;
  getBigInt64(byteOffset: number, littleEndian?: boolean): bigint;
  setBigInt64(byteOffset: number, value: bigint, littleEndian?: boolean): void;
}
declare const DataView: { new (buffer: ArrayBuffer, byteOffset?: number, byteLength?: number): DataView };
