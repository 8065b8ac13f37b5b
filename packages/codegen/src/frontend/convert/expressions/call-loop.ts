// `loop(count, body)`, `map.forEach(body)` and `map.drain(body)`. The body is a function literal, converted as a part of the function around it: it reads and writes the
// variables there, which no other function may.
import { ts } from "ts-morph";
import type { AstFunction, Expr } from "../../../ast/nodes.ts";
import { type AstType, booleanType, nothingType, numberType } from "../../../ast/types.ts";
import type { FunctionNode, MapConstant } from "../../values.ts";
import { coerce } from "../coerce.ts";
import { convertExpression, poison, refuse, type Scope, spanOf } from "../context.ts";
import { convertCallbackBody } from "../function.ts";
import { describeType, typeOfLayout } from "../types.ts";

/** The function literal that stands as an argument. */
function literal(node: ts.Expression | undefined): FunctionNode | undefined {
  if (!node) return undefined;
  if (ts.isParenthesizedExpression(node)) return literal(node.expression);
  return ts.isArrowFunction(node) || ts.isFunctionExpression(node) ? node : undefined;
}

/** Converts a call of `loop`. */
export function convertLoopCall(node: ts.CallExpression, scope: Scope): Expr {
  const [countNode, bodyNode] = node.arguments;
  const declaration = literal(bodyNode);
  if (!countNode || !declaration) {
    return refuse("functionValue", bodyNode ?? node, scope, { message: "loop() takes a function literal" });
  }
  const at = spanOf(node, scope);
  const count = coerce(convertExpression(countNode, scope), numberType, scope);
  const body = convertBodyOf(declaration, [numberType], scope);
  if (count.kind === "poison" || !body) return poison(at);
  return { kind: "loopCall", count, body, type: numberType, at };
}

/** Converts a call of a map's `forEach`. */
export function convertForEach(node: ts.CallExpression, map: MapConstant, scope: Scope): Expr {
  const { key, value } = map.spec;
  return convertVisit(node, map, [typeOfLayout(key), { kind: "ref", layout: value, nullable: false }], scope);
}

/** Converts a call of a user ring buffer's `drain`: a visit of its records. */
export function convertDrain(node: ts.CallExpression, map: MapConstant, scope: Scope): Expr {
  return convertVisit(node, map, [{ kind: "ref", layout: map.spec.value, nullable: false }], scope);
}

function convertVisit(node: ts.CallExpression, map: MapConstant, given: readonly AstType[], scope: Scope): Expr {
  const [bodyNode] = node.arguments;
  const declaration = literal(bodyNode);
  if (!declaration) {
    const message = `${given.length === 1 ? "drain" : "forEach"}() takes a function literal`;
    return refuse("functionValue", bodyNode ?? node, scope, { message });
  }
  const at = spanOf(node, scope);
  scope.module.maps.set(map.declaration, map);
  const body = convertBodyOf(declaration, given, scope);
  return body ? { kind: "forEach", map: map.spec.name, body, type: numberType, at } : poison(at);
}

/** The literal as a part of the function around it; undefined after a finding. */
function convertBodyOf(declaration: FunctionNode, types: readonly AstType[], scope: Scope): AstFunction | undefined {
  const { parameters, body, returns, inner } = convertCallbackBody(declaration, types, scope);
  for (const one of returns) {
    if (one.value?.kind === "poison") return undefined;
    if (!one.value || one.value.type.kind === "boolean") continue;
    if (one.value.type.kind !== "nothing") {
      refuse("typesDiffer", one.at, inner, {
        message: `the body of a loop returns ${describeType(one.value.type)}; only false ends the loop`,
      });
      return undefined;
    }
    delete one.value;
  }
  const isStopping = returns.some((one) => one.value);
  return {
    name: "body",
    parameters,
    result: isStopping ? booleanType : nothingType,
    body,
    at: spanOf(declaration, scope),
  };
}
