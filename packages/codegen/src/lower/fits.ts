// Plants the check of a store: by the rule of widths (docs: "Widths of results") the number may go into the place.
import type { BitsLayout, ScalarLayout, Span } from "@typebpf/abi";
import type { Expr } from "../ast/nodes.ts";
import type { ValueId } from "../ir/function.ts";
import { assert } from "./emit.ts";
import { bitsOf } from "./memory.ts";
import type { SsaBuilder } from "./ssa-builder.ts";

/** Plants the check, unless the value is a bigint (TypeScript keeps those in 64-bit places) or a cast of that width. */
export function assertFits(
  build: SsaBuilder,
  value: ValueId,
  expr: Expr | undefined,
  layout: ScalarLayout | BitsLayout,
  field: string,
  at: Span,
): void {
  const { bits, signed } = bitsOf(layout);
  if (bits === 64 || expr?.type.kind === "bigint" || expr?.type.kind === "boolean") return;
  if (expr?.kind === "cast" && expr.to.size * 8 <= bits) return;
  assert(build, value, { kind: "fits", bits, signed, field }, at);
}
