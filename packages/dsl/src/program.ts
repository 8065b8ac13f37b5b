// What every constructor of programs does: takes what the kind's row says (a target, a schema, the function, options) and
// gives a description, which the compiler and the loader read. The constructors themselves are generated from the rows.
import { type ProgramKindName, type ProgramKindRow, programKinds, type StructLayout } from "@typebpf/abi";
import { describe } from "./define.ts";
import type { Schema } from "./schema.ts";

/** A program. In JavaScript, `filter` runs it. */
export interface Program<Kind extends string, Context, Verdict> {
  /** The path of its constructor: "xdp", "cgroupSkb.ingress". */
  readonly kind: Kind;
  readonly filter: (ctx: Context) => Verdict;
  /** What it names as its place: a function, an event. */
  readonly target?: string;
  /** What its context holds. */
  readonly schema?: Schema<unknown>;
  readonly sleepable?: boolean;
  readonly frags?: boolean;
}

/** Options of programs that may sleep. */
export interface SleepableOptions {
  /** The program may sleep: it can read memory that is not there yet. */
  readonly sleepable?: boolean;
}

/** Options of programs on packets that may lie in fragments. */
export interface FragsOptions {
  /** The program takes packets in fragments: `packet` is then their linear part (Linux 5.18). */
  readonly frags?: boolean;
}

/** A place is a word of printable characters; spaces and control characters would not come through a section's name. */
const PLACE = /^[\x21-\x7e]{1,255}$/;

type Given = readonly unknown[];

class Arguments {
  readonly #name: string;
  readonly #left: unknown[];

  constructor(name: string, given: Given) {
    this.#name = name;
    this.#left = [...given];
  }

  refuse(what: string): never {
    throw new TypeError(`${this.#name}() takes ${what}, not ${describe(this.#left[0])}`);
  }

  /** The next argument, where it is such a one. */
  next<T>(is: (value: unknown) => value is T): T | undefined {
    return is(this.#left[0]) ? (this.#left.shift() as T) : undefined;
  }

  get rest(): Given {
    return this.#left;
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isFunction(value: unknown): value is (ctx: never) => unknown {
  return typeof value === "function" && !("layout" in value);
}

function isStruct(value: unknown): value is Schema<unknown> & { readonly layout: StructLayout } {
  if ((typeof value !== "function" && typeof value !== "object") || value === null || !("layout" in value))
    return false;
  return (value as { readonly layout: { readonly kind?: unknown } }).layout.kind === "struct";
}

function targetOf(row: ProgramKindRow, given: Arguments, name: string): string | undefined {
  if (!row.target) return undefined;
  const target = given.next(isText);
  if (target === undefined)
    return row.target === "required" ? given.refuse("a text first, which says where") : undefined;
  if (!PLACE.test(target)) throw new TypeError(`${name}() at ${describe(target)}: a place is one word`);
  return target;
}

function optionsOf(row: ProgramKindRow, given: Given, name: string): { sleepable?: boolean; frags?: boolean } {
  const [options = {}, ...more] = given;
  if (more.length > 0) throw new TypeError(`${name}() takes no more than its options behind the function`);
  if (typeof options !== "object" || options === null) throw new TypeError(`The options of ${name}() are an object`);
  const known = (["sleepable", "frags"] as const).filter((option) => row[option] !== undefined);
  for (const [option, value] of Object.entries(options)) {
    if (!known.some((one) => one === option)) throw new TypeError(`${name}() has no option ${option}`);
    if (typeof value !== "boolean") throw new TypeError(`The option ${option} of ${name}() is true or false`);
  }
  return options;
}

/** Makes the description of a program. @throws TypeError for arguments that the kind does not take */
export function defineProgram(kind: ProgramKindName, args: Given): Program<string, never, unknown> {
  const row: ProgramKindRow = programKinds[kind];
  const given = new Arguments(kind, args);
  const target = targetOf(row, given, kind);
  const schema = row.schema && given.next(isStruct);
  if (row.schema === "required" && !schema) given.refuse("a struct before the function");
  const filter = given.next(isFunction) ?? given.refuse("a function");
  const options = optionsOf(row, given.rest, kind);
  return Object.freeze({
    kind,
    filter,
    ...(target !== undefined && { target }),
    ...(schema && { schema }),
    ...options,
  });
}

/** A constructor with those of its variants as members; generated declarations give it its type. */
export function programConstructor<T>(
  root: ProgramKindName | undefined,
  members: Readonly<Record<string, ProgramKindName>>,
): T {
  const construct =
    (kind: ProgramKindName) =>
    (...args: Given): unknown =>
      defineProgram(kind, args);
  const variants = Object.fromEntries(Object.entries(members).map(([name, kind]) => [name, construct(kind)]));
  return Object.freeze(root ? Object.assign(construct(root), variants) : variants) as T;
}
