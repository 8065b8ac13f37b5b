// Makes an expression fit the type of the place it goes to. Nothing is converted at run time: constants take a sign,
// `undefined` becomes the null pointer, and everything that does not fit is reported.
import type { Expr } from "../../ast/nodes.ts";
import { type AstType, type BigintType, signedBigint, unsignedBigint } from "../../ast/types.ts";
import { fits, wrap } from "../constants/operators.ts";
import { poison, refuse, type Scope } from "./context.ts";
import { canBeAbsent, describeType, flexibleBigint, isOptional, joinTypes, presentType } from "./types.ts";

/** How far a constant may bend. */
export type Bend =
  /** It must lie in the range of the type. */
  | "exact"
  /** Only its low 64 bits matter, as for `+` or `^`. */
  | "wrap";

/** The expression as a value of `type`; poison where it is none. */
export function coerce(value: Expr, type: AstType, scope: Scope, bend: Bend = "exact"): Expr {
  if (value.kind === "poison") return value;
  if (type.kind === "bigint" && value.type.kind === "bigint") return coerceBigint(value, type, scope, bend);
  if (canBeAbsent(type) && value.type.kind === "nothing") return { ...value, type: { ...type, nullable: true } };
  if (type.kind === "ref" && value.type.kind === "ref" && joinTypes(type, value.type)) return value;
  if (type.kind === "record" && value.kind === "record") return coerceRecord(value, type, scope);
  if (type.kind === "tuple" && value.kind === "tuple" && value.items.length === type.items.length) {
    const items = value.items.map((item, index) => coerce(item, type.items[index] ?? item.type, scope));
    return { ...value, items, type };
  }
  const joined = joinTypes(type, value.type);
  // TypeScript has proved that an integer is there where the place is not optional.
  if (joined && isOptional(value.type) && !isOptional(type)) return present(value);
  if (value.kind === "conditional" && joined) return coerceBranches(value, type, scope);
  if (joined && value.type.kind === "record" && !hasMembers(value.type, type)) {
    return refuse("aliasing", value.at, scope, { message: "an object without a member that its new name has" });
  }
  if (joined && (value.type.kind !== "nothing" || type.kind === "nothing")) return value;
  scope.module.reporter.report("typesDiffer", value.at, {
    message: `${describeType(value.type)} where ${describeType(type)} is expected`,
  });
  return poison(value.at);
}

/** The value where TypeScript has proved that there is one. */
export function present(value: Expr): Expr {
  const type = presentType(value.type);
  return type === value.type || type.kind === "ref" ? value : { ...value, type };
}

function hasMembers(type: RecordAstType, wanted: AstType): boolean {
  if (wanted.kind !== "record") return true;
  return wanted.members.every(({ name }) => type.members.some((member) => member.name === name));
}

function coerceRecord(
  value: Extract<Expr, { readonly kind: "record" }>,
  type: Extract<AstType, { readonly kind: "record" }>,
  scope: Scope,
): Expr {
  const members = value.members.map((member) => {
    const wanted = type.members.find(({ name }) => name === member.name);
    return {
      name: member.name,
      value: wanted ? coerce(member.value, wanted.type, scope) : settle(member.value, scope),
    };
  });
  const missing = type.members.filter(({ name }) => !members.some((member) => member.name === name));
  for (const { name, type: wanted } of missing) {
    if (!canBeAbsent(wanted) || !wanted.nullable) continue;
    members.push({ name, value: { kind: "nothing", type: wanted, at: value.at } });
  }
  if (members.length !== type.members.length) {
    scope.module.reporter.report("typesDiffer", value.at, {
      message: `${describeType(value.type)} where ${describeType(type)} is expected`,
    });
    return poison(value.at);
  }
  if (members.some((member) => member.value.kind === "poison")) return poison(value.at);
  return { ...value, members, type: recordType(members) };
}

function coerceBranches(value: Extract<Expr, { readonly kind: "conditional" }>, type: AstType, scope: Scope): Expr {
  const whenTrue = coerce(value.whenTrue, type, scope);
  const whenFalse = coerce(value.whenFalse, type, scope);
  return { ...value, whenTrue, whenFalse, type };
}

/** The type of a record with these members. */
export function recordType(members: readonly { readonly name: string; readonly value: Expr }[]): AstType {
  return { kind: "record", members: members.map(({ name, value }) => ({ name, type: value.type })) };
}

function coerceBigint(value: Expr, type: BigintType, scope: Scope, bend: Bend): Expr {
  if (type === flexibleBigint || value.type === type) return value;
  if (value.type !== flexibleBigint) {
    if (value.type.kind === "bigint" && value.type.signed === type.signed) {
      return value.kind === "conditional" || type.nullable ? value : present(value);
    }
    scope.module.reporter.report("mixedSigns", value.at, {
      message: `${describeType(value.type)} where ${describeType(type)} is expected`,
      help: `cast it: ${type.signed ? "i64" : "u64"}(…)`,
    });
    return poison(value.at);
  }
  switch (value.kind) {
    case "integer":
      if (bend === "wrap" || fits(value.value, type.signed)) {
        return { ...value, value: wrap(value.value, type.signed), type: presentType(type) };
      }
      return outside(value, value.value, type, scope);
    // A number fits i64 always; lowering proves that it fits u64, unless only its low bits matter.
    case "toBigint":
      return { ...value, type: bend === "wrap" ? signedBigint : presentType(type) };
    case "table": {
      const wide = value.values.find((item) => !fits(item, type.signed));
      return wide === undefined ? { ...value, type } : outside(value, wide, type, scope);
    }
    case "conditional":
      return coerceBranches(value, type, scope);
    case "logical": {
      const [left, right] = [coerceBigint(value.left, type, scope, bend), coerceBigint(value.right, type, scope, bend)];
      return { ...value, left, right, type };
    }
    case "sequence": {
      const last = value.items.at(-1);
      return last
        ? { ...value, items: [...value.items.slice(0, -1), coerceBigint(last, type, scope, bend)], type }
        : value;
    }
    default:
      throw new Error(`frontend: a ${value.kind} has no sign`);
  }
}

function outside(at: Expr, value: bigint, type: BigintType, scope: Scope): Expr {
  const help = type.signed ? {} : { help: "annotate or cast the value as i64, or write the wrapped constant" };
  scope.module.reporter.report("bigintRange", at.at, {
    message: `${value}n does not fit ${describeType(type)}`,
    ...help,
  });
  return poison(at.at);
}

/** A bigint of which only the low bits matter. */
export function lowBits(value: Expr, scope: Scope): Expr {
  return value.kind === "toBigint" ? coerce(value, signedBigint, scope) : settle(value, scope);
}

/** The expression with a definite type: what no sign reached is unsigned. */
export function settle(value: Expr, scope: Scope): Expr {
  if (value.type === flexibleBigint) return coerce(value, unsignedBigint, scope);
  if (value.kind === "record") return coerceRecord(value, settledType(value.type, value), scope);
  if (value.kind === "tuple") {
    const items = value.items.map((item) => settle(item, scope));
    if (items.some((item) => item.kind === "poison")) return poison(value.at);
    return { ...value, items, type: { kind: "tuple", items: items.map((item) => item.type) } };
  }
  if (value.kind === "conditional") return coerceBranches(value, settledDeep(value.type), scope);
  return value;
}

type RecordAstType = Extract<AstType, { readonly kind: "record" }>;

function settledType(type: AstType, value: Extract<Expr, { readonly kind: "record" }>): RecordAstType {
  const deep = settledDeep(type);
  if (deep.kind !== "record") throw new Error(`frontend: a record of type ${value.type.kind}`);
  return deep;
}

/** The type with every constant's sign settled. */
export function settledDeep(type: AstType): AstType {
  if (type === flexibleBigint) return unsignedBigint;
  if (type.kind === "record") {
    return { ...type, members: type.members.map((member) => ({ ...member, type: settledDeep(member.type) })) };
  }
  if (type.kind === "tuple") return { ...type, items: type.items.map(settledDeep) };
  return type;
}
