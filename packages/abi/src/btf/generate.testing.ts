// Random BTF for properties: any list of types that the checks let through, and random layouts as the DSL makes them.
import fc from "fast-check";
import {
  arrayLayout,
  bitsLayout,
  type Layout,
  type ScalarLayout,
  scalarLayouts,
  structLayout,
  unionLayout,
} from "../layout.ts";
import { sizeOfBtf } from "./size.ts";
import { type BtfType, btfLinkages } from "./types.ts";

const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,6}$/);
const maybeName = fc.oneof({ weight: 3, arbitrary: name }, { weight: 1, arbitrary: fc.constant("") });
const linkage = fc.constantFrom(...btfLinkages);
const byte = fc.constantFrom(1, 2, 4, 8);

const leaf: fc.Arbitrary<BtfType> = fc.oneof(
  fc
    .record({
      kind: fc.constant("int" as const),
      name,
      size: byte,
      encoding: fc.constantFrom("unsigned", "signed", "char", "bool"),
    })
    .map((one): BtfType => ({ ...one, encoding: one.encoding as "signed", bits: one.size * 8, bitOffset: 0 })),
  fc.record({ kind: fc.constant("float" as const), name, size: fc.constantFrom(2, 4, 8, 16) }),
  fc.record({ kind: fc.constant("fwd" as const), name, of: fc.constantFrom("struct", "union") }),
  fc.boolean().chain((signed) =>
    fc.record({
      kind: fc.constant("enum" as const),
      name: maybeName,
      size: byte,
      signed: fc.constant(signed),
      values: fc.array(fc.record({ name, value: signed ? fc.integer() : fc.nat(0xffff_ffff) }), { maxLength: 4 }),
    }),
  ),
  fc.boolean().chain((signed) =>
    fc.record({
      kind: fc.constant("enum64" as const),
      name: maybeName,
      size: byte,
      signed: fc.constant(signed),
      values: fc.array(
        fc.record({
          name,
          value: fc.bigInt(signed ? { min: -(2n ** 63n), max: 2n ** 63n - 1n } : { min: 0n, max: 2n ** 64n - 1n }),
        }),
        { maxLength: 4 },
      ),
    }),
  ),
);

/** A choice of 32 bits: picks from what is there when the type is made. */
const picks = fc.array(fc.nat(0xffff), { minLength: 1, maxLength: 5 });
const shapes = [
  "leaf",
  "ptr",
  "const",
  "volatile",
  "restrict",
  "typedef",
  "type_tag",
  "array",
  "struct",
  "union",
  "func_proto",
  "func",
  "var",
  "datasec",
  "decl_tag",
] as const;
const step = fc.record({
  shape: fc.constantFrom(...shapes),
  leaf,
  name,
  anonymous: fc.boolean(),
  flag: fc.boolean(),
  linkage,
  picks,
  length: fc.nat(3),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Adds the type that a step asks for, if there is anything that it can refer to. */
function grow(types: BtfType[], one: Step): void {
  const [pick = 0] = one.picks;
  const ids = (fits: (type: BtfType) => boolean): readonly number[] =>
    types.flatMap((type, index) => (fits(type) ? [index + 1] : []));
  const declared = ["func", "var", "datasec", "decl_tag"];
  const plain = ids((type) => !declared.includes(type.kind) && type.kind !== "func_proto");
  const sized = plain.filter((id) => sizeOfBtf(types, id) !== undefined);
  const of = (all: readonly number[], index = pick): number => all[index % Math.max(1, all.length)] ?? 0;
  const own = one.anonymous ? "" : one.name;
  const { shape } = one;
  switch (shape) {
    case "leaf":
      types.push(one.leaf);
      return;
    case "ptr":
    case "const":
    case "volatile":
    case "restrict":
      types.push({ kind: shape, type: of([0, ...plain]) });
      return;
    case "typedef":
      types.push({ kind: shape, name: one.name, type: of([0, ...plain]) });
      return;
    case "type_tag":
      types.push({ kind: shape, name: one.name, type: of([0, ...plain]), attribute: one.flag });
      return;
    case "array":
      if (sized.length > 0) types.push({ kind: shape, type: of(sized), index: of(sized), length: one.length });
      return;
    case "struct":
    case "union":
      types.push(composite(types, one, sized, own));
      return;
    case "func_proto":
      types.push({
        kind: shape,
        type: of([0, ...plain]),
        parameters: one.picks.map((each) => ({ name: own, type: of([0, ...plain], each) })),
      });
      return;
    case "func": {
      const protos = ids((type) => type.kind === "func_proto");
      if (protos.length > 0) types.push({ kind: shape, name: one.name, type: of(protos), linkage: one.linkage });
      return;
    }
    case "var":
      types.push({ kind: shape, name: one.name, type: of([0, ...plain]), linkage: one.linkage });
      return;
    case "datasec": {
      const variables = ids((type) => type.kind === "var");
      types.push({
        kind: shape,
        name: `.${one.name}`,
        size: pick,
        variables: variables.map((type) => ({ type, offset: pick, size: one.length })),
      });
      return;
    }
    case "decl_tag":
      if (types.length > 0)
        types.push({
          kind: shape,
          name: one.name,
          type: of(ids((type) => type.kind !== "datasec" && type.kind !== "decl_tag" && type.kind !== "func_proto")),
          component: one.length - 1,
          attribute: one.flag,
        });
      return;
    default:
      shape satisfies never;
  }
}

function composite(types: readonly BtfType[], one: Step, sized: readonly number[], name: string): BtfType {
  const kind = one.shape === "union" ? "union" : "struct";
  let end = 0;
  let size = 0;
  const members = (sized.length === 0 ? [] : one.picks).map((pick, index) => {
    const type = sized[pick % sized.length] ?? 0;
    const bytes = sizeOfBtf(types, type) ?? 0;
    const bitSize = one.flag && types[type - 1]?.kind === "int" ? 1 + (pick % (bytes * 8)) : 0;
    const bitOffset = kind === "union" ? 0 : end * 8;
    end += bytes;
    size = kind === "union" ? Math.max(size, bytes) : end;
    return { name: pick % 7 === 0 ? "" : `m${index}`, type, bitOffset, bitSize };
  });
  return { kind, name, size: size + one.length, members };
}

/** Lists of types that make sense. */
export const btfTypes: fc.Arbitrary<readonly BtfType[]> = fc.array(step, { maxLength: 30 }).map((steps) => {
  const types: BtfType[] = [];
  for (const one of steps) grow(types, one);
  return types;
});

const scalar: fc.Arbitrary<ScalarLayout> = fc.constantFrom(...Object.values<ScalarLayout>(scalarLayouts));
const bits = scalar.chain((unit) => fc.integer({ min: 1, max: unit.size * 8 }).map((count) => bitsLayout(unit, count)));

/** Random layouts: every mix of widths, arrays, nesting, unions and bit fields. */
export const layouts: fc.Arbitrary<Layout> = fc.letrec<{ layout: Layout; composite: Layout }>((tie) => ({
  layout: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.tuple(tie("layout"), fc.integer({ min: 1, max: 5 })).map(([item, length]) => arrayLayout(item, length)),
    tie("composite"),
  ),
  composite: fc
    .tuple(
      name,
      fc.boolean(),
      fc.array(fc.oneof({ weight: 2, arbitrary: tie("layout") }, { weight: 1, arbitrary: bits }), {
        minLength: 1,
        maxLength: 6,
      }),
    )
    .map(([own, union, members]) => {
      const named = Object.fromEntries(members.map((member, index) => [`f${index}`, member]));
      return union ? unionLayout(own, named) : structLayout(own, named);
    }),
})).layout;
