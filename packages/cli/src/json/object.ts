// BpfObject files: what `typebpf build --emit json` writes and every command reads in place of a filter. Reading checks
// all that the back ends take for granted; writing puts fields in the schema's order, so equal objects are equal bytes.
import {
  type BpfObject,
  type FunctionSpec,
  insnProblem,
  isKernelRelease,
  type MapTypeName,
  mapTypes,
  type ProgramTypeName,
  programTypes,
  slotCount,
} from "@typebpf/abi";
import { z } from "zod";
import { cliError } from "../diagnostics.ts";
import { btfFile, btfSchema } from "./btf.ts";
import { spanSchema } from "./diagnostic.ts";
import { layoutSchema, structSchema } from "./layout.ts";

const name = z.string().regex(/^[A-Za-z0-9_.$]{1,256}$/, "not a name of the kernel");
const slot = z.int().min(0).max(1_000_000);

const insn = z
  .strictObject({
    opcode: z.int().min(0).max(255),
    dst: z.int().min(0).max(15),
    src: z.int().min(0).max(15),
    offset: z.int().min(-0x8000).max(0x7fff),
    imm: z.int().min(-0x8000_0000).max(0x7fff_ffff),
    nextImm: z.int().min(-0x8000_0000).max(0x7fff_ffff).optional(),
  })
  .transform(({ nextImm, ...rest }) => (nextImm === undefined ? rest : { ...rest, nextImm }))
  .refine((one) => insnProblem(one, 0) === undefined, "not an instruction");

const mapShape = {
  type: z.enum(Object.keys(mapTypes) as MapTypeName[]),
  key: layoutSchema,
  value: layoutSchema,
  maxEntries: z.int().min(0).max(0xffff_ffff),
  flags: z.int().min(0).max(0xffff_ffff),
  extra: z.int().min(0).optional(),
};

const map = z
  .strictObject({
    name,
    ...mapShape,
    inner: z
      .strictObject(mapShape)
      .transform(({ extra, ...rest }) => ({ ...rest, ...(extra !== undefined && { extra }) }))
      .optional(),
    record: layoutSchema.optional(),
    programs: z.array(z.string().nullable()).max(1_000_000).optional(),
    at: spanSchema.optional(),
  })
  .transform(({ extra, inner, record, programs, at, ...rest }) => ({
    ...rest,
    ...(extra !== undefined && { extra }),
    ...(record && { record }),
    ...(inner && { inner }),
    ...(programs && { programs }),
    ...(at && { at }),
  }));

const byteOffset = z.int().min(0).max(0x7fff_ffff);

const relocation = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("map"), slot, map: z.string() }),
  z.strictObject({ kind: z.literal("mapValue"), slot, map: z.string(), offset: byteOffset }),
  z.strictObject({ kind: z.literal("data"), slot, section: z.string(), offset: byteOffset }),
  z.strictObject({ kind: z.literal("call"), slot, function: z.string() }),
  z.strictObject({ kind: z.literal("function"), slot, function: z.string() }),
  z.strictObject({ kind: z.literal("kernelFunction"), slot, name: z.string() }),
]);

const code = {
  name,
  insns: z.array(insn).min(1).max(1_000_000),
  relocations: z.array(relocation),
  lines: z.array(z.strictObject({ slot, at: spanSchema })),
  parameters: z.array(z.string()).max(5).optional(),
  stackBytes: z.int().min(0).max(512),
  at: spanSchema.optional(),
};

function relocationsInside(one: Pick<FunctionSpec, "insns" | "relocations">): boolean {
  const slots = slotCount(one.insns);
  return one.relocations.every((relocation) => relocation.slot < slots);
}

const program = z
  .strictObject({
    ...code,
    type: z.enum(Object.keys(programTypes) as ProgramTypeName[]),
    section: z.string(),
    context: structSchema.optional(),
  })
  .refine(relocationsInside, "a relocation is outside")
  .transform(({ at, parameters, context, ...rest }) => ({
    ...rest,
    ...(context && { context }),
    ...(parameters && { parameters }),
    ...(at && { at }),
  }));

const fn = z
  .strictObject(code)
  .refine(relocationsInside, "a relocation is outside")
  .transform(({ at, parameters, ...rest }) => ({ ...rest, ...(parameters && { parameters }), ...(at && { at }) }));

const section = z
  .strictObject({
    name,
    readOnly: z.boolean(),
    size: z.int().min(1).max(0x7fff_ffff),
    contents: z
      .string()
      .regex(/^([0-9a-f]{2})*$/, "not bytes in lower-case hex")
      .optional(),
    variables: z.array(
      z
        .strictObject({ name: z.string(), offset: byteOffset, layout: layoutSchema, at: spanSchema.optional() })
        .transform(({ at, ...rest }) => (at ? { ...rest, at } : rest)),
    ),
  })
  .refine((one) => (one.contents?.length ?? 0) <= one.size * 2, "a section has more contents than bytes")
  .refine(
    (one) => one.variables.every(({ offset, layout }) => offset + layout.size <= one.size),
    "a variable is outside of its section",
  )
  .transform(({ contents, ...rest }) => (contents === undefined ? rest : { ...rest, contents }));

function unique(all: readonly { readonly name: string }[]): boolean {
  return new Set(all.map((one) => one.name)).size === all.length;
}

/** A whole object. */
export const objectSchema: z.ZodType<BpfObject> = z
  .strictObject({
    format: z.literal(1),
    license: z.string().max(127),
    target: z.strictObject({
      kernel: z.string().refine(isKernelRelease, "not a kernel release"),
      isa: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
    }),
    maps: z.array(map),
    programs: z.array(program),
    functions: z.array(fn),
    sections: z.array(section),
    sources: z.array(z.strictObject({ file: z.string(), text: z.string() })),
    btf: btfSchema.optional(),
  })
  .transform(({ btf, ...rest }) => ({ ...rest, ...(btf && { btf }) }))
  .refine((one) => unique([...one.programs, ...one.functions]), "two programs or functions have one name")
  .refine((one) => unique([...one.maps, ...one.sections]), "two maps or sections have one name")
  .refine(namesResolve, "a relocation names something that is not there");

function namesResolve(object: BpfObject): boolean {
  const names = {
    map: new Set(object.maps.map((one) => one.name)),
    section: new Set(object.sections.map((one) => one.name)),
    function: new Set(object.functions.map((one) => one.name)),
  };
  return [...object.programs, ...object.functions].every(({ relocations }) =>
    relocations.every((one) => {
      if (one.kind === "kernelFunction") return true;
      if ("map" in one) return names.map.has(one.map);
      return "section" in one ? names.section.has(one.section) : names.function.has(one.function);
    }),
  );
}

/** The text of an object file; `readObject` gives the object back. */
export function objectText({ foreign, ...object }: BpfObject): string {
  if (foreign)
    throw cliError("conflict", { message: "JSON does not hold parts of another compiler that are only listed" });
  const { btf, ...rest } = object;
  return `${JSON.stringify({ ...objectSchema.parse(rest), ...(btf && { btf: btfFile(btf) }) }, null, 1)}\n`;
}
