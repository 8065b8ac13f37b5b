// Layouts as BTF, with the names that C programs of the kernel use: `__u32`, and `__be32` for integers in network byte
// order, so that the order of bytes survives. Bit fields of big-endian units, which C has not, become their unit and a
// declaration tag with what lies in it; to-layout.ts reads both back.
import type { BitsLayout, FieldLayout, Layout, ScalarLayout, StructLayout } from "../layout.ts";
import type { BtfBuilder } from "./build.ts";
import { btfName } from "./names.ts";
import type { BtfId, BtfInt, BtfMember } from "./types.ts";

/** C's integers by size, unsigned and signed. */
const integers: Readonly<Record<number, readonly [unsigned: string, signed: string]>> = {
  1: ["unsigned char", "signed char"],
  2: ["unsigned short", "short"],
  4: ["unsigned int", "int"],
  8: ["unsigned long long", "long long"],
};

/** What the tag of a unit of big-endian bit fields begins with; `NAME:FIRST:COUNT` follow, one for each field. */
export const bitsTag = "typebpf:bits";

/** An integer as C has it. */
export function btfInteger(size: number, signed: boolean): BtfInt {
  const [unsigned, other] = integers[size] ?? ["", ""];
  const name = signed ? other : unsigned;
  return { kind: "int", name, size, bits: size * 8, bitOffset: 0, encoding: signed ? "signed" : "unsigned" };
}

function scalarType(builder: BtfBuilder, { size, signed, bigEndian }: ScalarLayout): BtfId {
  const type = builder.add(btfInteger(size, signed));
  const native = builder.add({ kind: "typedef", name: `__${signed ? "s" : "u"}${size * 8}`, type });
  return bigEndian ? builder.add({ kind: "typedef", name: `__be${size * 8}`, type: native }) : native;
}

/** A member as it goes into BTF: one field, or the unit of several. */
interface Group {
  readonly offset: number;
  readonly fields: FieldLayout[];
  /** The unit of big-endian bit fields. */
  readonly unit?: ScalarLayout;
}

function bigEndianUnit({ layout }: FieldLayout): ScalarLayout | undefined {
  return layout.kind === "bits" && layout.unit.bigEndian ? layout.unit : undefined;
}

/** Neighbours in one unit together, but in a union, where each field has its own. */
function groupsOf({ fields, union }: StructLayout): readonly Group[] {
  const groups: Group[] = [];
  for (const field of fields) {
    const unit = bigEndianUnit(field);
    const last = groups.at(-1);
    if (unit && !union && last?.unit?.name === unit.name && last.offset === field.offset) last.fields.push(field);
    else groups.push({ offset: field.offset, fields: [field], ...(unit && { unit }) });
  }
  return groups;
}

function unusedName(name: string, used: ReadonlySet<string>): string {
  let free = btfName(name);
  for (let count = 2; used.has(free); count++) free = btfName(`${name.slice(0, 100)}_${count}`);
  return free;
}

function memberOf(builder: BtfBuilder, { offset, fields, unit }: Group, used: Set<string>): BtfMember {
  const [field] = fields;
  if (!field) throw new Error("btf: a member without a field");
  const name = unusedName(fields.map((one) => one.name).join("_"), used);
  used.add(name);
  const { layout, bitOffset = 0 } = field;
  if (unit || layout.kind !== "bits") {
    return { name, type: layoutType(builder, unit ?? layout), bitOffset: offset * 8, bitSize: 0 };
  }
  const type = scalarType(builder, layout.unit);
  return { name, type, bitOffset: offset * 8 + bitOffset, bitSize: layout.count };
}

function tagOf(fields: readonly FieldLayout[]): string {
  const parts = fields.map(({ name, layout, bitOffset = 0 }) => {
    return ` ${btfName(name)}:${bitOffset}:${(layout as BitsLayout).count}`;
  });
  return `${bitsTag}${parts.join("")}`;
}

function structType(builder: BtfBuilder, layout: StructLayout): BtfId {
  const groups = groupsOf(layout);
  const used = new Set<string>();
  const members = groups.map((group) => memberOf(builder, group, used));
  const kind = layout.union ? "union" : "struct";
  const id = builder.add({ kind, name: layout.name && btfName(layout.name), size: layout.size, members });
  for (const [component, { unit, fields }] of groups.entries()) {
    if (unit) builder.add({ kind: "decl_tag", name: tagOf(fields), type: id, component, attribute: false });
  }
  return id;
}

/** Adds the type of a layout. */
export function layoutType(builder: BtfBuilder, layout: Layout): BtfId {
  switch (layout.kind) {
    case "scalar":
      return scalarType(builder, layout);
    case "bits":
      return scalarType(builder, layout.unit);
    case "array": {
      const type = layoutType(builder, layout.item);
      const index = builder.add({ ...btfInteger(4, false), name: "__ARRAY_SIZE_TYPE__" });
      return builder.add({ kind: "array", type, index, length: layout.length });
    }
    case "struct":
      return structType(builder, layout);
    default:
      return layout satisfies never;
  }
}
