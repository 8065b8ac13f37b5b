// BTF as text, one type a line, as `bpftool btf dump` prints it.
import type { BtfType } from "./types.ts";

const quoted = (name: string): string => `'${name === "" ? "(anon)" : name}'`;

/** What stands behind the kind and the name, and the lines below. */
function details(type: BtfType, types: readonly BtfType[]): readonly [string, ...string[]] {
  switch (type.kind) {
    case "int": {
      const encoding = type.encoding === "unsigned" ? "(none)" : type.encoding.toUpperCase();
      return [`size=${type.size} bits_offset=${type.bitOffset} nr_bits=${type.bits} encoding=${encoding}`];
    }
    case "float":
      return [`size=${type.size}`];
    case "array":
      return [`type_id=${type.type} index_type_id=${type.index} nr_elems=${type.length}`];
    case "struct":
    case "union": {
      const lines = type.members.map(({ name, type: id, bitOffset, bitSize }) => {
        return `\t${quoted(name)} type_id=${id} bits_offset=${bitOffset}${bitSize > 0 ? ` bitfield_size=${bitSize}` : ""}`;
      });
      return [`size=${type.size} vlen=${type.members.length}`, ...lines];
    }
    case "enum":
    case "enum64": {
      const suffix = type.kind === "enum" ? "" : type.signed ? "LL" : "ULL";
      const lines = type.values.map(({ name, value }) => `\t${quoted(name)} val=${value}${suffix}`);
      const encoding = type.signed ? "SIGNED" : "UNSIGNED";
      return [`encoding=${encoding} size=${type.size} vlen=${type.values.length}`, ...lines];
    }
    case "fwd":
      return [`fwd_kind=${type.of}`];
    case "func":
      return [`type_id=${type.type} linkage=${type.linkage}`];
    case "func_proto": {
      const lines = type.parameters.map(({ name, type: id }) => `\t${quoted(name)} type_id=${id}`);
      return [`ret_type_id=${type.type} vlen=${type.parameters.length}`, ...lines];
    }
    case "var":
      return [`type_id=${type.type}, linkage=${type.linkage}`];
    case "datasec": {
      const lines = type.variables.map(({ type: id, offset, size }) => {
        const variable = types[id - 1];
        const kind = variable?.kind === "var" || variable?.kind === "func" ? variable : undefined;
        return `\ttype_id=${id} offset=${offset} size=${size}${kind ? ` (${kind.kind.toUpperCase()} ${quoted(kind.name)})` : ""}`;
      });
      return [`size=${type.size} vlen=${type.variables.length}`, ...lines];
    }
    case "decl_tag":
      return [`type_id=${type.type} component_idx=${type.component}`];
    default:
      return [`type_id=${type.type}`];
  }
}

/** The types as text, numbered from 1. */
export function dumpBtf(types: readonly BtfType[]): string {
  return types
    .map((type, index) => {
      const [head, ...below] = details(type, types);
      const name = quoted("name" in type ? type.name : "");
      return [`[${index + 1}] ${type.kind.toUpperCase()} ${name} ${head}`, ...below, ""].join("\n");
    })
    .join("");
}
