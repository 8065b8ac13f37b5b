// BpfObject files: what `typebpf build --emit json` writes and every command reads in place of a filter. Reading checks
// all that the back ends take for granted; writing puts fields in the schema's order, so equal objects are equal bytes.
import {
  type BpfObject,
  insnProblem,
  isKernelRelease,
  type MapTypeName,
  mapTypes,
  type ProgramTypeName,
  programTypes,
  slotCount,
} from "@typebpf/abi";
import { z } from "zod";
import { spanSchema } from "./diagnostic.ts";
import { layoutSchema } from "./layout.ts";

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

const map = z
  .strictObject({
    name,
    type: z.enum(Object.keys(mapTypes) as MapTypeName[]),
    key: layoutSchema,
    value: layoutSchema,
    maxEntries: z.int().min(1).max(0xffff_ffff),
    flags: z.int().min(0).max(0xffff_ffff),
    at: spanSchema.optional(),
  })
  .transform(({ at, ...rest }) => (at ? { ...rest, at } : rest));

const program = z
  .strictObject({
    name,
    type: z.enum(Object.keys(programTypes) as ProgramTypeName[]),
    section: z.string(),
    insns: z.array(insn).min(1).max(1_000_000),
    relocations: z.array(z.strictObject({ kind: z.literal("map"), slot, map: z.string() })),
    lines: z.array(z.strictObject({ slot, at: spanSchema })),
    stackBytes: z.int().min(0).max(512),
    at: spanSchema.optional(),
  })
  .refine(
    (one) => one.relocations.every((relocation) => relocation.slot < slotCount(one.insns)),
    "a relocation is outside",
  )
  .transform(({ at, ...rest }) => (at ? { ...rest, at } : rest));

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
    maps: z.array(map).refine(unique, "two maps have one name"),
    programs: z.array(program).refine(unique, "two programs have one name"),
    sources: z.array(z.strictObject({ file: z.string(), text: z.string() })),
  })
  .refine(
    (one) => one.programs.every((p) => p.relocations.every((r) => one.maps.some((m) => m.name === r.map))),
    "a relocation names a map that is not there",
  );

/** The text of an object file; `readObject` gives the object back. */
export function objectText(object: BpfObject): string {
  return `${JSON.stringify(objectSchema.parse(object), null, 1)}\n`;
}
