// Types for kernels that lack a kind: each newer type becomes an older one at the same id, so that nothing else changes
// (what libbpf does, too). Linux 4.18 was the first with BTF; 5.0 added functions, 5.2 sections, 5.6 global functions, 5.13
// floats, 5.16 and 5.17 tags, 6.0 enumerations of 64 bits.
import type { BtfType } from "./types.ts";

/** What came after Linux 5.2. */
function since52(type: BtfType): BtfType {
  switch (type.kind) {
    case "decl_tag":
      return { kind: "int", name: "int", size: 1, bits: 8, bitOffset: 0, encoding: "unsigned" };
    case "type_tag":
      return { kind: "const", type: type.type };
    case "float":
      return { kind: "struct", name: type.name, size: type.size, members: [] };
    case "enum64":
      return { kind: "union", name: type.name, size: type.size, members: [] };
    case "func":
      return { ...type, linkage: "static" };
    default:
      return type;
  }
}

/** What came after Linux 4.18, too. */
function since418(type: BtfType): BtfType {
  switch (type.kind) {
    case "var":
      return { kind: "int", name: "int", size: 1, bits: 8, bitOffset: 0, encoding: "unsigned" };
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
      return since52(type);
  }
}

/** The same types without the kinds that came after a kernel. */
export function btfSanitized(types: readonly BtfType[], kernel: "4.18" | "5.2"): readonly BtfType[] {
  return types.map(kernel === "5.2" ? since52 : since418);
}
