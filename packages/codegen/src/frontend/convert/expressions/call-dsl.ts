// Schemas called, as casts or as constructors.
import { type Layout, type ScalarLayout, scalarLayouts } from "@typebpf/abi";
import type { ts } from "ts-morph";
import type { Expr } from "../../../ast/nodes.ts";
import { coerce, lowBits, present } from "../coerce.ts";
import { convertExpression, evaluate, poison, refuse, type Scope, spanOf } from "../context.ts";
import { convertInitializer } from "../initializer.ts";
import { describeType, typeOfLayout } from "../types.ts";

/** `u32(x)`, `Flow({ … })`, `Words()`. */
export function convertSchemaCall(node: ts.CallExpression, layout: Layout, scope: Scope): Expr {
  switch (layout.kind) {
    case "scalar":
      return convertCast(node, layout, scope);
    case "struct":
    case "array":
      return convertConstruct(node, layout, scope);
    case "bits":
      return refuse("notCallable", node, scope);
    default:
      return layout satisfies never;
  }
}

/** The same integer in host order: byte order is about memory only. */
function hostOrder(layout: ScalarLayout): ScalarLayout {
  const all: readonly ScalarLayout[] = Object.values(scalarLayouts);
  const found = all.find((one) => one.size === layout.size && one.signed === layout.signed && !one.bigEndian);
  return found ?? layout;
}

function convertCast(node: ts.CallExpression, layout: ScalarLayout, scope: Scope): Expr {
  const [argument] = node.arguments;
  if (!argument) return refuse("notCallable", node, scope);
  const to = hostOrder(layout);
  const type = typeOfLayout(to);
  const operand = convertExpression(argument, scope);
  const at = spanOf(node, scope);
  // A constant keeps its low bits, whatever its sign.
  const value =
    type.kind === "bigint" && operand.type.kind === "bigint" && operand.kind === "integer"
      ? coerce(operand, type, scope, "wrap")
      : present(lowBits(operand, scope));
  if (value.kind === "poison") return value;
  if (value.type.kind !== "number" && value.type.kind !== "bigint") {
    return refuse("operands", node, scope, { message: `${layout.name}(${describeType(value.type)})` });
  }
  return { kind: "cast", to, value, type, at };
}

function convertConstruct(node: ts.CallExpression, layout: Layout, scope: Scope): Expr {
  const at = spanOf(node, scope);
  const type = { kind: "ref", layout, nullable: false } as const;
  const [argument] = node.arguments;
  if (!argument || evaluate(argument, scope)?.kind === "nothing") return { kind: "construct", layout, type, at };
  const init = convertInitializer(argument, layout, scope);
  return init ? { kind: "construct", layout, init, type, at } : poison(at);
}
