// Helpers that rows expose on the context. The row says what each argument is: the context and sizes are filled in, memory
// to fill is a fresh place on the stack, numbers in network order are swapped, and memory that the helper may not read
// where it lies (in the packet) is copied first.
import { type HelperArg, type HelperRow, helpers, type Layout } from "@typebpf/abi";
import type { Expr, HelperExpr } from "../../ast/nodes.ts";
import type { ValueId } from "../../ir/function.ts";
import { idOf, scalar, type Value } from "../cells.ts";
import { assert, choose, constant, select, unary } from "../emit.ts";
import type { Lowering } from "../lowering.ts";
import { copyBytes } from "../memory.ts";
import { pointerTo, refAddress, stackPlace } from "../places.ts";
import { nullValue } from "../ssa-builder.ts";
import { call } from "./calls.ts";

type Integer = Extract<HelperArg, { readonly is: "integer" }>;
type Memory = Extract<HelperArg, { readonly is: "memoryRead" }>;

/** Arguments of one call while they are made. */
class Arguments {
  readonly #l: Lowering;
  readonly #expr: HelperExpr;
  readonly #given: Expr[];
  readonly #sizes = new Map<string, ValueId>();
  /** Where the helper puts what it finds. */
  filled: ValueId | undefined;

  constructor(l: Lowering, expr: HelperExpr) {
    this.#l = l;
    this.#expr = expr;
    this.#given = [...expr.args];
  }

  /** The value of the row's next argument. */
  of(arg: HelperArg): ValueId {
    switch (arg.is) {
      case "context":
        return this.#l.build.context;
      case "size": {
        const size = this.#sizes.get(arg.name);
        if (size === undefined) throw new Error(`lower: nothing has the size ${arg.name}`);
        return size;
      }
      case "memoryWrite":
        return this.#fresh(arg.size);
      case "memoryRead":
        return this.#memory(arg, this.#next(arg));
      case "integer":
        return this.#integer(arg, this.#next(arg));
      default:
        throw new Error(`lower: ${arg.name} is no argument of a method`);
    }
  }

  #next(arg: HelperArg): Expr {
    const next = this.#given.shift();
    if (!next) throw new Error(`lower: ${this.#expr.helper} misses its argument ${arg.name}`);
    return next;
  }

  #fresh(size: string): ValueId {
    const { fills, helper, at } = this.#expr;
    if (!fills) throw new Error(`lower: ${helper} has nothing to fill`);
    this.#sizes.set(size, constant(this.#l.build, fills.size, at));
    this.filled = stackPlace(this.#l, fills, nameOf(fills), at).base;
    return this.filled;
  }

  #memory(arg: Memory, value: Expr): ValueId {
    const l = this.#l;
    const { build } = l;
    const { at, type } = value;
    if (type.kind !== "ref") {
      l.discard(value);
      this.#sizes.set(arg.size, constant(build, 0, at));
      return nullValue;
    }
    const pointer = pointerTo(l, refAddress(l, value), at);
    const whole = (): ValueId => constant(build, type.layout.size, at);
    const mayBeNull = arg.nullable === true && type.nullable;
    const size = mayBeNull ? select(l, ["eq64", pointer, nullValue], at, () => constant(build, 0, at), whole) : whole();
    this.#sizes.set(arg.size, size);
    if (arg.packet || mayBeNull || build.typeOf(pointer) !== "ptr.packet") return pointer;
    const copy = stackPlace(l, type.layout, nameOf(type.layout), at);
    copyBytes(build, copy, { base: pointer, offset: 0 }, type.layout.size, at);
    return copy.base;
  }

  #integer(arg: Integer, value: Expr): ValueId {
    const { build } = this.#l;
    const id = idOf(this.#l.expr(value));
    const bits = arg.bigEndian === 16 ? 16 : arg.width;
    if (bits < 64 && value.type.kind === "number") {
      assert(build, id, { kind: "fits", bits, signed: arg.signed, field: arg.name }, value.at);
    }
    const order = arg.bigEndian === "bySize" ? this.#fieldBits() : arg.bigEndian;
    if (order === undefined || order === 0) return id;
    return unary(build, order === 16 ? "swap16" : "swap32", id, value.at);
  }

  /** Bits of the field that constant flags say; 0 for none. */
  #fieldBits(): 0 | 16 | 32 {
    const flags = this.#expr.args.at(-1);
    if (flags?.kind !== "integer") throw new Error("lower: flags that say a size are not constant");
    const bytes = flags.value & 0xfn;
    return bytes === 2n ? 16 : bytes === 4n ? 32 : 0;
  }
}

function nameOf(layout: Layout): string {
  return layout.kind === "struct" ? layout.name : layout.kind;
}

/** A helper of the context; its value is a ref where it fills memory. */
export function lowerHelper(l: Lowering, expr: HelperExpr): Value {
  const row: HelperRow = helpers[expr.helper];
  const { at } = expr;
  const given = new Arguments(l, expr);
  const args = row.args.map((arg) => given.of(arg));
  const result = call(l, expr.helper, args, at);
  const { filled } = given;
  if (filled === undefined) return scalar(result);
  const ok = constant(l.build, 0, at);
  return choose(l, true, at, (yes, no) => l.build.branch("eq64", result, ok, yes, no, at), {
    whenTrue: () => filled,
    whenFalse: () => nullValue,
  });
}
