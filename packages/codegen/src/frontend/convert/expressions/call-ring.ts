// Operations of ring buffers, and of the records that were reserved in them.
import { ts } from "ts-morph";
import type { Expr } from "../../../ast/nodes.ts";
import { nothingType, numberType, unsignedBigint } from "../../../ast/types.ts";
import type { MapConstant } from "../../values.ts";
import { coerce } from "../coerce.ts";
import { convertExpression, poison, refuse, type Scope, spanOf } from "../context.ts";
import { convertInitializer } from "../initializer.ts";

function numberOf(node: ts.Expression | undefined, scope: Scope): Expr | undefined {
  return node && coerce(convertExpression(node, scope), numberType, scope);
}

/** A call of a ring buffer's method. */
export function convertRingCall(node: ts.CallExpression, map: MapConstant, name: ts.MemberName, scope: Scope): Expr {
  const at = spanOf(node, scope);
  const [first, second] = node.arguments;
  scope.module.maps.set(map.declaration, map);
  if (name.text === "reserve") return refuse("reservedRecord", node, scope);
  if (!first) return refuse("notCallable", node, scope);
  if (name.text === "query") {
    const what = numberOf(first, scope);
    if (!what || what.kind === "poison") return poison(at);
    return { kind: "query", map: map.spec.name, what, type: unsignedBigint, at };
  }
  const value = convertInitializer(first, map.spec.value, scope);
  const flags = numberOf(second, scope);
  if (!value || flags?.kind === "poison") return poison(at);
  return { kind: "output", map: map.spec.name, value, ...(flags && { flags }), type: numberType, at };
}

const releases: ReadonlySet<string> = new Set(["submit", "discard"]);

/** True for the name of a method that gives a record back. */
export function isRelease(name: string): boolean {
  return releases.has(name);
}

/** `record.submit(flags)` and `record.discard(flags)`, on the name that `using` declared in this function. */
export function convertRelease(node: ts.CallExpression, callee: ts.PropertyAccessExpression, scope: Scope): Expr {
  const at = spanOf(node, scope);
  const owner = callee.expression;
  const resolution = ts.isIdentifier(owner) ? scope.module.symbols.resolve(owner) : undefined;
  const binding = resolution?.kind === "declaration" ? scope.bindings.get(resolution.symbol) : undefined;
  if (binding?.kind === "poison") return poison(at);
  if (binding?.kind !== "variable" || !binding.reserved) return refuse("recordRelease", node, scope);
  const flags = numberOf(node.arguments[0], scope);
  if (flags?.kind === "poison") return poison(at);
  const submit = callee.name.text === "submit";
  return { kind: "release", record: binding.variable, submit, ...(flags && { flags }), type: nothingType, at };
}
