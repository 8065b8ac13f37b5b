// Calls, by what is called: schemas, the DSL's operations, the library, maps, the context, and functions of the author.
import { ts } from "ts-morph";
import type { Expr } from "../../../ast/nodes.ts";
import { nothingType } from "../../../ast/types.ts";
import type { Constant } from "../../values.ts";
import { convertExpression, evaluate, poison, refuse, type Scope, spanOf } from "../context.ts";
import { callFunction } from "../function.ts";
import { innerMapOf } from "../inner-map.ts";
import { describeType } from "../types.ts";
import { convertBufferCall } from "./buffer-call.ts";
import { convertContextCall } from "./call-context.ts";
import { convertSchemaCall } from "./call-dsl.ts";
import { convertGlobalCall, convertGlobalMethod } from "./call-library.ts";
import { convertMapCall } from "./call-map.ts";
import { convertRelease, isRelease } from "./call-ring.ts";
import { dslFunctions } from "./dsl-functions.ts";
import { bindingOf } from "./name.ts";
import { convertTableMethod } from "./table-method.ts";

/** `callee(…)`. */
export function convertCall(node: ts.CallExpression, scope: Scope): Expr {
  const callee = evaluate(node.expression, scope);
  if (node.questionDotToken && callee?.kind === "nothing")
    return { kind: "nothing", type: nothingType, at: spanOf(node, scope) };
  if (ts.isOptionalChain(node) && callee?.kind !== "function") return refuse("optionalChain", node, scope);
  const spread = node.arguments.find(ts.isSpreadElement);
  if (spread && callee?.kind !== "function" && !isMath(node.expression, scope))
    return refuse("spreadArgument", spread, scope);
  if (callee) return convertKnownCall(node, callee, scope);
  if (!ts.isPropertyAccessExpression(node.expression)) {
    return isPoisoned(node.expression, scope)
      ? poison(spanOf(node, scope))
      : refuse("notCallable", node.expression, scope);
  }
  return convertMethod(node, node.expression, scope);
}

/** True for a function of Math, which takes any number of arguments or knows what to do with too many. */
function isMath(callee: ts.Expression, scope: Scope): boolean {
  if (!ts.isPropertyAccessExpression(callee)) return false;
  const owner = evaluate(callee.expression, scope);
  return owner?.kind === "global" && owner.name === "Math";
}

/** True for a name whose value was refused where it was declared. */
function isPoisoned(callee: ts.Expression, scope: Scope): boolean {
  const resolution = ts.isIdentifier(callee) ? scope.module.symbols.resolve(callee) : undefined;
  return resolution?.kind === "declaration" && bindingOf(resolution.symbol, callee, scope)?.kind === "poison";
}

function convertKnownCall(node: ts.CallExpression, callee: Constant, scope: Scope): Expr {
  switch (callee.kind) {
    case "function":
      return callFunction(callee, node, scope);
    case "schema":
      return convertSchemaCall(node, callee.layout, scope);
    case "global":
      return convertGlobalCall(node, callee.name, scope);
    case "dsl":
      if (callee.entry.intrinsic?.kind === "function") return dslFunctions[callee.entry.intrinsic.name](node, scope);
      return refuse("dslPlace", node.expression, scope);
    case "poison":
      return poison(spanOf(node, scope));
    default:
      return refuse("notCallable", node.expression, scope);
  }
}

function convertMethod(node: ts.CallExpression, callee: ts.PropertyAccessExpression, scope: Scope): Expr {
  const owner = evaluate(callee.expression, scope);
  if (owner?.kind === "map") return convertMapCall(node, owner, callee.name, scope);
  if (owner?.kind === "global") return convertGlobalMethod(node, owner.name, callee.name.text, scope);
  if (owner?.kind === "poison") return poison(spanOf(node, scope));
  const unrolled = owner?.kind === "array" && convertTableMethod(node, owner, callee.name.text, scope);
  if (unrolled) return unrolled;
  if (owner) return refuse("notCallable", callee, scope);
  const object = convertExpression(callee.expression, scope);
  if (object.kind === "poison") return object;
  if (object.type.kind === "context") return convertContextCall(node, object, object.type, callee.name, scope);
  const inner = innerMapOf(object, scope);
  if (inner) return convertMapCall(node, inner.map, callee.name, scope, inner.handle);
  if (object.type.kind === "ref" && isRelease(callee.name.text)) return convertRelease(node, callee, scope);
  if (object.type.kind === "ref" && object.type.layout.kind === "array")
    return convertBufferCall(node, object, callee.name, scope);
  return refuse("notCallable", callee, scope, {
    message: `${describeType(object.type)} has no operation ${callee.name.text}`,
  });
}
