// Methods of typed arrays and of DataView. A DataView's offset is proved in range like an index; what it stores wraps, as in
// JavaScript. Lengths are part of types here, so those of parts must be constants.
import { type ArrayLayout, arrayLayout, type Layout, type ScalarLayout } from "@typebpf/abi";
import type { ts } from "ts-morph";
import type { Expr, Initializer } from "../../../ast/nodes.ts";
import { nothingType, numberType, type RefType } from "../../../ast/types.ts";
import { bigEndian, dataViewMethod } from "../../typed-arrays.ts";
import type { Constant } from "../../values.ts";
import { coerce } from "../coerce.ts";
import { constantBytes } from "../constant-bytes.ts";
import { convertExpression, evaluate, poison, refuse, reusable, type Scope, spanOf } from "../context.ts";
import { describeLayout, describeType, sameLayout, typeOfLayout } from "../types.ts";
import { constantInteger, integer, integerAt, partOf, refuseSize } from "./buffer.ts";

/** Most items that a value of run time fills. */
const mostFilled = 64;

/** `bytes.fill(0)`, `bytes.set(others, 4)`, `view.getUint16(2)`. */
export function convertBufferCall(node: ts.CallExpression, object: Expr, name: ts.MemberName, scope: Scope): Expr {
  const { type } = object;
  if (type.kind !== "ref" || type.layout.kind !== "array") throw new Error("frontend: no array");
  if (type.as === "dataView") return convertDataViewCall(node, object, name, scope);
  const { layout } = type;
  switch (name.text) {
    case "fill":
      return convertFill(node, object, { ...type, layout }, scope);
    case "set":
      return convertSet(node, object, layout, scope);
    case "subarray":
      return convertSubarray(node, object, layout, scope);
    default:
      return refuse("notCallable", node.expression, scope, {
        message: `${describeType(type)} has no operation ${name.text}`,
      });
  }
}

function convertDataViewCall(node: ts.CallExpression, object: Expr, name: ts.MemberName, scope: Scope): Expr {
  const method = dataViewMethod(name.text);
  if (!method || object.type.kind !== "ref") return refuse("notCallable", name, scope);
  const { action, native } = method;
  const [offsetNode, ...more] = node.arguments;
  const [valueNode, orderNode] = action === "set" ? more : [undefined, more[0]];
  if (!offsetNode || (action === "set" && !valueNode)) return refuse("notCallable", node, scope);
  const order = orderNode && evaluate(orderNode, scope);
  if (orderNode && order?.kind !== "boolean" && order?.kind !== "nothing")
    return refuse("notConstant", orderNode, scope, { message: "the byte order must be constant" });
  const layout = order?.kind === "boolean" && order.value ? native : bigEndian(native);
  const offset = coerce(convertExpression(offsetNode, scope), numberType, scope);
  const at = spanOf(node, scope);
  if (offset.kind === "poison") return offset;
  if (layout.size > object.type.layout.size) return refuseSize(layout, object, node, scope);
  const target = integerAt(object, offset, layout, at);
  if (!valueNode) return target;
  const value = coerce(convertExpression(valueNode, scope), typeOfLayout(native), scope, "wrap");
  if (value.kind === "poison") return value;
  const stored: Expr = native.size === 8 ? value : { kind: "cast", to: native, value, type: numberType, at };
  return { kind: "sequence", items: [assigned(target, stored), nothing(at)], type: nothingType, at };
}

function nothing(at: Expr["at"]): Expr {
  return { kind: "nothing", type: nothingType, at };
}

function assigned(target: Extract<Expr, { readonly kind: "element" }>, value: Expr): Expr {
  return { kind: "assign", target, value, type: target.type, at: target.at };
}

/** A literal that fills memory of a layout. */
function made(layout: Layout, init: Initializer, at: Expr["at"]): Expr {
  return { kind: "construct", layout, init, type: { kind: "ref", layout, nullable: false }, at };
}

/** An index as JavaScript takes it: negative from the end, never outside. */
function clamped(index: number, length: number): number {
  return index < 0 ? Math.max(0, length + index) : Math.min(index, length);
}

/** The part that two optional constant arguments mean; undefined where they are no constants. */
function partArguments(
  nodes: readonly (ts.Expression | undefined)[],
  length: number,
  scope: Scope,
): { readonly begin: number; readonly count: number } | undefined {
  const begin = constantInteger(nodes[0], 0, scope);
  const end = constantInteger(nodes[1], length, scope);
  if (begin === undefined || end === undefined) return undefined;
  const first = clamped(begin, length);
  return { begin: first, count: Math.max(0, clamped(end, length) - first) };
}

/** `bytes.fill(value, start, end)`: gives the array itself. */
function convertFill(
  node: ts.CallExpression,
  object: Expr,
  type: RefType & { readonly layout: ArrayLayout },
  scope: Scope,
): Expr {
  const at = spanOf(node, scope);
  const [valueNode, ...range] = node.arguments;
  const { item, length } = type.layout;
  if (!valueNode || item.kind !== "scalar") return refuse("notCallable", node, scope);
  const part = partArguments(range, length, scope);
  if (!part) return refuse("notConstant", node, scope, { message: "the range that fill() fills must be constant" });
  if (part.count === 0) return object;
  const layout = arrayLayout(item, part.count);
  const init = fillInitializer(valueNode, item, part.count, scope);
  if (!init) return poison(at);
  if (object.kind === "construct" && !object.init && part.count === length) return { ...object, init };
  const { first, again } = reusable(object, scope);
  const target = partOf(first, integer(part.begin, at), layout, item.size, at);
  return { kind: "sequence", items: [assigned(target, made(layout, init, at)), again], type, at };
}

function fillInitializer(
  node: ts.Expression,
  item: ScalarLayout,
  count: number,
  scope: Scope,
): Initializer | undefined {
  const at = spanOf(node, scope);
  const constant = evaluate(node, scope);
  const bytes = constant && constantBytes(constant, item, true);
  if (bytes) return { kind: "bytes", bytes: Array.from({ length: count }, () => bytes).flat(), at };
  if (count > mostFilled) {
    refuse("notConstant", node, scope, {
      message: `a value of run time fills at most ${mostFilled} items`,
      help: "fill the items in a loop",
    });
    return undefined;
  }
  const value = coerce(convertExpression(node, scope), typeOfLayout(item), scope, "wrap");
  if (value.kind === "poison") return undefined;
  const cast: Expr = item.size === 8 ? value : { kind: "cast", to: item, value, type: numberType, at };
  const { first, again } = reusable(cast, scope);
  const items = Array.from({ length: count }, (_, index): Initializer => {
    return { kind: "value", value: index === 0 ? first : again };
  });
  return { kind: "array", items, at };
}

/** `bytes.set(source, offset)`. */
function convertSet(node: ts.CallExpression, object: Expr, layout: ArrayLayout, scope: Scope): Expr {
  const [sourceNode, offsetNode] = node.arguments;
  if (!sourceNode) return refuse("notCallable", node, scope);
  return convertCopy(node, { object, layout, sourceNode, offsetNode }, scope);
}

/** What is copied into an array, and where. */
export interface CopyArguments {
  readonly object: Expr;
  readonly layout: ArrayLayout;
  readonly sourceNode: ts.Expression;
  readonly offsetNode: ts.Expression | undefined;
}

/** Copies items into an array from an index on. */
export function convertCopy(node: ts.CallExpression, given: CopyArguments, scope: Scope): Expr {
  const { object, layout, sourceNode, offsetNode } = given;
  const at = spanOf(node, scope);
  const source = sourceOf(sourceNode, layout, scope);
  if (source.kind === "poison" || source.type.kind !== "ref") return poison(at);
  const offset = offsetNode ? coerce(convertExpression(offsetNode, scope), numberType, scope) : integer(0, at);
  if (offset.kind === "poison") return offset;
  const whole = source.type.layout;
  if (whole.size > layout.size) return refuseSize(whole, object, sourceNode, scope);
  const target = partOf(object, offset, whole, layout.item.size, at);
  return { kind: "sequence", items: [assigned(target, source), nothing(at)], type: nothingType, at };
}

/** What is copied: an array in memory, or constants. */
function sourceOf(node: ts.Expression, { item }: ArrayLayout, scope: Scope): Expr {
  const at = spanOf(node, scope);
  const constant = evaluate(node, scope);
  if (constant?.kind === "poison") return poison(at);
  const bytes = constant && constantItems(constant, item);
  if (bytes) return made(arrayLayout(item, bytes.length / item.size), { kind: "bytes", bytes, at }, at);
  const source = constant
    ? refuse("operands", node, scope, { message: `constants that do not fit ${describeLayout(item)}` })
    : convertExpression(node, scope);
  if (source.kind === "poison") return source;
  const { type } = source;
  if (type.kind === "ref" && type.layout.kind === "array" && sameLayout(type.layout.item, item)) return source;
  return refuse("operands", node, scope, {
    message: `${describeType(type)} is copied into items of ${describeLayout(item)}`,
  });
}

function constantItems(constant: Constant, item: Layout): readonly number[] | undefined {
  const bytes = constantBytes(constant, item.kind === "scalar" ? arrayLayout(item, Number.MAX_SAFE_INTEGER) : item);
  return bytes && bytes.length > 0 ? bytes : undefined;
}

/** `bytes.subarray(begin, end)`: the same memory. */
function convertSubarray(node: ts.CallExpression, object: Expr, layout: ArrayLayout, scope: Scope): Expr {
  const [begin, end] = node.arguments;
  const part = partArguments([begin, end], layout.length, scope);
  if (!part) {
    return refuse("notConstant", node, scope, {
      message: "begin and end of a subarray must be constant",
      help: "view(bytes, offset, schema) looks at a part at an offset of run time",
    });
  }
  if (part.count === 0) return refuse("operands", node, scope, { message: "a part without items" });
  const at = spanOf(node, scope);
  return partOf(object, integer(part.begin, at), arrayLayout(layout.item, part.count), layout.item.size, at);
}
