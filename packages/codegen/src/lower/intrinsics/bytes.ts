// `bytesEqual`: bytes against constant text, in the widest loads; what the place's alignment does not allow is split later.
import type { BytesEqualExpr } from "../../ast/nodes.ts";
import type { BlockId } from "../../ir/function.ts";
import { constant, load } from "../emit.ts";
import type { Lowering } from "../lowering.ts";
import { refAddress } from "../places.ts";

const sizes = [8, 4, 2, 1] as const;

/** Leaves the current block for `yes` where all bytes are equal, else for `no`. */
export function lowerBytesEqual(l: Lowering, expr: BytesEqualExpr, yes: BlockId, no: BlockId): void {
  const { build } = l;
  const { bytes, at } = expr;
  const place = refAddress(l, expr.object);
  for (let done = 0; done < bytes.length; ) {
    const size = sizes.find((one) => one <= bytes.length - done) ?? 1;
    const value = load(build, place.base, place.offset + done, { size, signed: false }, at);
    const wanted = bytes.slice(done, done + size).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    done += size;
    const next = done < bytes.length ? build.block() : yes;
    build.branch(size === 8 ? "eq64" : "eq32", value, constant(build, wanted, at), next, no, at);
    if (next !== yes) build.enterSealed(next);
  }
  if (bytes.length === 0) build.jump(yes, at);
}
