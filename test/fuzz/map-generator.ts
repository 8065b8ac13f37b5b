// Random filters that work on maps: lookups by literals, structs and packet fields, values changed in place, entries set
// from literals and from other values, all in branches and loops between packet checks. A function of the random source.
import type { Random } from "./random.ts";

const prelude = `import { array, arrayMap, atomicAdd, hashMap, lruHashMap, perCpuArray, struct, u16, u16be, u32, u32be, u64, u8, xdp, XDP } from "@typebpf/dsl";
const Key = struct("key", { a: u8, b: u16be, c: u32 });
const Inner = struct("inner", { x: u8, y: u16 });
const Value = struct("value", { n: u32, wide: u64, inner: Inner, list: array(u16be, 4) });
const Head = struct("head", { a: u8, b: u16be, c: u32, inner: Inner });
export const table = hashMap({ key: Key, value: Value, maxEntries: 64 });
export const counts = hashMap({ key: u16be, value: u64, maxEntries: 64 });
export const recent = lruHashMap({ key: u32be, value: Inner, maxEntries: 64 });
export const slots = arrayMap({ value: Value, maxEntries: 4 });
export const stats = perCpuArray({ value: u64, maxEntries: 4 });
`;

/** What a lookup gives: the map, a key, and the kind of value. */
type Kind = "value" | "inner" | "wide";

interface Known {
  readonly name: string;
  readonly kind: Kind;
}

/** Writes filters. */
export class MapGenerator {
  readonly #random: Random;
  #names = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A module with `count` filters, named p0, p1, … */
  module(count: number): string {
    const programs = Array.from({ length: count }, (_, index) => {
      this.#names = 0;
      return `export const p${index} = xdp((ctx) => {
  const head = ctx.packet.at(0, Head);
  if (!head) return XDP.ABORTED;
  let n: number = head.a;
${this.#statements([], 2, "  ")}  const out = ctx.packet.at(12, u32);
  if (out) out.value = u32(n);
  return n & 1 ? XDP.TX : XDP.PASS;
});`;
    });
    return [prelude, ...programs].join("\n");
  }

  #pick<T>(all: readonly T[]): T {
    const found = all[this.#random(all.length)];
    if (found === undefined) throw new Error("fuzz: nothing to pick from");
    return found;
  }

  #number(): string {
    return this.#pick(["n", "head.a", "head.b", "(n & 3)", "(head.c & 0xff)", "3", "0", "head.inner.x", "(n + 1)"]);
  }

  /** A map and a key for it; few different keys, so that entries are found again. */
  #place(): { readonly map: string; readonly key: string; readonly kind: Kind } {
    const small = `${this.#number()} & 3`;
    return this.#pick([
      { map: "table", key: `{ a: u8(${small}), c: 7 }`, kind: "value" },
      { map: "table", key: `Key({ b: u16(${small}) })`, kind: "value" },
      { map: "table", key: "{ a: head.a, b: head.b }", kind: "value" },
      { map: "counts", key: `u16(${small})`, kind: "wide" },
      { map: "counts", key: "head.b", kind: "wide" },
      { map: "recent", key: `u32(${small})`, kind: "inner" },
      { map: "recent", key: "head.c", kind: "inner" },
      { map: "slots", key: `${this.#number()} & 7`, kind: "value" },
      { map: "slots", key: "2", kind: "value" },
      { map: "stats", key: `${small}`, kind: "wide" },
    ] as const);
  }

  #literal(kind: Kind, known: readonly Known[]): string {
    const same = known.filter((one) => one.kind === kind);
    if (kind === "wide")
      return this.#pick(["1n", "BigInt(n)", "0xffff_ffff_ffffn", ...same.map(({ name }) => `${name}.value`)]);
    if (same.length > 0 && this.#random(2)) {
      const { name } = this.#pick(same);
      return kind === "inner" ? `{ ...${name}, x: 9 }` : this.#pick([name, `{ ...${name}, n: u32(n) }`]);
    }
    if (kind === "inner") return this.#pick(["{ x: head.a }", "head.inner", "{ y: u16(n), x: 1 }", "Inner()"]);
    return this.#pick([
      "{ n: u32(n) }",
      "{ wide: 5n, list: [1, head.b] }",
      "{ inner: head.inner, n: 4 }",
      "Value({ n: 1 })",
    ]);
  }

  #statements(known: readonly Known[], depth: number, indent: string): string {
    let all = known;
    let text = "";
    for (let count = 1 + this.#random(4); count > 0; count--) {
      const [line, made] = this.#statement(all, depth, indent);
      text += line;
      if (made) all = [...all, made];
    }
    return text;
  }

  #statement(known: readonly Known[], depth: number, indent: string): readonly [string, Known?] {
    const choice = this.#random(12);
    if (choice < 4) return this.#lookup(known, depth, indent);
    if (choice < 6) {
      const { map, key, kind } = this.#place();
      if (map === "stats") return [`${indent}n = (n + (stats.has(${key}) ? 1 : 2)) & 0xffff;\n`];
      return [`${indent}n = (n + ${map}.set(${key}, ${this.#literal(kind, known)}) + 20) & 0xffff;\n`];
    }
    if (choice < 7) {
      const { map, key } = this.#place();
      const keyed =
        map === "slots" || map === "stats"
          ? `${map}.has(${key})`
          : this.#pick([`${map}.has(${key})`, `${map}.delete(${key}) === 0`]);
      return [`${indent}if (${keyed}) n = (n * 3 + 1) & 0xffff;\n`];
    }
    if (choice < 8 && depth > 0) {
      this.#names += 1;
      const body = this.#statements(known, Math.min(depth - 1, 1), `${indent}  `);
      return [
        `${indent}for (let i${this.#names} = 0; i${this.#names} < ${1 + this.#random(3)}; i${this.#names}++) {\n${body}${indent}}\n`,
      ];
    }
    if (choice < 9 && depth > 0) {
      const body = this.#statements(known, depth - 1, `${indent}  `);
      return [`${indent}if ((n & ${1 << this.#random(3)}) !== 0) {\n${body}${indent}}\n`];
    }
    if (known.length > 0) return [`${indent}${this.#use(this.#pick(known))}\n`];
    return [`${indent}n = (n * 5 + head.b) & 0xffff;\n`];
  }

  #lookup(known: readonly Known[], depth: number, indent: string): readonly [string, Known?] {
    this.#names += 1;
    const name = `v${this.#names}`;
    const { map, key, kind } = this.#place();
    const made = `${indent}const ${name} = ${map}.get(${key});\n`;
    const found: Known = { name, kind };
    if (depth === 0 || this.#random(3) === 0) {
      const before = this.#random(2) ? `${indent}  head.inner.x = u8(n);\n` : "";
      return [`${made}${indent}if (!${name}) {\n${before}${indent}  return XDP.DROP;\n${indent}}\n`, found];
    }
    const inside = this.#statements([...known, found], depth - 1, `${indent}  `);
    const outside = this.#random(2) ? ` else {\n${this.#statements(known, depth - 1, `${indent}  `)}${indent}}` : "";
    return [`${made}${indent}if (${name}) {\n${inside}${indent}}${outside}\n`];
  }

  #use({ name, kind }: Known): string {
    if (kind === "wide") {
      return this.#pick([
        `${name}.value += 1n;`,
        `${name}.value = ${name}.value * 3n + BigInt(n);`,
        `n = u16(${name}.value);`,
        `atomicAdd(${name}, "value", 2n);`,
      ]);
    }
    if (kind === "inner")
      return this.#pick([
        `${name}.x++;`,
        `${name}.y = u16(n);`,
        `n = (n ^ ${name}.y) & 0xffff;`,
        `head.inner = ${name};`,
      ]);
    return this.#pick([
      `${name}.n += u16(n);`,
      `${name}.wide ^= BigInt(${name}.n);`,
      `${name}.list[n & 3] = u16(head.c);`,
      `n = (n + ${name}.list[head.a & 3]) & 0xffff;`,
      `${name}.inner = head.inner;`,
      `${name}.inner = { x: 1, y: head.inner.y };`,
      `head.inner = ${name}.inner;`,
      `n = atomicAdd(${name}, "n", 3) & 0xffff;`,
      `Object.assign(${name}, { wide: 1n, n: u32(n) });`,
    ]);
  }
}
