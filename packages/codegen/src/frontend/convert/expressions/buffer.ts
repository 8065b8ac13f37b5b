// Memory as JavaScript has it: `new Uint8Array(64)` and its like are zeroed arrays on the stack, `new DataView(a.buffer)` is
// the same bytes under another type. A part of an array seen as something else is an item at a distance of its own.
import { type ArrayLayout, arrayLayout, type Layout, type ScalarLayout, type Span, scalarLayouts } from "@typebpf/abi";
import type { ts } from "ts-morph";
import type { ElementExpr, Expr } from "../../../ast/nodes.ts";
import { numberType, type RefType } from "../../../ast/types.ts";
import { typedArrays } from "../../typed-arrays.ts";
import { convertExpression, evaluate, poison, refuse, type Scope, spanOf } from "../context.ts";
import { convertInitializer } from "../initializer.ts";
import { describeLayout, describeType, typeOfLayout } from "../types.ts";

/** Longest array that `new` makes; the stack holds far less. */
const mostItems = 1 << 16;

/** `new Uint8Array(64)`, `new Uint16Array([1, 2])`, `new DataView(bytes.buffer, 4)`. */
export function convertNew(node: ts.NewExpression, scope: Scope): Expr {
  const callee = evaluate(node.expression, scope);
  const name = callee?.kind === "global" ? callee.name : "";
  const item = Object.hasOwn(typedArrays, name) ? typedArrays[name] : undefined;
  if (item) return convertTypedArray(node, scalarLayouts[item], scope);
  return name === "DataView" ? convertDataView(node, scope) : refuse("new", node, scope);
}

function convertTypedArray(node: ts.NewExpression, item: ScalarLayout, scope: Scope): Expr {
  const at = spanOf(node, scope);
  const [argument, ...more] = node.arguments ?? [];
  if (!argument || more.length > 0) return refuse("notCallable", node, scope);
  const made = (length: number): RefType => {
    return { kind: "ref", layout: arrayLayout(item, length), nullable: false, as: "typedArray" };
  };
  const constant = evaluate(argument, scope);
  if (constant?.kind === "poison") return poison(at);
  if (constant?.kind === "number") {
    const length = constant.value;
    if (!Number.isInteger(length) || length < 1 || length > mostItems)
      return refuse("operands", argument, scope, { message: `a buffer has from 1 to ${mostItems} items` });
    const type = made(length);
    return { kind: "construct", layout: type.layout, type, at };
  }
  const length = lengthOf(argument, constant, scope);
  if (length === undefined) {
    return refuse("notConstant", argument, scope, { message: "the length of a buffer must be constant" });
  }
  const type = made(length);
  const init = convertInitializer(argument, type.layout, scope);
  return init ? { kind: "construct", layout: type.layout, init, type, at } : poison(at);
}

/** How many items a source has: a literal, a constant table, an array in memory. */
function lengthOf(node: ts.Expression, constant: ReturnType<typeof evaluate>, scope: Scope): number | undefined {
  if (constant) return constant.kind === "array" && constant.items.length > 0 ? constant.items.length : undefined;
  const literal = node as Partial<ts.ArrayLiteralExpression>;
  if (literal.elements) return literal.elements.length > 0 ? literal.elements.length : undefined;
  const source = convertExpression(node, scope);
  if (source.type.kind !== "ref" || source.type.layout.kind !== "array") return undefined;
  scope.substitutes.set(node, source);
  return source.type.layout.length;
}

/** `bytes.buffer`: of memory that `new` made, whole. */
export function bufferOf(object: Expr, node: ts.Node, scope: Scope): Expr {
  const { type } = object;
  if (type.kind === "ref" && type.as === "typedArray")
    return { ...object, type: { ...type, as: "arrayBuffer" }, at: spanOf(node, scope) } as Expr;
  return refuse("unknownProperty", node, scope, {
    message: "only a buffer as `new` makes it has a buffer to view",
    help: "view(bytes, offset, schema) looks at a part of any bytes",
  });
}

function convertDataView(node: ts.NewExpression, scope: Scope): Expr {
  const at = spanOf(node, scope);
  const [bufferNode, offsetNode, lengthNode] = node.arguments ?? [];
  if (!bufferNode) return refuse("notCallable", node, scope);
  const buffer = convertExpression(bufferNode, scope);
  if (buffer.kind === "poison") return buffer;
  if (buffer.type.kind !== "ref" || buffer.type.as !== "arrayBuffer") {
    return refuse("operands", bufferNode, scope, { message: `a DataView of ${describeType(buffer.type)}` });
  }
  const { size } = buffer.type.layout;
  const offset = constantInteger(offsetNode, 0, scope);
  const length = offset === undefined ? undefined : constantInteger(lengthNode, size - offset, scope);
  if (offset === undefined || length === undefined) {
    return refuse("notConstant", offsetNode ?? node, scope, {
      message: "offset and length of a DataView are constants",
    });
  }
  if (offset < 0 || length < 1 || offset + length > size) {
    return refuse("operands", node, scope, { message: `${length} bytes at ${offset} of ${size}` });
  }
  const bytes = arrayLayout(scalarLayouts.u8, length);
  const whole = offset === 0 && length === size && isByteArray(buffer.type.layout);
  const type: RefType = { kind: "ref", layout: bytes, nullable: false, as: "dataView" };
  return whole ? ({ ...buffer, type, at } as Expr) : { ...partOf(buffer, integer(offset, at), bytes, 1, at), type };
}

/** The integer that an optional argument is; `absent` without it, undefined where it is no constant. */
export function constantInteger(node: ts.Expression | undefined, absent: number, scope: Scope): number | undefined {
  if (!node) return absent;
  const constant = evaluate(node, scope);
  if (constant?.kind === "nothing") return absent;
  return constant?.kind === "number" && Number.isInteger(constant.value) ? constant.value : undefined;
}

/** True for bytes one after another. */
export function isByteArray(layout: Layout): layout is ArrayLayout {
  return layout.kind === "array" && layout.item.kind === "scalar" && layout.item.name === "u8";
}

/** A number of the program text. */
export function integer(value: number, at: Span): Expr {
  return { kind: "integer", value: BigInt(value), type: numberType, at };
}

/** What lies `stride` times `index` bytes behind the start of an array in memory, as a ref to `layout`. */
export function partOf(object: Expr, index: Expr, layout: Layout, stride: number, at: Span): ElementExpr {
  const size = object.type.kind === "ref" ? object.type.layout.size : 0;
  const length = Math.floor((size - layout.size) / stride) + 1;
  return { kind: "element", object, index, layout, length, stride, type: { kind: "ref", layout, nullable: false }, at };
}

/** The integer there, by value. */
export function integerAt(object: Expr, index: Expr, layout: ScalarLayout, at: Span): ElementExpr {
  return { ...partOf(object, index, layout, 1, at), type: typeOfLayout(layout) };
}

/** Reports what is too large for the bytes that it should be seen in. */
export function refuseSize(layout: Layout, object: Expr, node: ts.Node, scope: Scope): Expr {
  return refuse("operands", node, scope, {
    message: `${describeLayout(layout)} has ${layout.size} bytes, more than ${describeType(object.type)}`,
  });
}
