// Methods of constant arrays, texts and numbers, and the functions of Object, Array, String and Number, as JavaScript has
// them. What cannot be computed, or would be too large, is `undefined`: known at run time only.
import type { Constant } from "../values.ts";
import { equalConstants, order } from "./operators.ts";
import {
  array,
  boolean,
  type Call,
  integerOr,
  MAX_LENGTH,
  nothing,
  number,
  string,
  textOf,
  truth,
  type Values,
} from "./plain.ts";

type ArrayConstant = Extract<Constant, { readonly kind: "array" }>;
type Method<T> = (self: T, args: Values, call: Call) => Constant | undefined;

/** The results of a callback for each item; undefined where one is not known. */
function each(items: Values, callback: Constant | undefined, call: Call): Values | undefined {
  if (!callback) return undefined;
  const results: Constant[] = [];
  for (const [index, item] of items.entries()) {
    const result = call(callback, [item, number(index)]);
    if (!result) return undefined;
    results.push(result);
  }
  return results;
}

/** For each item in turn until `decide` says what comes of it. */
function search(
  items: Values,
  callback: Constant | undefined,
  call: Call,
  wanted: boolean,
): { readonly index: number } | undefined {
  if (!callback) return undefined;
  for (const [index, item] of items.entries()) {
    const found = truth(call(callback, [item, number(index)]));
    if (found === undefined) return undefined;
    if (found === wanted) return { index };
  }
  return { index: -1 };
}

function sorted(items: Values, compare: Constant | undefined, call: Call): Constant | undefined {
  let known = true;
  const result = [...items].sort((a, b) => {
    if (!compare || compare.kind === "nothing") {
      const [left, right] = [textOf(a), textOf(b)];
      if (left === undefined || right === undefined) known = false;
      return order(left ?? "", right ?? "");
    }
    const value = known ? call(compare, [a, b]) : undefined;
    if (value?.kind === "number") return value.value;
    known = false;
    return 0;
  });
  return known ? array(result) : undefined;
}

function reduced(items: Values, [callback, first]: Values, call: Call): Constant | undefined {
  let value = first ?? items[0];
  if (!callback || !value) return undefined;
  for (const [index, item] of items.entries()) {
    if (!first && index === 0) continue;
    value = call(callback, [value, item, number(index)]);
    if (!value) return undefined;
  }
  return value;
}

function flattened(items: Values, depth: number): Values {
  return items.flatMap((item) => (item.kind === "array" && depth >= 1 ? flattened(item.items, depth - 1) : [item]));
}

const arrayMethods: Readonly<Record<string, Method<Values>>> = {
  map: (items, [callback], call) => {
    const results = each(items, callback, call);
    return results && array(results);
  },
  filter: (items, [callback], call) => {
    const kept = each(items, callback, call)?.map(truth);
    return kept?.every((one) => one !== undefined) ? array(items.filter((_, index) => kept[index])) : undefined;
  },
  flatMap: (items, [callback], call) => {
    const results = each(items, callback, call);
    return results && array(flattened(results, 1));
  },
  flat: (items, [depth]) => {
    const levels = integerOr(depth, 1);
    return levels === undefined ? undefined : array(flattened(items, levels));
  },
  reduce: reduced,
  find: (items, [callback], call) => {
    const found = search(items, callback, call, true);
    return found && (items[found.index] ?? nothing);
  },
  findIndex: (items, [callback], call) => {
    const found = search(items, callback, call, true);
    return found && number(found.index);
  },
  some: (items, [callback], call) => {
    const found = search(items, callback, call, true);
    return found && boolean(found.index >= 0);
  },
  every: (items, [callback], call) => {
    const found = search(items, callback, call, false);
    return found && boolean(found.index < 0);
  },
  slice: (items, [from, to]) => {
    const [start, end] = [integerOr(from, 0), integerOr(to, items.length)];
    return start === undefined || end === undefined ? undefined : array(items.slice(start, end));
  },
  concat: (items, args) => array([...items, ...flattened(args, 1)]),
  includes: (items, [wanted]) => wanted && boolean(items.some((item) => equalConstants(item, wanted) === true)),
  indexOf: (items, [wanted]) => wanted && number(items.findIndex((item) => equalConstants(item, wanted) === true)),
  at: (items, [index]) => {
    const place = integerOr(index, 0);
    return place === undefined ? undefined : (items.at(place) ?? nothing);
  },
  join: (items, [separator]) => {
    const between = separator ? textOf(separator) : ",";
    const texts = items.map((item) => (item.kind === "nothing" ? "" : textOf(item)));
    return between !== undefined && texts.every((text) => text !== undefined) ? string(texts.join(between)) : undefined;
  },
  reverse: (items) => array(items.toReversed()),
  toReversed: (items) => array(items.toReversed()),
  sort: (items, [compare], call) => sorted(items, compare, call),
  toSorted: (items, [compare], call) => sorted(items, compare, call),
  keys: (items) => array(items.map((_, index) => number(index))),
  values: (items) => array(items),
  entries: (items) => array(items.map((item, index): Constant => ({ kind: "array", items: [number(index), item] }))),
};

/** Methods that change the array itself in JavaScript. */
export const changingMethods: ReadonlySet<string> = new Set(["reverse", "sort", "push", "pop"]);

/** `array.name(…)`. */
export function arrayMethod(self: ArrayConstant, name: string, args: Values, call: Call): Constant | undefined {
  return Object.hasOwn(arrayMethods, name) ? arrayMethods[name]?.(self.items, args, call) : undefined;
}

function membersOf(value: Constant | undefined): readonly (readonly [string, Constant])[] | undefined {
  if (value?.kind === "object") return [...value.members].toSorted(byIndexFirst);
  return value?.kind === "array" ? value.items.map((item, index) => [String(index), item]) : undefined;
}

/** JavaScript lists members that are indices first, in ascending order; all others as they were made. */
function byIndexFirst([a]: readonly [string, Constant], [b]: readonly [string, Constant]): number {
  const [left, right] = [a, b].map((key) =>
    /^(0|[1-9]\d*)$/.test(key) && Number(key) < 2 ** 32 - 1 ? Number(key) : 2 ** 32,
  );
  return left === right ? 0 : (left ?? 0) - (right ?? 0);
}

function listed(
  object: Constant | undefined,
  form: (member: readonly [string, Constant]) => Constant,
): Constant | undefined {
  const members = membersOf(object);
  return members && array(members.map(form));
}

type Functions = Readonly<Record<string, (args: Values, call: Call) => Constant | undefined>>;

const objectFunctions: Functions = {
  keys: ([object]) => listed(object, ([name]) => ({ kind: "string", value: name })),
  values: ([object]) => listed(object, ([, value]) => value),
  entries: ([object]) =>
    listed(object, ([name, value]) => ({ kind: "array", items: [{ kind: "string", value: name }, value] })),
  fromEntries: ([entries]) => {
    if (entries?.kind !== "array") return undefined;
    const members = new Map<string, Constant>();
    for (const entry of entries.items) {
      const [key, value] = entry.kind === "array" ? entry.items : [];
      const name = key && textOf(key);
      if (name === undefined || !value) return undefined;
      members.set(name, value);
    }
    return { kind: "object", members };
  },
  freeze: ([object]) => object,
};

const arrayFunctions: Functions = {
  from: ([source, callback], call) => {
    const length = source?.kind === "object" ? source.members.get("length") : undefined;
    const count = length?.kind === "number" ? Math.max(0, Math.trunc(length.value)) : 0;
    if (!source || count > MAX_LENGTH || (source.kind === "object" && !length)) return undefined;
    const items =
      source.kind === "array"
        ? source.items
        : source.kind === "string"
          ? Array.from(source.value, (value): Constant => ({ kind: "string", value }))
          : Array.from({ length: count }, () => nothing);
    if (!callback) return array(items);
    const results = each(items, callback, call);
    return results && array(results);
  },
  of: (items) => array(items),
  isArray: ([value]) => value && boolean(value.kind === "array"),
};

const stringFunctions: Functions = {
  fromCharCode: (codes) => {
    const values = codes.map((code) => integerOr(code, 0));
    return values.every((value) => value !== undefined) ? string(String.fromCharCode(...values)) : undefined;
  },
};

const numberFunctions: Functions = {
  isInteger: ([value]) => value && boolean(value.kind === "number" && Number.isInteger(value.value)),
  isSafeInteger: ([value]) => value && boolean(value.kind === "number" && Number.isSafeInteger(value.value)),
  parseInt: ([text, radix]) => {
    const base = integerOr(radix, 10);
    return text?.kind === "string" && base !== undefined ? number(Number.parseInt(text.value, base)) : undefined;
  },
};

const namespaces: Readonly<Record<string, Functions>> = {
  Object: objectFunctions,
  Array: arrayFunctions,
  String: stringFunctions,
  Number: numberFunctions,
};

/** `Object.keys(…)` and other functions of the library's names, but for Math and BigInt. */
export function libraryFunction(owner: string, name: string, args: Values, call: Call): Constant | undefined {
  const functions = Object.hasOwn(namespaces, owner) ? namespaces[owner] : undefined;
  return functions && Object.hasOwn(functions, name) ? functions[name]?.(args, call) : undefined;
}

/** `String(x)`, `Number(x)`, `Boolean(x)`. */
export function libraryCast(name: string, [value]: Values): Constant | undefined {
  if (!value) return undefined;
  if (name === "String") {
    const text = textOf(value);
    return text === undefined ? undefined : string(text);
  }
  if (name !== "Number") return undefined;
  if (value.kind === "string" || value.kind === "boolean") return number(Number(value.value));
  return value.kind === "number" ? value : value.kind === "bigint" ? number(Number(value.value)) : undefined;
}
