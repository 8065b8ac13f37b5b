// Types in a BpfObject file, for objects that brought their own: the bytes of BTF in hex, and which type each map, section
// and function has. Reading decodes and checks them, and every number of a type.
import { decodeBtf, encodeBtf, type ObjectTypes } from "@typebpf/abi";
import { z } from "zod";

const id = z.int().min(0).max(0xffff_ffff);
const named = z.array(z.strictObject({ name: z.string(), type: id }));

/** Types as they stand in a file. */
export const btfSchema = z
  .strictObject({
    bytes: z.string().regex(/^([0-9a-f]{2})*$/, "not bytes in lower-case hex"),
    maps: z.array(z.strictObject({ name: z.string(), key: id, value: id })),
    sections: named,
    functions: named,
  })
  .transform(({ bytes, ...rest }, context): ObjectTypes => {
    const btf = decodeBtf(new Uint8Array(Buffer.from(bytes, "hex")));
    if ("types" in btf) return { types: btf.types, ...rest };
    context.addIssue({ code: "custom", message: btf.message });
    return z.NEVER;
  })
  .refine(({ types, maps, sections, functions }) => {
    const ids = [
      ...maps.flatMap(({ key, value }) => [key, value]),
      ...[...sections, ...functions].map((one) => one.type),
    ];
    return ids.every((one) => one <= types.length);
  }, "a type is not there");

/** Types for a file; reading it gives them back. */
export function btfFile({ types, ...rest }: ObjectTypes): z.input<typeof btfSchema> {
  const { maps, sections, functions } = rest;
  const plain = (all: ObjectTypes["sections"]) => all.map(({ name, type }) => ({ name, type }));
  return {
    bytes: Buffer.from(encodeBtf(types)).toString("hex"),
    maps: maps.map(({ name, key, value }) => ({ name, key, value })),
    sections: plain(sections),
    functions: plain(functions),
  };
}
