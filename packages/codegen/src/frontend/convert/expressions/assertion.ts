// `x as T`. An assertion says something to TypeScript and changes nothing, so it stands where what it says of a register is
// so; where it would change what a value is, or say that one is there, it is refused.
import type { ts } from "ts-morph";
import type { Expr } from "../../../ast/nodes.ts";
import { coerce } from "../coerce.ts";
import { convertExpression, refuse, type Scope } from "../context.ts";
import { typeHint } from "../hints.ts";
import { canBeAbsent, describeType, joinTypes } from "../types.ts";

/** `x as T`. */
export function convertAssertion(node: ts.AsExpression, scope: Scope): Expr {
  const value = convertExpression(node.expression, scope);
  const hint = typeHint(node.type, scope);
  if (value.kind === "poison" || !hint || hint.kind === "context") return value;
  const joined = joinTypes(value.type, hint);
  const message = `${describeType(value.type)} as ${describeType(hint)}`;
  if (!joined) return refuse("assertion", node.type, scope, { message });
  const mayBeAbsent = value.type.kind === "nothing" || (canBeAbsent(value.type) && value.type.nullable === true);
  const saysPresent = hint.kind !== "nothing" && !(canBeAbsent(hint) && hint.nullable === true);
  if (mayBeAbsent && saysPresent) return refuse("nonNull", node, scope, { message });
  return value.kind === "local" ? value : coerce(value, joined, scope);
}
