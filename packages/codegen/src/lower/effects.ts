// Whether evaluating an expression may change memory or registers that another expression reads. Conservative: what is
// not known to be harmless is taken to change something.
import type { Expr, Initializer, StructPart } from "../ast/nodes.ts";

function childrenOf(expr: Expr): readonly Expr[] | undefined {
  switch (expr.kind) {
    case "integer":
    case "boolean":
    case "nothing":
    case "local":
    case "global":
    case "packetLength":
    case "contextField":
    case "contextText":
      return [];
    case "field":
    case "member":
      return [expr.object];
    case "bytesEqual":
      return "kind" in expr.bytes ? [expr.object, expr.bytes] : [expr.object];
    case "element":
      return [expr.object, expr.index];
    case "binary":
    case "integerDivision":
    case "compare":
    case "logical":
      return [expr.left, expr.right];
    case "unary":
    case "not":
      return [expr.operand];
    case "cast":
    case "toBigint":
    case "toNumber":
    case "wrap":
      return [expr.value];
    case "conditional":
      return [expr.condition, expr.whenTrue, expr.whenFalse];
    case "math":
      return expr.args;
    case "table":
      return expr.indices.map(({ index }) => index);
    case "tuple":
    case "sequence":
      return expr.items;
    case "record":
      return expr.members.map((member) => member.value);
    case "packetAt":
      return [expr.offset];
    default:
      return undefined;
  }
}

/** True when the expression, initialiser or part may change what others read. */
export function changesMemory(node: Expr | Initializer | StructPart): boolean {
  switch (node.kind) {
    case "value":
      return changesMemory(node.value);
    case "struct":
      return node.parts.some(changesMemory);
    case "array":
      return node.items.some(changesMemory);
    case "spread":
      return changesMemory(node.source);
    case "bytes":
      return false;
    case "construct":
      return node.init ? changesMemory(node.init) : false;
  }
  // A part of a struct and a member access are both of kind "field"; only the part has an initialiser.
  if (node.kind === "field" && !("object" in node)) return changesMemory(node.value);
  const children = childrenOf(node);
  return !children || children.some(changesMemory);
}
