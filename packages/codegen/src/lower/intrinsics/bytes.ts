// `bytesEqual`: bytes against constant ones or others in memory, in the widest loads; what the place's alignment does not
// allow is split later.
import type { BytesEqualExpr } from "../../ast/nodes.ts";
import type { BlockId, ValueId } from "../../ir/function.ts";
import { constant, load } from "../emit.ts";
import type { Lowering } from "../lowering.ts";
import { littleEndian } from "../memory.ts";
import { refAddress } from "../places.ts";

const sizes = [8, 4, 2, 1] as const;

/** Leaves the current block for `yes` where all bytes are equal, else for `no`. */
export function lowerBytesEqual(l: Lowering, expr: BytesEqualExpr, yes: BlockId, no: BlockId): void {
  const { build } = l;
  const { bytes, at } = expr;
  const place = refAddress(l, expr.object);
  const other = "kind" in bytes ? refAddress(l, bytes) : undefined;
  const length = "kind" in bytes ? lengthOf(expr) : bytes.length;
  const wanted = (done: number, size: 1 | 2 | 4 | 8): ValueId => {
    if (other) return load(build, other.base, other.offset + done, { size, signed: false }, at);
    return constant(build, "kind" in bytes ? 0n : littleEndian(bytes.slice(done, done + size)), at);
  };
  for (let done = 0; done < length; ) {
    const size = sizes.find((one) => one <= length - done) ?? 1;
    const value = load(build, place.base, place.offset + done, { size, signed: false }, at);
    const against = wanted(done, size);
    done += size;
    const next = done < length ? build.block() : yes;
    build.branch(size === 8 ? "eq64" : "eq32", value, against, next, no, at);
    if (next !== yes) build.enterSealed(next);
  }
  if (length === 0) build.jump(yes, at);
}

function lengthOf({ object }: BytesEqualExpr): number {
  if (object.type.kind !== "ref") throw new Error("lower: bytes that are no memory");
  return object.type.layout.size;
}
