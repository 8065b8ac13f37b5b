// Helpers that rows expose on the context. The row says what each argument is: the context and sizes are filled in, memory
// to fill is a fresh place on the stack, numbers in network order are swapped, and memory that the helper may not read
// where it lies (in the packet) is copied first; what it writes there is copied back.
import { type CalleeRow, callees, type HelperArg, isKernelFunction, type Layout, scalarLayouts } from "@typebpf/abi";
import type { Expr, HelperExpr } from "../../ast/nodes.ts";
import type { ValueId } from "../../ir/function.ts";
import { idOf, scalar, type Value } from "../cells.ts";
import { addBytes, assert, choose, constant, load, select, unary } from "../emit.ts";
import type { Lowering } from "../lowering.ts";
import { copyBytes } from "../memory.ts";
import { pointerTo, refAddress, stackPlace } from "../places.ts";
import { nullValue } from "../ssa-builder.ts";
import { call } from "./calls.ts";

type Integer = Extract<HelperArg, { readonly is: "integer" }>;
type Memory = Extract<HelperArg, { readonly is: "memoryRead" }>;
type Written = Extract<HelperArg, { readonly is: "memoryWrite" | "fixedWrite" | "fieldWrite" }>;
type Field = Extract<HelperArg, { readonly is: "fieldWrite" }>;

/** Arguments of one call while they are made. */
class Arguments {
  readonly #l: Lowering;
  readonly #expr: HelperExpr;
  readonly #given: Expr[];
  readonly #sizes = new Map<string, ValueId>();
  /** Where the helper puts what it finds. */
  filled: ValueId | undefined;
  /** What is done when the helper has come back. */
  readonly after: (() => void)[] = [];

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
        if (!this.#expr.fills) return this.#updated(this.#next(arg), arg.size);
        return this.#fresh(arg);
      case "fixedWrite":
        return this.#fresh(arg);
      case "fieldWrite":
        return this.#field(arg);
      case "memoryUpdate":
        return this.#updated(this.#next(arg), arg.size);
      case "fixedUpdate":
        return this.#updated(this.#next(arg));
      case "fixedRead":
        return pointerTo(this.#l, refAddress(this.#l, this.#next(arg)), this.#expr.at);
      case "socket": {
        const value = this.#next(arg);
        return value.type.kind === "ref" ? pointerTo(this.#l, refAddress(this.#l, value), value.at) : nullValue;
      }
      case "memoryRead":
        return this.#memory(arg, this.#next(arg));
      case "constantString":
        return this.#text();
      case "format":
        return this.#text(arg.size);
      case "sequence":
        return this.#sequence();
      case "values":
        return this.#values(arg.size);
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

  #fresh(arg: Written): ValueId {
    const { fills, helper, at } = this.#expr;
    if (!fills) throw new Error(`lower: ${helper} has nothing to fill`);
    const { build } = this.#l;
    if (arg.is === "memoryWrite") this.#sizes.set(arg.size, constant(build, fills.size, at));
    const { base } = stackPlace(this.#l, fills, nameOf(fills), at);
    // Before Linux 6.4 kernel functions fill only what was written before.
    if (isKernelFunction(helper) || (arg.is === "memoryWrite" && arg.cleared))
      build.effect({ op: "zero", size: fills.size, offset: 0, args: [base], at });
    this.filled = base;
    return base;
  }

  /** A field of what the arguments fill together. */
  #field(arg: Field): ValueId {
    const base = this.filled ?? this.#fresh(arg);
    const offset = arg.layout.fields.find(({ name }) => name === arg.field)?.offset;
    if (offset === undefined) throw new Error(`lower: ${arg.layout.name} has no field ${arg.field}`);
    return offset === 0 ? base : addBytes(this.#l.build, base, offset, this.#expr.at);
  }

  /** Memory of the author's that the helper writes; in the packet it writes a copy. */
  #updated(value: Expr, size?: string): ValueId {
    const l = this.#l;
    const { at, type } = value;
    if (type.kind !== "ref") throw new Error(`lower: ${this.#expr.helper} writes what is no memory`);
    const { layout } = type;
    if (size !== undefined) this.#sizes.set(size, constant(l.build, layout.size, at));
    const pointer = pointerTo(l, refAddress(l, value), at);
    if (l.build.typeOf(pointer) !== "ptr.packet") return pointer;
    const copy = stackPlace(l, layout, nameOf(layout), at);
    const place = { base: pointer, offset: 0 };
    copyBytes(l.build, copy, place, layout.size, at);
    this.after.push(() => copyBytes(l.build, place, copy, layout.size, at));
    return copy.base;
  }

  /** The row's constant text, in read-only data. */
  #text(size?: string): ValueId {
    const { text, helper, at } = this.#expr;
    if (text === undefined) throw new Error(`lower: ${helper} misses its text`);
    const bytes = [...new TextEncoder().encode(text), 0];
    if (size !== undefined) this.#sizes.set(size, constant(this.#l.build, bytes.length, at));
    const { section, offset } = this.#l.data.place(bytes.map(BigInt));
    return this.#l.build.define({ op: "address", of: "section", name: section, offset, type: "ptr.mapValue", at });
  }

  /** `ctx->meta->seq` of an iterator: both are first in their structs (struct bpf_iter_meta of include/linux/bpf.h). */
  #sequence(): ValueId {
    const { build } = this.#l;
    const shape = { size: 8, signed: false, type: "ptr.mapValue" } as const;
    return load(build, load(build, build.context, 0, shape, this.#expr.at), 0, shape, this.#expr.at);
  }

  /** The rest of the arguments, 64 bits each. */
  #values(size: string): ValueId {
    const { build } = this.#l;
    const { at } = this.#expr;
    const ids = this.#given.splice(0).map((value) => idOf(this.#l.expr(value)));
    this.#sizes.set(size, constant(build, ids.length * 8, at));
    if (ids.length === 0) return nullValue;
    const slot = build.slot({ size: ids.length * 8, align: 8, name: "values", at });
    const base = build.define({ op: "slot", slot, type: "ptr.stack", at });
    for (const [index, id] of ids.entries())
      build.effect({ op: "store", size: 8, offset: index * 8, args: [base, id], at });
    return base;
  }

  #memory(arg: Memory, value: Expr): ValueId {
    const l = this.#l;
    const { build } = l;
    const { at, type } = value;
    if (type.kind === "number") return this.#number(arg, value);
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

  /** A number, as a native 32-bit integer on the stack. */
  #number(arg: Memory, value: Expr): ValueId {
    const { build } = this.#l;
    const { at } = value;
    const id = idOf(this.#l.expr(value));
    assert(build, id, { kind: "within", min: -(2n ** 31n), max: 2n ** 32n - 1n, what: arg.name }, at);
    const { base } = stackPlace(this.#l, scalarLayouts.i32, arg.name, at);
    build.effect({ op: "store", size: 4, offset: 0, args: [base, id], at });
    this.#sizes.set(arg.size, constant(build, 4, at));
    return base;
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
  const row: CalleeRow = callees[expr.helper];
  const { at } = expr;
  const given = new Arguments(l, expr);
  const args = row.args.map((arg) => given.of(arg));
  const result = call(l, expr.helper, args, at);
  for (const act of given.after) act();
  const { filled } = given;
  if (filled === undefined) return scalar(result);
  const ok = constant(l.build, 0, at);
  // What gives a length fails below 0, what gives a status at all but 0.
  const compare = row.returns.is === "status" ? "eq64" : "sge64";
  return choose(l, true, at, (yes, no) => l.build.branch(compare, result, ok, yes, no, at), {
    whenTrue: () => filled,
    whenFalse: () => nullValue,
  });
}
