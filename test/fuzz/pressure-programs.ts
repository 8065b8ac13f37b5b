// Programs that need more registers than there are: many values live at once and over calls, pointers of every kind that
// are spilled and filled, loops and joins where values change places. Texts, each of one filter `p0`.

const imports = `import { array, arrayMap, hashMap, noinline, struct, u16, u32, u64, u8, xdp, XDP, type Ref, type XdpAction } from "@typebpf/dsl";
const In = struct("in", { a: u32, b: u32, c: u16, d: u8, e: u8, n: array(u32, 12), w: array(u64, 4) });
const Out = struct("out", { n: array(u32, 8), w: array(u64, 4) });
const Cell = struct("cell", { x: u32, y: u32, w: u64 });
export const cells = arrayMap({ value: Cell, maxEntries: 4 });
export const seen = hashMap({ key: u32, value: u32, maxEntries: 16 });
`;

const open = `  const s = ctx.packet.at(0, In);
  const out = ctx.packet.at(128, Out);
  if (!s || !out) return XDP.ABORTED;
`;

function filter(body: string, before = ""): string {
  return `${imports}${before}export const p0 = xdp((ctx): XdpAction => {\n${open}${body}\n  return XDP.PASS;\n});\n`;
}

const count = 30;
const names = Array.from({ length: count }, (_, index) => `v${index}`);

/** Thirty values, none of which can be computed again where it is read. */
const thirty = [
  ...names.map((name, index) => `  const ${name} = u32(s.n[${index % 12}] * ${index * 2 + 3} + ${index});`),
  ...[0, 1, 2, 3].map((at) => `  s.n[${at}] = u32(${names.filter((_, index) => index % 4 === at).join(" ^ ")});`),
  `  out.n[0] = u32(${names.join(" + ")});`,
  `  out.n[1] = u32(${names.toReversed().join(" - ")});`,
].join("\n");

/** Values that live over helpers, which overwrite half of the registers. */
const overCalls = [
  ...names.slice(0, 16).map((name, index) => `  const ${name} = u32(s.n[${index % 12}] ^ ${index * 77});`),
  "  let hits = 0;",
  ...names.slice(0, 8).map((name, index) => `  if (seen.has(${name} & 7)) hits += ${names[index + 8]} & 15;`),
  ...names.slice(0, 4).map((name, index) => `  seen.set(${name} & 7, u32(hits + ${names[15 - index]}));`),
  `  out.n[0] = u32(${names.slice(0, 16).join(" + ")} + hits);`,
].join("\n");

/** Pointers into the packet, into values of a map and to the stack, and the context, all live over calls. */
const pointers = `  const first = cells.get(s.a & 3);
  const second = cells.get(s.b & 3);
  const third = cells.get(2);
  if (!first || !second || !third) return XDP.DROP;
  const local = Cell({ x: s.a, y: s.b, w: 5n });
  const other = Cell({ x: s.c });
  const tail = ctx.packet.at(s.d & 63, Cell);
  const far = ctx.packet.at(100 + (s.e & 15), Cell);
  if (!tail || !far) return XDP.TX;
  const known = seen.has(s.a & 7);
  first.x = u32(first.x + local.x + (known ? 1 : 2));
  second.y = u32(second.y + other.x);
  if (seen.set(3, third.x) !== 0) third.x = 9;
  third.w += first.w + second.w + local.w;
  tail.y = u32(far.x + third.x);
  if (seen.delete(3) === 0) far.w = tail.w + local.w;
  local.y = u32(tail.x + local.x);
  seen.set(1, local.y);
  const length = ctx.packet.length;
  out.n[0] = u32(local.x + local.y + other.x + length + first.x + second.y);
  out.w[0] = third.w ^ far.w ^ tail.w;`;

/** Values that change places in a loop: cycles of moves where it goes back. */
const rotations = `  let a: number = s.n[0];
  let b: number = s.n[1];
  let c: number = s.n[2];
  let d: number = s.n[3];
  let e: number = s.n[4];
  let f: number = s.n[5];
  let g: number = s.n[6];
  let h: number = s.n[7];
  for (let i = 0; i < 7; i++) {
    const old = a;
    a = b;
    b = c;
    c = d;
    d = e;
    e = f;
    f = g;
    g = h;
    h = u32(old + i);
    if ((a & 1) === 1) {
      const held = c;
      c = f;
      f = held;
    }
    if (seen.has(b & 7)) seen.set(d & 7, u32(e));
  }
  out.n[0] = u32(a);
  out.n[1] = u32(b);
  out.n[2] = u32(c);
  out.n[3] = u32(d);
  out.n[4] = u32(e);
  out.n[5] = u32(f);
  out.n[6] = u32(g);
  out.n[7] = u32(h);`;

const wide = [
  ...names
    .slice(0, 14)
    .map((name, index) => `  const ${name} = s.w[${index % 4}] * ${index + 3}n + BigInt(s.n[${index % 12}]);`),
  ...[0, 1, 2].map(
    (at) =>
      `  s.w[${at}] = ${names
        .slice(0, 14)
        .filter((_, index) => index % 3 === at)
        .join(" ^ ")};`,
  ),
  `  out.w[0] = ${names.slice(0, 14).join(" + ")};`,
  `  out.w[1] = (${names.slice(0, 7).join(" - ")}) / (${names.slice(7, 14).join(" | ")});`,
].join("\n");

const five = `const mix = noinline((a: u32, b: u32, c: u64, d: u32, e: u32): u64 => {
  const sum = u32(a * 3 + b * 5 + d * 7 + e * 11);
  return seen.has(sum & 7) ? c + u64(sum) : c ^ u64(u32(a + e));
});
`;

const functions = [
  ...names.slice(0, 10).map((name, index) => `  const ${name} = u32(s.n[${index}] + ${index});`),
  "  const first = mix(v0, v1, s.w[0], v2, v3);",
  "  const second = mix(v9, v8, first, v7, v6);",
  "  const third = mix(v5, v4, second, v3, v2);",
  `  out.n[0] = u32(${names.slice(0, 10).join(" + ")});`,
  "  out.w[0] = first;\n  out.w[1] = second;\n  out.w[2] = third;",
].join("\n");

/** Source by what is under pressure. */
export const pressurePrograms: Readonly<Record<string, string>> = {
  "thirty live values": filter(thirty),
  "values live over many calls": filter(overCalls),
  "pointers spilled and filled": filter(pointers),
  "values that change places in a loop": filter(rotations),
  "wide values": filter(wide),
  "functions of five arguments": filter(functions, five),
};
