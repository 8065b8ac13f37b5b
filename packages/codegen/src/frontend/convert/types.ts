// Types of the typed AST as conversion handles them: equality, joining, names for messages. A bigint constant has no sign
// of its own: its type is `flexibleBigint`, known by identity, until it meets a type with a sign.
import type { Layout } from "@typebpf/abi";
import {
  type AstType,
  type BigintType,
  type ContextType,
  type NothingType,
  nothingType,
  type RecordType,
  type RefType,
  type TupleType,
} from "../../ast/types.ts";

/** The type of bigint constants that take the sign of what they meet; unsigned where they meet nothing. */
export const flexibleBigint: BigintType = { kind: "bigint", signed: false };

/** The packet of a context, `ctx.packet`: the context itself for lowering. */
export interface PacketType extends ContextType {
  readonly view: "packet";
}

/** True for the type of `ctx.packet`. */
export function isPacket(type: AstType): type is PacketType {
  return type.kind === "context" && "view" in type;
}

/** A text that lies behind the fields of a context: the context itself for lowering. */
export interface TextType extends ContextType {
  /** The field that says where it lies. */
  readonly text: string;
}

/** True for the type of a text of a context. */
export function isText(type: AstType): type is TextType {
  return type.kind === "context" && "text" in type;
}

/** The type of a whole value of a layout: what a read of the place gives. */
export function typeOfLayout(layout: Layout): AstType {
  switch (layout.kind) {
    case "scalar":
      return layout.size === 8 ? { kind: "bigint", signed: layout.signed } : { kind: "number" };
    case "bits":
      return { kind: "number" };
    case "array":
    case "struct":
      return { kind: "ref", layout, nullable: false };
    default:
      return layout satisfies never;
  }
}

/** True where two layouts have the same members at the same places. */
export function sameLayout(a: Layout, b: Layout): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** The type of a place that gets values of both types; undefined where there is none. */
export function joinTypes(a: AstType, b: AstType): AstType | undefined {
  if (a === b) return a;
  if (a.kind === "nothing") return orNothing(b);
  if (b.kind === "nothing") return orNothing(a);
  if (a.kind === "bigint" && b.kind === "bigint") {
    if (a === flexibleBigint) return b;
    return b === flexibleBigint || a.signed === b.signed ? absentIf(a.nullable || b.nullable, a) : undefined;
  }
  if (a.kind === "ref" && b.kind === "ref") {
    if (!sameLayout(a.layout, b.layout)) return undefined;
    const joined: RefType = { kind: "ref", layout: a.layout, nullable: a.nullable || b.nullable };
    return a.as !== undefined && a.as === b.as ? { ...joined, as: a.as } : joined;
  }
  if (a.kind === "record" && b.kind === "record") {
    const members = joinRecords(a.members, b.members);
    return members && absentIf(a.nullable || b.nullable, { kind: "record", members });
  }
  if (a.kind === "tuple" && b.kind === "tuple") {
    const items = joinAll(a.items, b.items);
    return items && absentIf(a.nullable || b.nullable, { kind: "tuple", items });
  }
  if ((a.kind === "number" || a.kind === "boolean") && a.kind === b.kind) return absentIf(a.nullable || b.nullable, a);
  return typeKey(a) === typeKey(b) ? a : undefined;
}

/** The type of a place that holds a value of this type or `undefined`. */
function orNothing(type: AstType): AstType | undefined {
  if (type.kind === "nothing") return type;
  return type.kind === "context" ? undefined : { ...type, nullable: true };
}

type Member = Extract<AstType, { readonly kind: "record" }>["members"][number];

function joinRecords(a: readonly Member[], b: readonly Member[]): readonly Member[] | undefined {
  const members: Member[] = [];
  const more = b.filter(({ name }) => !a.some((member) => member.name === name));
  for (const { name, type } of [...a, ...more]) {
    const sides = [a, b].map((side) => side.find((member) => member.name === name)?.type ?? nothingType);
    const joined = joinTypes(sides[0] ?? type, sides[1] ?? type);
    if (!joined) return undefined;
    members.push({ name, type: joined });
  }
  return members;
}

/** Types whose values may be `undefined`. */
export type AbsentType = Exclude<AstType, NothingType | ContextType>;

/** True for references and objects, which places of their type need not have, and for integers that may be undefined. */
export function canBeAbsent(type: AstType): type is AbsentType {
  return type.kind === "ref" || isAggregate(type) || isOptional(type);
}

/** True for integers and booleans that may be undefined. */
export function isOptional(type: AstType): boolean {
  return (type.kind === "number" || type.kind === "bigint" || type.kind === "boolean") && type.nullable === true;
}

/** The type of what is there: without `undefined`. */
export function presentType(type: AstType): AstType {
  if (type.kind === "ref") return type.nullable ? { ...type, nullable: false } : type;
  if (type.kind === "nothing" || type.kind === "context" || !type.nullable) return type;
  const { nullable: _, ...present } = type;
  return present;
}

/** The type, nullable where asked. */
export function absentIf<T extends Exclude<AbsentType, RefType>>(nullable: boolean | undefined, type: T): T {
  return nullable ? { ...type, nullable: true } : type;
}

function joinAll(a: readonly AstType[], b: readonly AstType[]): readonly AstType[] | undefined {
  if (a.length !== b.length) return undefined;
  const joined = a.map((type, index) => joinTypes(type, b[index] ?? type));
  return joined.every((type) => type !== undefined) ? joined : undefined;
}

/** A text that is the same for the same types. */
export function typeKey(type: AstType): string {
  return JSON.stringify(type);
}

/** How users call a type. */
export function describeType(type: AstType): string {
  switch (type.kind) {
    case "number":
    case "boolean":
      return `${type.kind}${absent(type)}`;
    case "bigint":
      return type === flexibleBigint ? "bigint" : `${type.signed ? "i64" : "u64"}${absent(type)}`;
    case "nothing":
      return "undefined";
    case "ref":
      return `reference to ${describeLayout(type.layout)}${absent(type)}`;
    case "record":
      return `{ ${type.members.map(({ name, type: member }) => `${name}: ${describeType(member)}`).join("; ")} }${absent(type)}`;
    case "tuple":
      return `[${type.items.map(describeType).join(", ")}]${absent(type)}`;
    case "context":
      return isPacket(type) ? "packet" : isText(type) ? "text" : "context";
    default:
      return type satisfies never;
  }
}

function absent(type: AbsentType): string {
  return type.nullable ? " | undefined" : "";
}

/** How users call a layout. */
export function describeLayout(layout: Layout): string {
  switch (layout.kind) {
    case "scalar":
      return layout.name;
    case "bits":
      return `bits(${layout.unit.name}, ${layout.count})`;
    case "array":
      return `array(${describeLayout(layout.item)}, ${layout.length})`;
    case "struct":
      return `${layout.union ? "union" : "struct"} ${layout.name}`;
    default:
      return layout satisfies never;
  }
}

/** True for objects and tuples in registers. */
export function isAggregate(type: AstType): type is RecordType | TupleType {
  return type.kind === "record" || type.kind === "tuple";
}
