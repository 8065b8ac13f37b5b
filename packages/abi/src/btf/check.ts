// Whether types make sense together, as far as our own readers rely on it: references are in range and to a kind that can
// stand there, no type is inside of itself, members lie in their struct (kernel/bpf/btf.c of Linux 6.12, the checks of
// btf_check_all_metas and btf_check_all_types). Takes any list of types; says what is wrong first.
import { btfReferences } from "./references.ts";
import { sizeOfBtf } from "./size.ts";
import type { BtfId, BtfType } from "./types.ts";

/** The deepest nesting of types that we follow. C programs and kernels stay far below. */
const DEEPEST = 128;
const MOST_BYTES = 0xffff_ffff;

function named(type: BtfType): string {
  return "name" in type && type.name !== "" ? `${type.kind} "${type.name}"` : type.kind;
}

/** What a type of this kind may refer to, by what is there (undefined: void). */
function mayRefer(from: BtfType, to: BtfType | undefined): boolean {
  switch (to?.kind) {
    case undefined:
      return from.kind !== "struct" && from.kind !== "union" && from.kind !== "array" && from.kind !== "datasec";
    case "func":
      return from.kind === "decl_tag" || from.kind === "datasec";
    case "var":
      return from.kind === "decl_tag" || from.kind === "datasec";
    case "datasec":
    case "decl_tag":
      return false;
    case "func_proto":
      return ["func", "ptr", "typedef", "const", "volatile", "restrict", "type_tag"].includes(from.kind);
    default:
      return from.kind !== "func" && from.kind !== "datasec";
  }
}

function referenceProblem(types: readonly BtfType[]): string | undefined {
  for (const [index, type] of types.entries()) {
    for (const id of btfReferences(type)) {
      if (id > types.length) return `type ${index + 1} (${named(type)}) refers to type ${id} of ${types.length}`;
      if (!mayRefer(type, types[id - 1])) {
        const target = types[id - 1];
        return `type ${index + 1} (${named(type)}) cannot refer to ${target ? named(target) : "void"}`;
      }
    }
  }
  return undefined;
}

type Edges = (type: BtfType) => readonly BtfId[];

/** What is spelled out inside of a type when it is written in C: named structs, unions and enums are not. */
const spelledInside: Edges = (type) => {
  const composite = type.kind === "struct" || type.kind === "union";
  return composite && type.name !== "" ? [] : btfReferences(type);
};

/** What lies inside of a type in memory. */
const liesInside: Edges = (type) => (type.kind === "ptr" || type.kind === "func_proto" ? [] : btfReferences(type));

/** A type that contains itself, or too many others one in another. */
function nestingProblem(types: readonly BtfType[], edges: Edges): string | undefined {
  /** How deep the types inside of a finished type go; -1 for one that is still open. */
  const depths = new Map<BtfId, number>();
  for (let root = 1; root <= types.length; root++) {
    if (depths.has(root)) continue;
    const open: { readonly id: BtfId; readonly inside: readonly BtfId[]; next: number; depth: number }[] = [];
    const enter = (id: BtfId): void => {
      const type = types[id - 1];
      depths.set(id, -1);
      open.push({ id, inside: type ? edges(type) : [], next: 0, depth: 0 });
    };
    enter(root);
    for (let top = open.at(-1); top; top = open.at(-1)) {
      const inner = top.inside[top.next++];
      const depth = inner === undefined ? undefined : depths.get(inner);
      if (inner === undefined) {
        open.pop();
        depths.set(top.id, top.depth);
        const outer = open.at(-1);
        if (outer) outer.depth = Math.max(outer.depth, top.depth + 1);
        if (top.depth > DEEPEST) return `type ${top.id} has more than ${DEEPEST} types one inside of another`;
      } else if (inner === 0) continue;
      else if (depth === -1) return `type ${inner} is inside of itself`;
      else if (depth !== undefined) top.depth = Math.max(top.depth, depth + 1);
      else enter(inner);
    }
  }
  return undefined;
}

function memberProblem(types: readonly BtfType[], type: BtfType): string | undefined {
  if (type.kind !== "struct" && type.kind !== "union") return undefined;
  for (const { name, type: id, bitOffset, bitSize } of type.members) {
    const bytes = sizeOfBtf(types, id);
    if (bytes === undefined) return `its member "${name}" has no size`;
    if (bitSize > bytes * 8) return `its member "${name}" has more bits than its type`;
    if (bitSize === 0 && bitOffset % 8 !== 0) return `its member "${name}" does not begin at a byte`;
    if (bitOffset + (bitSize || bytes * 8) > type.size * 8) return `its member "${name}" lies outside of it`;
  }
  return undefined;
}

function sizeProblem(types: readonly BtfType[]): string | undefined {
  for (const [index, type] of types.entries()) {
    const member = memberProblem(types, type);
    if (member !== undefined) return `type ${index + 1} (${named(type)}): ${member}`;
    if (type.kind === "array" && (sizeOfBtf(types, index + 1) ?? MOST_BYTES + 1) > MOST_BYTES) {
      return `type ${index + 1} (array) has items without a size, or is too large`;
    }
  }
  return undefined;
}

/** What is wrong with types, in words; undefined when nothing is. */
export function btfProblem(types: readonly BtfType[]): string | undefined {
  return (
    referenceProblem(types) ??
    nestingProblem(types, liesInside) ??
    nestingProblem(types, spelledInside) ??
    sizeProblem(types)
  );
}
