// Whether an expression that gives a record makes it, so that no other name knows it and copying it is the same as
// sharing it.
import type { Expr, Statement, TypedModule } from "../ast/nodes.ts";

/** Every `return` in statements, in order. */
export function returnsOf(statements: readonly Statement[]): readonly (Statement & { readonly kind: "return" })[] {
  return statements.flatMap((one) => {
    switch (one.kind) {
      case "return":
        return [one];
      case "if":
        return [...returnsOf(one.whenTrue), ...returnsOf(one.whenFalse)];
      case "loop":
      case "block":
      case "using":
      case "lock":
        return returnsOf(one.body);
      case "switch":
        return one.cases.flatMap((clause) => returnsOf(clause.body));
      default:
        return [];
    }
  });
}

/** True when the record that the expression gives has no other name. */
export function isFresh(module: TypedModule, expr: Expr, depth = 0): boolean {
  switch (expr.kind) {
    case "record":
      return expr.members.every(({ value }) => isScalar(value) || isFresh(module, value, depth));
    case "tuple":
      return expr.items.every((item) => isScalar(item) || isFresh(module, item, depth));
    case "conditional":
      return isFresh(module, expr.whenTrue, depth) && isFresh(module, expr.whenFalse, depth);
    case "sequence": {
      const last = expr.items.at(-1);
      return last !== undefined && isFresh(module, last, depth);
    }
    // What a function returns has no other name: the front end lets it return only objects that it made itself.
    case "call":
    case "nothing":
      return true;
    default:
      return isScalar(expr);
  }
}

function isScalar(expr: Expr): boolean {
  return expr.type.kind !== "record" && expr.type.kind !== "tuple";
}
