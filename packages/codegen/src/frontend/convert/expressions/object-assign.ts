// `Object.assign`: into a struct it copies bytes, into an object in registers members, and into a literal it makes a new
// object (ECMA-262 section 20.1.2.1).
import { ts } from "ts-morph";
import type { Expr, LocalExpr, StructPart } from "../../../ast/nodes.ts";
import type { RecordType } from "../../../ast/types.ts";
import { coerce } from "../coerce.ts";
import { convertExpression, evaluate, newVariable, poison, refuse, type Scope, spanOf } from "../context.ts";
import { bareExpression, convertSpread } from "../initializer.ts";
import { describeType, isAggregate } from "../types.ts";
import { convertMerged } from "./object.ts";

/** `Object.assign(target, source, …)`. */
export function convertAssignAll(node: ts.CallExpression, scope: Scope): Expr {
  const [targetNode, ...sources] = node.arguments;
  if (!targetNode) return refuse("notCallable", node, scope);
  if (ts.isObjectLiteralExpression(bareExpression(targetNode))) return convertMerged(node.arguments, node, scope);
  if (evaluate(targetNode, scope)) return refuse("constantModified", targetNode, scope);
  const target = convertExpression(targetNode, scope);
  if (target.kind === "poison") return target;
  if (target.kind === "local" && target.type.kind === "record" && !target.type.nullable)
    return assignMembers(target, target.type, sources, node, scope);
  if (target.type.kind !== "ref" || target.type.layout.kind !== "struct") {
    return refuse("layoutMismatch", targetNode, scope, {
      message: `Object.assign copies into structs, not into ${describeType(target.type)}`,
      help: "assign the members one by one",
    });
  }
  const { layout } = target.type;
  const parts: StructPart[] = [];
  let failed = false;
  for (const source of sources) {
    const found = convertSpread(source, layout, scope);
    if (found) parts.push(...found);
    else failed = true;
  }
  const at = spanOf(node, scope);
  return failed ? poison(at) : { kind: "assignAll", target, parts, type: target.type, at };
}

/** `Object.assign(state, { … })` for an object in registers: all values are read before the first member is written. */
function assignMembers(
  target: LocalExpr,
  type: RecordType,
  sources: readonly ts.Expression[],
  node: ts.CallExpression,
  scope: Scope,
): Expr {
  const at = spanOf(node, scope);
  const merged = convertMerged(sources, node, scope);
  if (merged.kind !== "record") return merged;
  const reads: Expr[] = [];
  const writes: Expr[] = [];
  for (const { name, value } of merged.members) {
    const member = type.members.find((one) => one.name === name);
    if (!member || isAggregate(member.type))
      return refuse("layoutMismatch", node, scope, {
        message: member ? `${name} is an object of its own` : `the object has no member ${name}`,
        help: "assign the members one by one",
      });
    const coerced = coerce(value, member.type, scope);
    if (coerced.kind === "poison") return coerced;
    const place = { kind: "member", object: target, name, type: member.type, at } as const;
    const variable = newVariable("temporary", member.type, true, at, scope);
    scope.pending.push({ kind: "let", variable, at });
    const again = { kind: "local", variable, type: member.type, at } as const;
    reads.push({ kind: "assign", target: again, value: coerced, type: member.type, at });
    writes.push({ kind: "assign", target: place, value: again, type: member.type, at });
  }
  return { kind: "sequence", items: [...reads, ...writes, target], type, at };
}
