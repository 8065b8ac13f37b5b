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
type Number = {};
type BigInt = {};
type Symbol = {};
interface String {
  readonly length: number;
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

interface ReadonlyArray<T> {
  readonly length: number;
  readonly [index: number]: T;
  [Symbol.iterator](): ArrayIterator<T>;
}
interface Array<T> {
  readonly length: number;
  [index: number]: T;
  [Symbol.iterator](): ArrayIterator<T>;
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
  min(first: number, ...more: number[]): number;
  /** The largest argument. */
  max(first: number, ...more: number[]): number;
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

declare const Number: {
  readonly MAX_SAFE_INTEGER: number;
  readonly MIN_SAFE_INTEGER: number;
};

declare const Object: {
  /** Copies the members of the sources over the target, bytes deeply for schema types. */
  assign<T extends object, U>(target: T, source: U): T & U;
  assign<T extends object, U, V>(target: T, first: U, second: V): T & U & V;
  /** In a filter: the object itself, which is constant. */
  freeze<T>(object: T): Readonly<T>;
};
