// trace`…`: texts and values. Constants become text; what is left must be an integer, since the kernel formats nothing
// else that a filter has. The text must be what the kernel's formatter takes: printable ASCII, tab and newline.
import { ts } from "ts-morph";
import type { Expr } from "../../../ast/nodes.ts";
import { nothingType } from "../../../ast/types.ts";
import { isScalar } from "../../values.ts";
import { settle } from "../coerce.ts";
import { convertExpression, evaluate, poison, refuse, type Scope, spanOf } from "../context.ts";
import { describeType } from "../types.ts";

/** Most values of one line (MAX_BPRINTF_VARARGS of include/linux/bpf.h). */
const maxValues = 12;
/** Most characters of the texts; the kernel's line has 1024 bytes (MAX_BPRINTF_BUF). */
const maxText = 512;

/** A tagged template: `trace` is the only tag. */
export function convertTrace(node: ts.TaggedTemplateExpression, scope: Scope): Expr {
  const tag = evaluate(node.tag, scope);
  if (tag?.kind === "poison") return poison(spanOf(node, scope));
  if (tag?.kind !== "dsl" || tag.entry.intrinsic?.kind !== "trace") return refuse("template", node, scope);
  const { template } = node;
  const spans = ts.isTemplateExpression(template) ? template.templateSpans : [];
  const texts = [ts.isTemplateExpression(template) ? template.head.text : template.text];
  const values: Expr[] = [];
  for (const { expression, literal } of spans) {
    const part = partOf(expression, scope);
    if (typeof part === "string") texts.push(`${texts.pop() ?? ""}${part}${literal.text}`);
    else {
      values.push(part);
      texts.push(literal.text);
    }
  }
  const problem = values.some((value) => value.kind === "poison") ? undefined : problemOf(texts, values.length);
  if (problem !== undefined) return refuse("traceText", node, scope, { message: problem });
  if (values.some((value) => value.kind === "poison")) return poison(spanOf(node, scope));
  return { kind: "trace", texts, values, type: nothingType, at: spanOf(node, scope) };
}

/** A constant as text, or the integer of run time. */
function partOf(node: ts.Expression, scope: Scope): string | Expr {
  const constant = evaluate(node, scope);
  if (constant?.kind === "poison") return poison(spanOf(node, scope));
  if (constant?.kind === "string") return constant.value;
  if (constant && isScalar(constant)) return constant.kind === "nothing" ? "undefined" : String(constant.value);
  const value = settle(convertExpression(node, scope), scope);
  if (value.kind === "poison" || value.type.kind === "number" || value.type.kind === "bigint") return value;
  const isBoolean = value.type.kind === "boolean";
  return refuse("traceValue", node, scope, {
    message: `${describeType(value.type)} in a line to trace`,
    ...(isBoolean && { help: "write it as a number: flag ? 1 : 0" }),
  });
}

function problemOf(texts: readonly string[], values: number): string | undefined {
  const text = texts.join("");
  if (values > maxValues) return `${values} values; a line has ${maxValues} at most`;
  if (text.length > maxText) return `${text.length} characters; a line has ${maxText} at most`;
  if (values === 0 && text === "") return "an empty line";
  const strange = /[^\t\n\x20-\x7e]/u.exec(text)?.[0];
  return strange === undefined ? undefined : `the character ${JSON.stringify(strange)} in a line to trace`;
}
