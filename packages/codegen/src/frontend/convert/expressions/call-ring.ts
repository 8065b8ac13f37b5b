// Operations of records that were reserved in a ring buffer.
import { ts } from "ts-morph";
import type { Expr } from "../../../ast/nodes.ts";
import { nothingType, numberType } from "../../../ast/types.ts";
import { coerce } from "../coerce.ts";
import { convertExpression, poison, refuse, type Scope, spanOf } from "../context.ts";

function numberOf(node: ts.Expression | undefined, scope: Scope): Expr | undefined {
  return node && coerce(convertExpression(node, scope), numberType, scope);
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
