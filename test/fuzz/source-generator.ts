// Random filters as TypeScript source: integer and bigint arithmetic, control flow, structs and arrays in memory, inlined
// functions. Pure, so that the JavaScript engine is the oracle; written so that analysis can accept them (every index is
// masked, every divisor is not zero, every assigned value is cast). A function of the seed alone.

/** Bytes of the packet that hold the operands, and where results go. */
export const operandBytes = 32;
export const resultOffset = 64;

const header = `import { array, bits, i16, i32, i8, struct, u16, u16be, u32, u32be, u64, u8, xdp, XDP } from "@typebpf/dsl";

const Operands = struct("operands", { a: u8, b: u16be, c: u32, d: i8, e: i32, f: u64, g: u64 });
const Flags = struct("flags", { low: bits(u8, 3), high: bits(u8, 5), tag: bits(u16be, 5), rest: bits(u16be, 11), n: i16 });
const Bytes = array(u8, 8);
const Result = struct("result", { n: array(u32, 4), be: u32be, s: i32, b: array(u64, 2), flags: Flags, bytes: Bytes });
const Local = struct("local", { x: u32, y: i32, items: array(u16, 8), flags: Flags, wide: u64 });
`;

class Generator {
  #state: number;
  #depth = 0;
  #loops = 0;
  #names = 0;
  readonly #numbers: string[] = [];
  readonly #mutable: string[] = [];
  readonly #longs: string[] = [];
  #functions = 0;
  #canReturn = true;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0…limit-1 (mulberry32). */
  pick(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  }

  of<T>(items: readonly T[]): T {
    const item = items[this.pick(items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }

  #fresh(prefix: string): string {
    return `${prefix}${this.#names++}`;
  }

  #constant(): string {
    return this.of([
      "0",
      "1",
      "2",
      "3",
      "7",
      "8",
      "15",
      "31",
      "32",
      "255",
      "256",
      "65535",
      "0x7fffffff",
      "0x80000000",
      "0xffffffff",
      "-1",
      "-2",
      "-128",
      "-0x80000000",
    ]);
  }

  /** A number within ±2^32. */
  number(): string {
    if (this.#depth > 4) return this.#leaf();
    this.#depth++;
    const text = this.#number();
    this.#depth--;
    return text;
  }

  #leaf(): string {
    const places = [
      "o.a",
      "o.b",
      "o.c",
      "o.d",
      "o.e",
      "m.x",
      "m.y",
      "m.flags.high",
      "m.flags.rest",
      "m.flags.n",
      "r.flags.tag",
      "r.s",
      "r.be",
    ];
    if (this.pick(3) === 0) return this.#constant();
    return this.pick(2) === 0 && this.#numbers.length > 0 ? this.of(this.#numbers) : this.of(places);
  }

  #number(): string {
    const n = (): string => this.number();
    switch (this.pick(22)) {
      case 0:
        return `((${n()}) ${this.of(["&", "|", "^", "<<", ">>", ">>>"])} ${n()})`;
      case 1:
        return `${this.of(["u8", "u16", "u32", "i8", "i16", "i32"])}(${n()} ${this.of(["+", "-"])} ${n()})`;
      case 2:
        return `((${n()} & 0xffff) * (${n()} & 0x7fff))`;
      case 3:
        return `(${n()} % ((${n()} & 15) + 1))`;
      case 4:
        return `((${n()} / ${n()}) ${this.of(["| 0", ">>> 0"])})`;
      case 5:
        return `Math.${this.of(["trunc", "floor"])}(${n()} / ((${n()} & 7) ${this.of(["+ 1", "- 9"])}))`;
      case 6:
        return `Math.${this.of(["min", "max", "imul"])}(${n()}, ${n()})`;
      case 7:
        return `Math.${this.of(["abs", "sign", "clz32"])}(${n()})`;
      case 8:
        return `(${this.condition()} ? ${n()} : ${n()})`;
      case 9:
        return `(i32(${n()}) ${this.of(["&&", "||"])} ${n()})`;
      case 10:
        return `${this.of(["~", "-"])}${this.#atom(n())}`;
      case 11:
        return `${this.of(["u8", "u16", "u32", "i8", "i16", "i32"])}(${this.long()})`;
      case 12:
        return `m.items[${n()} & 7]`;
      case 13:
        return `r.n[${n()} & 3]`;
      case 14:
        return this.#functions > 0 ? `f${this.pick(this.#functions)}(${n()}, ${n()})` : n();
      case 15:
        return `r.bytes[${n()} >>> 29]`;
      case 16:
        return `m.items[Math.abs(${n()} % 8)]`;
      case 17:
        return this.#mutable.length > 0 ? `(${this.of(this.#mutable)}${this.of(["++", "--"])} | 0)` : n();
      default:
        return this.#leaf();
    }
  }

  #atom(text: string): string {
    return `(${text})`;
  }

  long(): string {
    if (this.#depth > 4) return this.of(["o.f", "o.g", "1n", "0xffffffffffffffffn", ...this.#longs]);
    this.#depth++;
    const text = this.#long();
    this.#depth--;
    return text;
  }

  #long(): string {
    const b = (): string => this.long();
    switch (this.pick(10)) {
      case 0:
        // A constant must not become negative.
        return `((${b()} ^ o.f) ${this.of(["+", "-", "*", "/", "%", "&", "|", "^"])} ${b()})`;
      case 1:
        return `((${b()}) ${this.of(["<<", ">>"])} (${b()} & 127n))`;
      case 2:
        return `BigInt(${this.number()} >>> 0)`;
      case 3:
        return `(${this.condition()} ? ${b()} : ${b()})`;
      case 4:
        return `BigInt.asUintN(${this.of([0, 1, 8, 31, 32, 63, 64])}, ${b()})`;
      case 5:
        return `r.b[${this.number()} & 1]`;
      case 6:
        return "m.wide";
      default:
        return this.of(["o.f", "o.g", "0n", "3n", "0x100000000n", "0xffffffffffffffffn", ...this.#longs]);
    }
  }

  condition(): string {
    if (this.#depth > 5) return `i32(${this.#leaf()}) === ${this.#leaf()}`;
    this.#depth++;
    const text = this.#condition();
    this.#depth--;
    return text;
  }

  #condition(): string {
    const compare = this.of(["===", "!==", "<", "<=", ">", ">="]);
    switch (this.pick(8)) {
      case 0:
        return `(${this.condition()} ${this.of(["&&", "||"])} ${this.condition()})`;
      case 1:
        return `!(${this.condition()})`;
      case 2:
      case 3:
        return `((${this.long()} ^ 0n) ${compare} ${this.long()})`;
      default:
        return `(${this.of(["i32", "u32", "u16"])}(${this.number()}) ${compare} ${this.number()})`;
    }
  }

  #place(): readonly [place: string, cast: string] {
    const index = (mask: number): string => `${this.number()} & ${mask}`;
    return this.of<() => readonly [string, string]>([
      () => [`r.n[${index(3)}]`, "u32"],
      () => ["r.be", "u32"],
      () => ["r.s", "i32"],
      () => [`r.bytes[${index(7)}]`, "u8"],
      () => [`m.items[${index(7)}]`, "u16"],
      () => ["m.x", "u32"],
      () => ["m.y", "i32"],
      () => ["m.flags.n", "i16"],
      () => ["r.flags.n", "i16"],
    ])();
  }

  #bits(): string {
    const [name, mask] = this.of([
      ["low", 7],
      ["high", 31],
      ["tag", 31],
      ["rest", 2047],
    ] as const);
    return `${this.of(["r", "m"])}.flags.${name} = ${this.number()} & ${mask};`;
  }

  statement(): string {
    if (this.#depth > 3) return this.#assign();
    this.#depth++;
    const text = this.#statement();
    this.#depth--;
    return text;
  }

  #assign(): string {
    const [place, cast] = this.#place();
    return this.pick(4) === 0 ? this.#bits() : `${place} = ${cast}(${this.number()});`;
  }

  /** Declarations inside are not seen behind it. */
  block(count: number): string {
    const [numbers, mutable, longs] = [this.#numbers.length, this.#mutable.length, this.#longs.length];
    const text = Array.from({ length: count }, () => this.statement()).join("\n");
    this.#numbers.length = numbers;
    this.#mutable.length = mutable;
    this.#longs.length = longs;
    return `{\n${text}\n}`;
  }

  #statement(): string {
    switch (this.pick(20)) {
      case 0:
      case 1:
        return `if (${this.condition()}) ${this.block(2)}${this.pick(2) === 0 ? "" : ` else ${this.block(2)}`}`;
      case 2: {
        const init = this.number();
        const name = this.#fresh("c");
        this.#numbers.push(name);
        return `const ${name} = ${init};`;
      }
      case 3: {
        const init = this.number();
        const name = this.#fresh("v");
        this.#numbers.push(name);
        return `let ${name} = i32(${init}); ${name} = i32(${name} ^ ${this.number()});`;
      }
      case 4: {
        const init = this.long();
        const name = this.#fresh("l");
        this.#longs.push(name);
        return `let ${name} = ${init}; ${name} ${this.of(["+=", "-=", "^=", "*=", "/=", "%="])} ${this.long()};`;
      }
      case 5:
        return this.#loop();
      case 6:
        return this.#switch();
      case 7:
        return `r.b[${this.number()} & 1] ${this.of(["=", "+=", "-=", "*=", "^=", "/="])} ${this.long()};`;
      case 8: {
        const [place, cast] = this.#place();
        return `${place} ${this.of(["&=", "|=", "^="])} ${cast}(${this.number()});`;
      }
      case 9:
        return this.of([
          "r.flags = m.flags;",
          "m.flags = r.flags;",
          `m.flags = Flags({ n: i16(${this.number()}), low: ${this.number()} & 7 });`,
          "m = { ...m, y: i32(m.x), x: u32(m.y) };",
          "Object.assign(m.flags, { ...r.flags, n: m.flags.n });",
          `r.bytes = Bytes([${this.number()} & 255, 2, r.bytes[0]]);`,
          "m.wide = o.f + BigInt(m.x);",
        ]);
      case 10:
        return this.#canReturn && this.pick(3) === 0
          ? `if (${this.condition()}) return XDP.${this.of(["DROP", "PASS", "TX"])};`
          : this.#bits();
      default:
        return this.#assign();
    }
  }

  #loop(): string {
    if (this.#loops > 1) return this.#assign();
    this.#loops++;
    const i = this.#fresh("k");
    this.#numbers.push(i);
    const limit = this.of(["3", "5", "(o.a & 3)", "Math.min(o.c, 4)"]);
    const head = this.of([
      `for (let ${i} = 0; ${i} < ${limit}; ${i}++)`,
      `for (let ${i} = 6; ${i} > 0; ${i} -= ${this.of(["1", "2"])})`,
    ]);
    const leave = this.pick(2) === 0 ? `if (${this.condition()}) ${this.of(["break", "continue"])};` : "";
    const body = this.block(2);
    this.#numbers.pop();
    this.#loops--;
    return `${head} {\n${leave}\n${body}\n}`;
  }

  #switch(): string {
    const clause = (label: string): string => `${label}: ${this.block(1)} ${this.of(["break;", ""])}`;
    const labels = ["case 0", "case 1", "default", "case 5", "case 255"].filter(() => this.pick(4) > 0);
    return `switch (i32(${this.number()})) {\n${labels.map(clause).join("\n")}\n}`;
  }

  #function(index: number): string {
    this.#numbers.push("x", "y");
    const early = `if (x ${this.of(["<", ">", "==="])} y) return ${this.of(["x", "y", "i32(x - y)"])};`;
    const plain = (): string => this.of(["x", "y", "(x & y)", "(x >>> 3)", "(y | 5)", "(x ^ y)", "Math.max(x, y)"]);
    const inner = index > 0 ? `f${index - 1}(${plain()}, ${plain()})` : plain();
    this.#numbers.length = 0;
    return `function f${index}(x: number, y: number): number {\n${this.pick(2) === 0 ? early : ""}\nreturn ${inner} ${this.of(["&", "|", "^"])} ${plain()};\n}\n`;
  }

  /** A module with the given number of filters, called p0, p1, … */
  module(programs: number): string {
    const functions = Array.from({ length: 3 }, (_, index) => this.#function(index));
    const filters = Array.from({ length: programs }, (_, index) => {
      this.#functions = functions.length;
      this.#numbers.length = 0;
      this.#longs.length = 0;
      const first = this.#fresh("v");
      this.#mutable.length = 0;
      this.#depth = 0;
      const body = Array.from({ length: 6 }, () => this.statement()).join("\n");
      return `export const p${index} = xdp((ctx) => {
const o = ctx.packet.at(0, Operands);
const r = ctx.packet.at(${resultOffset}, Result);
if (!o || !r) return XDP.ABORTED;
let m = Local({ x: o.c, y: o.e, wide: o.g });
let ${first} = 1;
${first} = i32(${first} + o.a);
${body}
r.n[3] = u32(r.n[3] ^ m.x ^ m.y ^ m.items[2] ^ m.flags.n ^ ${first});
r.b[1] ^= m.wide;
return ${this.condition()} ? XDP.PASS : XDP.DROP;
});
`;
    });
    return [header, ...functions, ...filters].join("\n");
  }
}

/** The source of a module of `programs` filters. */
export function generateModule(seed: number, programs: number): string {
  return new Generator(seed).module(programs);
}
