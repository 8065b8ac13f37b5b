// The functions of the DSL that the compiler lowers itself: name → conversion of a call.
import type { DslFunctionName } from "@typebpf/dsl/intrinsics";
import type { ts } from "ts-morph";
import type { Expr } from "../../../ast/nodes.ts";
import { refuse, type Scope } from "../context.ts";
import { convertAtomic, convertCompareExchange } from "./call-atomic.ts";
import { convertBytesEqual, convertCopyCall, convertStartsWith, convertView } from "./call-bytes.ts";

import { convertLoopCall } from "./call-loop.ts";

type Convert = (node: ts.CallExpression, scope: Scope) => Expr;

/** One row per function. */
export const dslFunctions: { readonly [N in DslFunctionName]: Convert } = {
  atomicAdd: (node, scope) => convertAtomic(node, "add", scope),
  atomicAnd: (node, scope) => convertAtomic(node, "and", scope),
  atomicOr: (node, scope) => convertAtomic(node, "or", scope),
  atomicXor: (node, scope) => convertAtomic(node, "xor", scope),
  atomicExchange: (node, scope) => convertAtomic(node, "xchg", scope),
  atomicCompareExchange: convertCompareExchange,
  bytesEqual: convertBytesEqual,
  copy: convertCopyCall,
  loop: convertLoopCall,
  startsWith: convertStartsWith,
  view: convertView,
  range: (node, scope) => refuse("iteration", node, scope, { message: "range(…) outside of for…of" }),
};
