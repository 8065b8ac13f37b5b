// For tests only: short builders of the typed AST, and a host that runs lowered programs on the IR interpreter with a
// flat memory, a packet, and a hash map.
import { type CalleeName, type Layout, type MapSpec, type Span, type StructLayout, scalarLayouts } from "@typebpf/abi";
import type {
  AssignExpr,
  AstFunction,
  BinaryOperator,
  CompareOperator,
  Expr,
  FieldExpr,
  Initializer,
  PlaceExpr,
  Statement,
  TypedModule,
  Variable,
} from "../ast/nodes.ts";
import {
  type AstType,
  booleanType,
  type ContextType,
  nothingType,
  numberType,
  type RefType,
  unsignedBigint,
} from "../ast/types.ts";
import type { IrFunction } from "../ir/function.ts";
import { type InterpreterHost, interpret } from "../ir/interpret.ts";
import { lowerModule } from "./lower.ts";

export const at: Span = { file: "test.bpf.ts", line: 1, column: 1, length: 1 };

/** A span on the given line. */
export function line(number: number): Span {
  return { ...at, line: number };
}

export function num(value: number | bigint): Expr {
  return { kind: "integer", value: BigInt(value), type: numberType, at };
}

export function big(value: bigint, type: AstType = unsignedBigint): Expr {
  return { kind: "integer", value, type, at };
}

export function bool(value: boolean): Expr {
  return { kind: "boolean", value, type: booleanType, at };
}

export const nothing: Expr = { kind: "nothing", type: nothingType, at };

let ids = 0;
export function variable(name: string, type: AstType = numberType, mutable = true): Variable {
  return { id: ids++, name, type, mutable, at };
}

export function local(of: Variable): Expr & PlaceExpr {
  return { kind: "local", variable: of, type: of.type, at };
}

export function binary(left: Expr, operator: BinaryOperator, right: Expr): Expr {
  return { kind: "binary", operator, left, right, type: left.type, at };
}

export function compare(left: Expr, operator: CompareOperator, right: Expr): Expr {
  return { kind: "compare", operator, left, right, type: booleanType, at };
}

export function not(operand: Expr): Expr {
  return { kind: "not", operand, type: booleanType, at };
}

export function conditional(condition: Expr, whenTrue: Expr, whenFalse: Expr, type = whenTrue.type): Expr {
  return { kind: "conditional", condition, whenTrue, whenFalse, type, at };
}

export function set(target: PlaceExpr, value: Expr, operator?: AssignExpr["operator"]): Statement {
  const assign: Expr = { kind: "assign", target, value, type: target.type, at, ...(operator && { operator }) };
  return { kind: "expression", value: assign, at };
}

export function run(value: Expr): Statement {
  return { kind: "expression", value, at };
}

export function declare(of: Variable, init?: Expr): Statement {
  return { kind: "let", variable: of, at, ...(init && { init }) };
}

export function ret(value?: Expr): Statement {
  return { kind: "return", at, ...(value && { value }) };
}

export function when(condition: Expr, whenTrue: readonly Statement[], whenFalse: readonly Statement[] = []): Statement {
  return { kind: "if", condition, whenTrue, whenFalse, at };
}

/** `for (let i = from; i < to; i++) body` */
export function count(i: Variable, from: Expr, to: Expr, body: readonly Statement[], id = 1000 + i.id): Statement {
  const update: Expr = { kind: "update", target: local(i), operator: "+", prefix: false, type: numberType, at };
  const condition = compare(local(i), "<", to);
  return { kind: "loop", id, init: [declare(i, from)], condition, update, body, testFirst: true, at };
}

export function refTo(layout: Layout, nullable = false): RefType {
  return { kind: "ref", layout, nullable };
}

export function field(object: Expr, name: string): FieldExpr {
  const { type } = object;
  if (type.kind !== "ref" || type.layout.kind !== "struct") throw new Error("no struct");
  const found = type.layout.fields.find((one) => one.name === name);
  if (!found) throw new Error(`no field ${name}`);
  return { kind: "field", object, field: found, layout: found.layout, type: typeIn(found.layout), at };
}

/** `.value` of a scalar ref. */
export function scalarIn(object: Expr, layout: Layout): FieldExpr {
  return { kind: "field", object, field: undefined, layout, type: typeIn(layout), at };
}

export function element(object: Expr, index: Expr): Expr & PlaceExpr {
  const { type } = object;
  if (type.kind !== "ref" || type.layout.kind !== "array") throw new Error("no array");
  const { item, length } = type.layout;
  return { kind: "element", object, index, layout: item, length, type: typeIn(item), at };
}

/** The type of what lies in memory of a layout. */
export function typeIn(layout: Layout): AstType {
  if (layout.kind === "struct" || layout.kind === "array") return refTo(layout);
  const unit = layout.kind === "bits" ? layout.unit : layout;
  return unit.size === 8 ? { kind: "bigint", signed: unit.signed } : numberType;
}

export function fields(layout: StructLayout, values: Readonly<Record<string, Expr | Initializer>>): Initializer {
  const parts = Object.entries(values).map(([name, given]) => {
    const found = layout.fields.find((one) => one.name === name);
    if (!found) throw new Error(`no field ${name}`);
    const value: Initializer = "at" in given && "type" in given ? { kind: "value", value: given } : given;
    return { kind: "field", field: found, value } as const;
  });
  return { kind: "struct", parts, at };
}

export function construct(layout: Layout, init?: Initializer): Expr {
  return { kind: "construct", layout, type: refTo(layout), at, ...(init && { init }) };
}

const contextType: ContextType = { kind: "context", program: "xdp", context: "xdp_md", of: { kind: "xdp" } };
export const ctx = variable("ctx", contextType, false);

/** An unknown u32. */
export const input: Expr = {
  kind: "contextField",
  context: local(ctx),
  field: "ingress_ifindex",
  type: numberType,
  at,
};
/** Another unknown u32. */
export const input2: Expr = {
  kind: "contextField",
  context: local(ctx),
  field: "rx_queue_index",
  type: numberType,
  at,
};

export function packetAt(offset: Expr, layout: Layout): Expr {
  return { kind: "packetAt", context: local(ctx), offset, layout, type: refTo(layout, true), at };
}

export function makeFunction(
  name: string,
  parameters: readonly Variable[],
  result: AstType,
  body: readonly Statement[],
): AstFunction {
  return { name, parameters, result, body, at };
}

export function moduleOf(
  body: readonly Statement[],
  others: readonly AstFunction[] = [],
  maps: readonly MapSpec[] = [],
): TypedModule {
  return {
    maps,
    programs: [{ name: "prog", kind: "xdp", type: "xdp", section: "xdp", function: 0, at }],
    functions: [makeFunction("prog", [ctx], numberType, body), ...others],
    license: "GPL",
    target: { kernel: "6.1", isa: 3 },
    sources: [],
    sections: [],
  };
}

/** The IR of one program; its diagnostics must be none. */
export function lowered(module: TypedModule): IrFunction {
  const { module: ir, diagnostics } = lowerModule(module);
  const [fn] = ir.functions;
  if (!fn || diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics));
  return fn;
}

export const u32 = scalarLayouts.u32;

/** Memory from address 0x1000 on; the packet lies at 0x10000. */
export class TestHost implements InterpreterHost {
  readonly memory = new Uint8Array(0x30000);
  readonly maps = new Map<string, Map<string, bigint>>();
  readonly calls: string[] = [];
  readonly #spec: ReadonlyMap<bigint, MapSpec>;
  readonly #packetLength: number;
  readonly #fields: Readonly<Record<number, bigint>>;
  #next = 0x1000;
  #values = 0x20000;

  constructor(packet: Uint8Array = new Uint8Array(0), inputs: readonly bigint[] = [], maps: readonly MapSpec[] = []) {
    this.memory.set(packet, 0x10000);
    this.#packetLength = packet.length;
    this.#fields = { 12: inputs[0] ?? 0n, 16: inputs[1] ?? 0n };
    this.#spec = new Map(maps.map((map, index) => [BigInt(0xf000 + index), map]));
    for (const map of maps) this.maps.set(map.name, new Map());
  }

  allocate(size: number): bigint {
    const address = BigInt(this.#next);
    this.#next += (size + 7) & ~7;
    this.memory.fill(0xa5, Number(address), this.#next);
    return address;
  }

  load(address: bigint, size: 1 | 2 | 4 | 8): bigint {
    let value = 0n;
    for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#byte(Number(address) + i));
    return value;
  }

  #byte(address: number): number {
    const byte = this.memory[address];
    if (byte === undefined || address < 0x1000) throw new Error(`bad access to ${address}`);
    return byte;
  }

  store(address: bigint, size: 1 | 2 | 4 | 8, value: bigint): void {
    for (let i = 0; i < size; i++) {
      this.#byte(Number(address) + i);
      this.memory[Number(address) + i] = Number((value >> BigInt(8 * i)) & 0xffn);
    }
  }

  loadContext(_: bigint, offset: number): bigint {
    if (offset === 0) return 0x10000n;
    if (offset === 4) return BigInt(0x10000 + this.#packetLength);
    return this.#fields[offset] ?? 0n;
  }

  map(name: string): bigint {
    for (const [handle, spec] of this.#spec) if (spec.name === name) return handle;
    throw new Error(`no map ${name}`);
  }

  /** Bytes in hex. */
  bytes(address: bigint, size: number): string {
    return Buffer.from(this.memory.slice(Number(address), Number(address) + size)).toString("hex");
  }

  call(helper: CalleeName, args: readonly bigint[]): bigint {
    const [handle = 0n, keyAt = 0n, valueAt = 0n] = args;
    const spec = this.#spec.get(handle);
    if (!spec) {
      this.calls.push(`${helper}(${args.map((arg) => BigInt.asIntN(64, arg)).join(", ")})`);
      return 0n;
    }
    const entries = this.maps.get(spec.name) ?? new Map<string, bigint>();
    const key = this.bytes(keyAt, spec.key.size);
    if (helper === "mapLookupElem") return entries.get(key) ?? 0n;
    if (helper === "mapDeleteElem") return entries.delete(key) ? 0n : -2n;
    let address = entries.get(key);
    if (address === undefined) {
      address = BigInt(this.#values);
      this.#values += (spec.value.size + 7) & ~7;
      entries.set(key, address);
    }
    this.memory.copyWithin(Number(address), Number(valueAt), Number(valueAt) + spec.value.size);
    return 0n;
  }
}

/** Runs a module's program; r0 as a signed 64-bit integer. */
export function execute(module: TypedModule, host: TestHost = new TestHost()): bigint {
  return BigInt.asIntN(64, interpret(lowered(module), host, 0x800n).result);
}
