// Random parsers: checks of packet offsets in every order and nesting, constant and computed, with reads and writes of
// what is known to be there, after checks that held and after checks that failed. A function of the random source.
import type { Random } from "./random.ts";

const prelude = `import { array, bits, struct, u16, u16be, u32, u32be, u64, u8, xdp, XDP } from "@typebpf/dsl";
const Short = struct("short", { a: u8, b: u16be, c: u8 });
const Wide = struct("wide", { x: u32be, y: u64, z: array(u16, 3), low: bits(u8, 3), high: bits(u8, 5) });
`;

/** What a packet is read as, and the members that a statement may touch. */
const schemas = [
  { name: "u8", members: ["value"], wide: [] },
  { name: "u16be", members: ["value"], wide: [] },
  { name: "u32", members: ["value"], wide: [] },
  { name: "u64", members: [], wide: ["value"] },
  { name: "Short", members: ["a", "b", "c"], wide: [] },
  { name: "Wide", members: ["x", "z[n & 1]", "z[2]", "low", "high"], wide: ["y"] },
] as const;

interface Reference {
  readonly name: string;
  readonly schema: (typeof schemas)[number];
  readonly maybe: boolean;
}

const casts: Readonly<Record<string, string>> = {
  low: "& 7",
  high: "& 31",
};

/** Writes parsers. */
export class PacketGenerator {
  readonly #random: Random;
  #names = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A module with `count` filters, named p0, p1, … */
  module(count: number): string {
    const programs = Array.from({ length: count }, (_, index) => {
      this.#names = 0;
      const body = this.#statements([], 4, "  ");
      return `export const p${index} = xdp((ctx) => {\n  let n = 0;\n${body}  const out = ctx.packet.at(0, u16);\n  if (out) out.value = u16(n);\n  return n & 1 ? XDP.TX : XDP.PASS;\n});`;
    });
    return [prelude, ...programs].join("\n");
  }

  #pick<T>(all: readonly T[]): T {
    const found = all[this.#random(all.length)];
    if (found === undefined) throw new Error("fuzz: nothing to pick from");
    return found;
  }

  #offset(): string {
    const constant = this.#random(44);
    switch (this.#random(8)) {
      case 0:
        return `${constant} + (n & ${this.#pick([3, 7, 15, 31])})`;
      case 1:
        return `n & ${this.#pick([15, 63])}`;
      case 2:
        return `${constant} + (n & 7) * 4`;
      case 3:
        return this.#pick([
          "n - 40",
          "ctx.packet.length - 4",
          "n * 3",
          "n + 5",
          "n * 2 + 1",
          "(n & 0x3fff) * 5",
          `${0xffff - constant}`,
        ]);
      default:
        return `${constant}`;
    }
  }

  #statements(known: readonly Reference[], depth: number, indent: string): string {
    let references = known;
    let text = "";
    const count = 1 + this.#random(depth > 2 ? 4 : 3);
    for (let done = 0; done < count; done++) {
      const [line, made] = this.#statement(references, depth, indent);
      text += line;
      if (made) references = [...references, made];
    }
    return text;
  }

  #statement(known: readonly Reference[], depth: number, indent: string): readonly [string, Reference?] {
    const sure = known.filter(({ maybe }) => !maybe);
    const unsure = known.filter(({ maybe }) => maybe);
    const choice = this.#random(12);
    if (choice < 4 || known.length === 0) return this.#check(known, depth, indent);
    if (choice < 6 && unsure.length > 0) return [this.#test(known, this.#pick(unsure), depth, indent)];
    if (choice < 7 && depth > 0) return [this.#branch(known, depth, indent)];
    if (choice < 8 && depth > 0) return [this.#loop(known, depth, indent)];
    if (sure.length > 0) return [`${indent}${this.#use(this.#pick(sure))}\n`];
    return [`${indent}n = (n + ${this.#random(9)}) & 0xffff;\n`];
  }

  /** A new reference: checked at once, or kept as it is. */
  #check(known: readonly Reference[], depth: number, indent: string): readonly [string, Reference?] {
    this.#names += 1;
    const name = `r${this.#names}`;
    const schema = this.#pick(schemas);
    const made = `${indent}const ${name} = ctx.packet.at(${this.#offset()}, ${schema.name});\n`;
    const choice = depth > 0 ? this.#random(4) : 1;
    if (choice === 0) return [made, { name, schema, maybe: true }];
    if (choice === 1) {
      const way = this.#pick(["XDP.DROP", "XDP.ABORTED", "XDP.PASS"]);
      const before = this.#random(2) ? this.#statements(known, 0, `${indent}  `) : "";
      return [
        `${made}${indent}if (!${name}) {\n${before}${indent}  return ${way};\n${indent}}\n`,
        { name, schema, maybe: false },
      ];
    }
    return [made + this.#test(known, { name, schema, maybe: true }, depth, indent)];
  }

  #test(known: readonly Reference[], reference: Reference, depth: number, indent: string): string {
    const held = known.filter(({ name }) => name !== reference.name).concat({ ...reference, maybe: false });
    const others = known.filter(({ name }) => name !== reference.name);
    const inside = this.#statements(held, depth - 1, `${indent}  `);
    const outside = this.#statements(others, depth - 1, `${indent}  `);
    if (this.#random(3) === 0) return `${indent}if (!${reference.name}) {\n${outside}${indent}}\n`;
    const otherwise = this.#random(2) ? ` else {\n${outside}${indent}}` : "";
    return `${indent}if (${reference.name}) {\n${inside}${indent}}${otherwise}\n`;
  }

  #branch(known: readonly Reference[], depth: number, indent: string): string {
    const condition = `(n & ${1 << this.#random(4)}) ${this.#pick(["===", "!=="])} 0`;
    const inside = this.#statements(known, depth - 1, `${indent}  `);
    return `${indent}if (${condition}) {\n${inside}${indent}}\n`;
  }

  #loop(known: readonly Reference[], depth: number, indent: string): string {
    this.#names += 1;
    const counter = `i${this.#names}`;
    const inside = this.#statements(known, Math.min(depth - 1, 1), `${indent}  `);
    return `${indent}for (let ${counter} = 0; ${counter} < ${2 + this.#random(3)}; ${counter}++) {\n${indent}  n = (n + ${counter}) & 0xffff;\n${inside}${indent}}\n`;
  }

  #use({ name, schema }: Reference): string {
    if (schema.members.length === 0 || (schema.wide.length > 0 && this.#random(4) === 0)) {
      const place = `${name}.${this.#pick(schema.wide)}`;
      return this.#random(2) ? `${place} += BigInt(n);` : `n = (n + u16(${place})) & 0xffff;`;
    }
    const member = this.#pick(schema.members);
    const place = `${name}.${member}`;
    const mask = casts[member];
    if (this.#random(2)) return `n = (n * 2 + (${place} & 0xff)) & 0xffff;`;
    return mask ? `${place} = u8(n ${mask});` : `${place} = u8(n);`;
  }
}
