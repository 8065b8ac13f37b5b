// Random programs that index arrays by values proved in many ways: every kind of memory, every way of proof, every way of
// use. Each program is accepted by the compiler, or should be; then the kernel must accept it too.
import fc from "fast-check";

/** Lengths of the arrays; each has its structs, maps and tables in the module. */
const lengths = [3, 4, 5, 8, 16] as const;
type Length = (typeof lengths)[number];

/** Where the array is: what makes it reachable, and how it is reached. */
interface Place {
  readonly open: string;
  readonly array: string;
  readonly canWrite: boolean;
  readonly close?: string;
}

const places: Readonly<Record<string, (n: Length) => Place>> = {
  packet: () => ({ open: "", array: "p.items", canWrite: true }),
  view: (n) => ({
    open: `const q = ctx.packet.at(p.b, Packet${n}); if (!q) return XDP.DROP;`,
    array: "q.items",
    canWrite: true,
  }),
  stack: (n) => ({ open: `const s = S${n}({ a: p.a });`, array: "s.items", canWrite: true }),
  copied: (n) => ({ open: `const s = { ...states${n} };`, array: "s.items", canWrite: true }),
  array: (n) => ({
    open: `const e = several${n}.get(p.b & 1); if (!e) return XDP.DROP;`,
    array: "e.items",
    canWrite: true,
  }),
  single: (n) => ({
    open: `const e = one${n}.get(0); if (!e) return XDP.DROP;`,
    array: "e.items",
    canWrite: true,
  }),
  hash: (n) => ({
    open: `const e = hashed${n}.get(p.a); if (!e) return XDP.DROP;`,
    array: "e.items",
    canWrite: true,
  }),
  record: (n) => ({
    open: `using e = ring${n}.reserve(); if (!e) return XDP.DROP;`,
    array: "e.items",
    canWrite: true,
    close: "e.submit();",
  }),
  table: (n) => ({ open: "", array: `TABLE${n}`, canWrite: false }),
  global: (n) => ({ open: "", array: `states${n}.items`, canWrite: true }),
};

/** Where a value comes from, with its least and greatest. */
interface Source {
  readonly text: string;
  readonly min: number;
  readonly max: number;
}

const sources: readonly Source[] = [
  { text: "p.a", min: 0, max: 2 ** 32 - 1 },
  { text: "p.b", min: 0, max: 255 },
  { text: "p.d", min: -(2 ** 31), max: 2 ** 31 - 1 },
  { text: "p.w", min: 0, max: 65535 },
  { text: "p.big", min: 0, max: 65535 },
  { text: "p.small", min: -128, max: 127 },
  { text: "p.nibble", min: 0, max: 15 },
  { text: "ctx.packet.length", min: 0, max: 0x7fffffff },
  { text: "ctx.getPrandomU32()", min: 0, max: 2 ** 32 - 1 },
  { text: "(p.a + p.b)", min: 0, max: 2 ** 33 },
  { text: "(p.w - p.b)", min: -255, max: 65535 },
  { text: "(p.a ^ p.w)", min: -(2 ** 31), max: 2 ** 31 - 1 },
  { text: "scale(p.b)", min: 0, max: 255 * 3 },
  { text: "states4.a", min: 0, max: 2 ** 32 - 1 },
];

/** A proof: statements around the use, where `use(i)` gives the statement that uses an index. */
type Proof = (n: Length, x: Source, use: (i: string) => string) => string;

const shiftOf = (n: Length): number => 32 - Math.floor(Math.log2(n));
const natural = ({ text, min }: Source): string => (min < 0 ? `(${text} >>> 0)` : text);

const proofs: Readonly<Record<string, Proof>> = {
  if: (n, x, use) => `const i = ${natural(x)}; if (i < ${n}) { ${use("i")} }`,
  ifBoth: (n, x, use) => `const i = ${x.text}; if (i >= 0 && i < ${n}) { ${use("i")} }`,
  ifNot: (n, x, use) => `const i = ${x.text}; if (i < 0 || i >= ${n}) return XDP.PASS; ${use("i")}`,
  ifAtMost: (n, x, use) => `const i = ${natural(x)}; if (i <= ${n - 1}) ${use("i")}`,
  ifEqual: (n, x, use) => `const i = ${x.text}; if (i === 1 || i === ${n - 1}) ${use("i")}`,
  ifOne: (_, x, use) => `const i = ${x.text}; if (i === 2) { ${use("i")} } else if (i + 1 === 2) { ${use("i")} }`,
  ifCast: (n, x, use) => `const i = u8(${x.text}); if (i < ${n}) ${use("i")}`,
  ifNarrow: (n, x, use) => `const i = ${x.text}; if (i >>> 0 < ${n}) ${use("i >>> 0")}`,
  ifShared: (n, x, use) => `const i = ${natural(x)}; if (i < p.w && p.w <= ${n}) { ${use("i")} }`,
  offset: (n, x, use) => `const i = ${x.text}; if (i >= 100 && i < ${100 + n}) { ${use("i - 100")} }`,
  mirrored: (n, x, use) => `const i = ${natural(x)}; if (i < ${n}) { ${use(`${n - 1} - i`)} }`,
  scaled: (n, x, use) =>
    `const i = ${natural(x)}; if (i < ${Math.floor(n / 2) || 1}) { ${use("i * 2")} ${use("i * 2 + 1")} }`,
  and: (n, x, use) => `const i = ${x.text} & ${2 ** Math.floor(Math.log2(n)) - 1}; ${use("i")}`,
  andVariable: (n, x, use) => `const m = p.b; if (m >= ${n}) return XDP.DROP; const i = ${x.text} & m; ${use("i")}`,
  remainder: (n, x, use) => `const i = ${natural(x)} % ${n}; ${use("i")}`,
  remainderInline: (n, x, use) => use(`${natural(x)} % ${n}`),
  remainderVariable: (n, x, use) =>
    `const n = p.b; if (n === 0 || n > ${n}) return XDP.DROP; const i = ${natural(x)} % n; ${use("i")}`,
  quotient: (n, x, use) => `const i = Math.floor(p.b / ${Math.ceil(256 / n)}); ${use("i")} // ${x.text}`,
  quotientTrunc: (n, x, use) => `const i = Math.trunc(${natural(x)} / 7); if (i < ${n}) { ${use("i")} }`,
  minimum: (n, x, use) => `const i = Math.min(${natural(x)}, ${n - 1}); ${use("i")}`,
  minimumOfThree: (n, x, use) => `const i = Math.min(${natural(x)}, p.b, ${n - 1}); ${use("i")}`,
  clamped: (n, x, use) => `const i = Math.max(0, Math.min(${x.text}, ${n - 1})); ${use("i")}`,
  absolute: (n, x, use) => `const i = Math.abs(p.small) % ${n}; ${use("i")} // ${x.text}`,
  leading: (n, x, use) => `const i = Math.clz32(${x.text}); if (i < ${n}) { ${use("i")} }`,
  shifted: (n, x, use) => `const i = (${x.text}) >>> ${shiftOf(n)}; ${use("i")}`,
  shiftedByte: (n, x, use) => `const i = p.b >> ${8 - Math.floor(Math.log2(n))}; ${use("i")} // ${x.text}`,
  shiftedBy: (n, x, use) => `const i = ${n - 1} >> (${x.text} & 3); ${use("i")}`,
  bit: (_, x, use) => `const i = (p.a >> (${x.text} & 31)) & 1; ${use("i")}`,
  ternary: (n, x, use) => `const x = ${natural(x)}; const i = x < ${n} ? x : ${n - 1}; ${use("i")}`,
  ternaryTwo: (n, x, use) => `const i = ${x.text} > 9 ? 1 : ${n - 1}; ${use("i")}`,
  joined: (n, x, use) => `let i = 0; if (p.w > 7) i = ${natural(x)} % ${n}; else if (p.b < ${n}) i = p.b; ${use("i")}`,
  rejoined: (n, x, use) => `let i = ${x.text}; if (i < 0) i = 0; if (i > ${n - 1}) i = ${n - 1}; ${use("i")}`,
  counted: (n, x, use) => `let i = 0; if (${x.text} & 1) i++; if (p.w & 4) i++; ${use("i")} // of ${n}`,
  counter: (n, x, use) => `for (let i = 0; i < ${n}; i++) { if (i > ${x.text}) break; ${use("i")} }`,
  counterDown: (n, x, use) => `for (let i = ${n - 1}; i >= 0; i--) { if (i === ${x.text}) continue; ${use("i")} }`,
  counterTo: (n, x, use) => `const n = Math.min(${natural(x)}, ${n}); for (let i = 0; i < n; i++) { ${use("i")} }`,
  counterFrom: (n, x, use) => `const from = ${natural(x)} & 1; for (let i = from; i < ${n}; i += 1) { ${use("i")} }`,
  counterPairs: (n, x, use) =>
    `for (let i = 0; i < ${n}; i++) for (let j = i + 1; j < ${n}; j++) { if (p.b === ${x.text}) break; ${use("j")} }`,
  counterLong: (n, x, use) => `for (let k = 0; k < 40; k++) { if (k > ${x.text}) break; ${use(`k % ${n}`)} }`,
  counterSteps: (n, x, use) =>
    `for (let k = 0; k < ${n * 4}; k += 4) { if (k > ${x.text}) break; ${use("k / 4 | 0")} }`,
  meeting: (n, x, use) =>
    `let lo = 0; let hi = ${n}; for (let k = 0; k < 6 && lo < hi; k++) { const mid = (lo + hi) >> 1; ${use("mid")} if (mid < ${x.text}) lo = mid + 1; else hi = mid; }`,
  entries: (n, x, use) =>
    `for (const [i, item] of p.items.entries()) { if (i > ${x.text} || item === 3) continue; ${use("i")} } // ${n}`,
  found: (n, x, use) =>
    `let i = -1; for (let k = 0; k < ${n}; k++) if (p.items[k] === ${x.text}) { i = k; break; } if (i >= 0) { ${use("i")} }`,
  foundLast: (n, x, use) =>
    `let i = ${n}; for (let k = 0; k < ${n}; k++) if (p.items[k] === ${x.text}) i = k; if (i === ${n}) return XDP.DROP; ${use("i")}`,
  rotating: (n, x, use) =>
    `let i = ${natural(x)} % ${n}; for (let k = 0; k < 20; k++) { ${use("i")} i++; if (i === ${n}) i = 0; }`,
  rotatingMask: (n, x, use) =>
    `let i = 0; for (let k = 0; k < 20; k++) { ${use("i")} i = (i + ${x.text}) & ${2 ** Math.floor(Math.log2(n)) - 1}; }`,
  growing: (n, x, use) =>
    `let i = 0; for (let k = 0; k < 6 && i < ${n}; k++) { ${use("i")} if ((p.a >> k) & 1) i++; else if (${x.text} === k) i += 2; }`,
  chosen: (n, x, use) =>
    `let i = 0; switch (${x.text}) { case 7: i = 1; break; case 9: case 12: i = ${n - 1}; break; case 2: i = 2; } ${use("i")}`,
  stored: (n, x, use) =>
    `const t = S${n}({ a: 0 }); t.a = u32(${natural(x)}); const i = t.a; if (i < ${n}) { ${use("i")} }`,
  reread: (n, x, use) =>
    `states${n}.a = u32(${natural(x)}); const i = states${n}.a; if (i >= ${n}) return XDP.DROP; ${use("i")}`,
  swapped: (n, x, use) => `if (p.big < ${n}) { ${use("p.big")} } // ${x.text}`,
  swappedMask: (n, x, use) => `const i = (p.big >> 3) & ${2 ** Math.floor(Math.log2(n)) - 1}; ${use("i")} // ${x.text}`,
  difference: (n, x, use) =>
    `const to = ${natural(x)}; const from = p.b; if (to < from || to - from >= ${n}) return XDP.DROP; ${use("to - from")}`,
  sum: (n, x, use) => `const i = (p.a & 1) + (${x.text} & 1); ${use("i")} // ${n}`,
  pair: (n, x, use) => `const i = p.nibble; const j = ${natural(x)}; if (i + j < ${n}) { ${use("i + j")} }`,
  bits: (_, x, use) => `const i = ((${x.text} & 4) >> 2) | 0; ${use("i ^ 1")} ${use("i | 1")}`,
  compared: (n, x, use) => `const limit = ${n}; const i = ${natural(x)}; if (limit > i) { ${use("i")} }`,
  object: (n, x, use) =>
    `const o = { i: ${natural(x)}, j: 0 }; o.j = o.i % ${n}; if (o.i < ${n}) { ${use("o.i")} } ${use("o.j")}`,
  function: (n, x, use) => `const i = bounded${n}(${natural(x)}); ${use("i")}`,
  subprogram: (n, x, use) => `const i = limited${n}(${natural(x)}); ${use("i")}`,
  optional: (n, x, use) => `const i = maybe${n}(${natural(x)}); if (i === undefined) return XDP.DROP; ${use("i")}`,
  wide: (n, x, use) => `const v = u64(${natural(x)}) * 3n; if (v < ${n}n) { ${use("Number(v)")} }`,
  wideMask: (n, x, use) => `const i = Number((u64(${natural(x)}) >> 5n) % ${n}n); ${use("i")}`,
  hashed: (n, x, use) => `const i = Math.imul(${x.text}, 0x9e3779b1) >>> ${shiftOf(n)}; ${use("i")}`,
};

/** What is done with an item. */
const uses: Readonly<Record<string, (array: string, i: string, canWrite: boolean) => string>> = {
  read: (array, i) => `sum = (sum + ${array}[${i}]) & 0xffff;`,
  write: (array, i, canWrite) => (canWrite ? `${array}[${i}] = u16(sum);` : `sum ^= ${array}[${i}];`),
  change: (array, i, canWrite) => (canWrite ? `${array}[${i}] += 1;` : `sum |= ${array}[${i}];`),
  test: (array, i) => `if (${array}[${i}] === 5) sum += 1;`,
  twice: (array, i, canWrite) =>
    canWrite ? `sum = ${array}[${i}]; ${array}[${i}] = u16(ctx.getPrandomU32() & 0xff);` : `sum = ${array}[${i}];`,
  both: (array, i) => `if (${array}[${i}] > p.items[${i}]) sum = p.items[${i}];`,
  kept: (array, i) =>
    `const at = ${i}; const before = ctx.ktimeGetNs(); sum = ${array}[at]; if (before === 0n) sum = ${array}[at] & 7;`,
};

function shared(n: Length): string {
  const table = Array.from({ length: n }, (_, i) => (i * 7919) & 0xff).join(", ");
  return `const Packet${n} = struct("packet${n}", { a: u32, b: u8, small: i8, w: u16, d: i32, big: u16be, nibble: u8, items: array(u16, ${n}), more: u8 });
const S${n} = struct("s${n}", { a: u32, items: array(u16, ${n}) });
const TABLE${n} = [${table}];
export let states${n} = S${n}();
export const several${n} = arrayMap({ value: S${n}, maxEntries: 2 });
export const one${n} = arrayMap({ value: S${n}, maxEntries: 1 });
export const hashed${n} = hashMap({ key: u32, value: S${n}, maxEntries: 4 });
export const ring${n} = ringBuffer({ value: S${n}, maxEntries: 4096 });
const bounded${n} = (x: number): number => (x > 9 ? x % ${n} : Math.min(x, ${n - 1}));
const limited${n} = noinline((x: number): number => { if (x < ${n}) return x; return ${n - 1}; });
const maybe${n} = (x: number): number | undefined => (x < ${n} ? x : undefined);`;
}

const header = `import { array, arrayMap, hashMap, i32, i8, noinline, ringBuffer, struct, u16, u16be, u32, u64, u8, xdp, XDP } from "@typebpf/dsl";
const scale = (x: number): number => x * 3;
`;

/** A program of the module, on one line. */
export interface IndexProgram {
  /** "if of p.a in packet, read" */
  readonly about: string;
  readonly length: Length;
  readonly body: string;
}

const names = <T>(table: Readonly<Record<string, T>>): fc.Arbitrary<readonly [string, T]> =>
  fc.constantFrom(...Object.entries(table));

/** Any program. */
export const indexPrograms: fc.Arbitrary<IndexProgram> = fc
  .record({
    length: fc.constantFrom(...lengths),
    place: names(places),
    proof: names(proofs),
    source: fc.constantFrom(...sources),
    use: names(uses),
  })
  .map(({ length, place, proof, source, use }) => {
    const { open, array, canWrite, close = "" } = place[1](length);
    const used = proof[1](length, source, (i) => `{ ${use[1](array, i, canWrite)} }`);
    return {
      about: `${proof[0]} of ${source.text} in ${place[0]}, ${use[0]}`,
      length,
      body: `const p = ctx.packet.at(0, Packet${length}); if (!p) return XDP.ABORTED; let sum = 0; ${open}\n  ${used}\n  ${close} return sum === 77 ? XDP.TX : XDP.PASS;`,
    };
  });

/** The module of some programs, which are exported as p0, p1, …; each begins after a comment that says what it is. */
export function indexModule(programs: readonly IndexProgram[]): string {
  const used = lengths.filter((n) => n === 4 || programs.some(({ length }) => length === n));
  const all = programs.map(
    ({ about, body }, index) => `// p${index}: ${about}\nexport const p${index} = xdp((ctx) => {\n  ${body}\n});`,
  );
  return [header, ...used.map(shared), ...all, ""].join("\n");
}
