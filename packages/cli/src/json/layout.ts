// Layouts in a BpfObject file. The codec of user space trusts layouts, so sizes and offsets are checked against one
// another here: no field may lie outside of its struct.
import { type Layout, scalarLayouts } from "@typebpf/abi";
import { z } from "zod";

const mostBytes = 1 << 24;
const size = z.int().min(0).max(mostBytes);

const scalar = z
  .strictObject({
    kind: z.literal("scalar"),
    name: z.enum(Object.keys(scalarLayouts) as (keyof typeof scalarLayouts)[]),
    size,
    align: size,
    signed: z.boolean(),
    bigEndian: z.boolean(),
  })
  .refine(({ name, ...rest }) => {
    const known = scalarLayouts[name];
    return (["size", "align", "signed", "bigEndian"] as const).every((field) => known[field] === rest[field]);
  }, "this is not how the scalar of that name lies in memory")
  .transform(({ name }) => scalarLayouts[name]);

const bits = z
  .strictObject({
    kind: z.literal("bits"),
    unit: scalar,
    count: z.int().min(1),
    size: z.union([z.literal(1), z.literal(2), z.literal(4), z.literal(8)]),
    align: z.union([z.literal(1), z.literal(2), z.literal(4), z.literal(8)]),
  })
  .refine((one) => one.count <= one.unit.size * 8 && one.size === one.unit.size, "the bits do not fit their unit");

const array = z
  .strictObject({
    kind: z.literal("array"),
    get item(): z.ZodType<Layout> {
      return layoutSchema;
    },
    length: z.int().min(0).max(mostBytes),
    size,
    align: size,
  })
  .refine((one) => one.size === one.item.size * one.length, "the size is not that of all items");

const field = z
  .strictObject({
    name: z.string().min(1),
    offset: size,
    get layout(): z.ZodType<Layout> {
      return layoutSchema;
    },
    bitOffset: z.int().min(0).optional(),
  })
  .refine(
    ({ layout, bitOffset }) =>
      layout.kind === "bits" ? (bitOffset ?? 0) + layout.count <= layout.size * 8 : bitOffset === undefined,
    "the bits do not lie within their unit",
  )
  .transform(({ bitOffset, ...rest }) => ({ ...rest, ...(bitOffset !== undefined && { bitOffset }) }));

/** A struct. */
export const structSchema = z
  .strictObject({
    kind: z.literal("struct"),
    name: z.string(),
    union: z.literal(true).optional(),
    fields: z.array(field),
    size,
    align: size,
  })
  .refine(
    (one) => one.fields.every(({ offset, layout }) => offset + layout.size <= one.size),
    "a field lies outside of the struct",
  )
  .refine((one) => new Set(one.fields.map(({ name }) => name)).size === one.fields.length, "two fields have one name")
  .refine((one) => !one.union || one.fields.every(({ offset }) => offset === 0), "a member of a union has an offset")
  .transform(({ union, ...rest }) => ({ ...rest, ...(union && { union }) }));

/** How a value lies in memory. */
export const layoutSchema: z.ZodType<Layout> = z.lazy(() => z.union([scalar, bits, array, structSchema]));
