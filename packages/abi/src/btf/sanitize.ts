// Types for kernels that lack a kind: each newer type becomes an older one at the same id, so that nothing else changes
// (what libbpf does, too). What is left are the kinds of Linux 4.18, the first with BTF.
import type { BtfType } from "./types.ts";

function sanitized(type: BtfType): BtfType {
  switch (type.kind) {
    case "var":
    case "decl_tag":
      return { kind: "int", name: "int", size: 1, bits: 8, bitOffset: 0, encoding: "unsigned" };
    case "type_tag":
      return { kind: "const", type: type.type };
    case "float":
      return { kind: "struct", name: type.name, size: type.size, members: [] };
    case "enum64":
      return { kind: "union", name: type.name, size: type.size, members: [] };
    case "func":
      return { kind: "typedef", name: type.name, type: type.type };
    case "func_proto":
      return { kind: "enum", name: "", size: 4, signed: false, values: [{ name: "_", value: 0 }] };
    case "datasec":
      return { kind: "struct", name: "", size: type.size, members: [] };
    case "fwd":
      // Unions came later, and nothing depends on which it is.
      return { ...type, of: "struct" };
    default:
      return type;
  }
}

/** The same types without the kinds that came after Linux 4.18. */
export function btfSanitized(types: readonly BtfType[]): readonly BtfType[] {
  return types.map(sanitized);
}
