// Reads the IR text that `print.ts` writes, for tests of passes and of code generation. Takes text, gives a module or
// throws with the line; it is a tool of ours, not an input of users. Spans become line numbers of the text.
import type { CalleeName, Span } from "@typebpf/abi";
import type {
  AtomicInst,
  Block,
  Check,
  Edge,
  Inst,
  IrFunction,
  IrModule,
  Role,
  Slot,
  Terminator,
  ValueId,
} from "./function.ts";
import { type BinaryOp, binaryOps, type CompareOp, compareOps, type UnaryOp, unaryOps } from "./ops.ts";
import type { IrType } from "./types.ts";

/** A module from its text. @throws Error naming the line that is wrong. */
export function parseModule(text: string, file = "ir"): IrModule {
  const functions: IrFunction[] = [];
  let open: OpenFunction | undefined;
  text.split("\n").forEach((line, index) => {
    const at: Span = { file, line: index + 1, column: 1, length: Math.max(1, line.length) };
    const reader = new Reader(line, at);
    if (reader.done()) return;
    if (reader.take("function")) {
      if (open) functions.push(close(open));
      const name = reader.word();
      reader.expect("failure");
      const failure = Number(reader.word());
      open = { name, failure, ...(!reader.done() && { role: reader.word() as Role }), slots: [], blocks: [] };
    } else if (!open) reader.fail("a function must come first");
    else readLine(open, reader, at);
  });
  if (open) functions.push(close(open));
  return { functions };
}

interface OpenFunction {
  readonly name: string;
  readonly failure: number;
  readonly role?: Role;
  readonly slots: Slot[];
  readonly blocks: {
    readonly id: number;
    readonly params: Block["params"];
    readonly insts: Inst[];
    end?: Terminator;
  }[];
}

function close(open: OpenFunction): IrFunction {
  const blocks = open.blocks.map((block) => {
    if (!block.end) throw new Error(`ir: ${open.name}: b${block.id} has no end`);
    return { id: block.id, params: block.params, insts: block.insts, end: block.end };
  });
  return { ...open, blocks };
}

class Reader {
  private position = 0;
  private readonly tokens: readonly string[];
  private readonly at: Span;
  constructor(line: string, at: Span) {
    this.tokens = line.replace(/\/\/.*$/, "").match(/"(?:[^"\\]|\\.)*"|[\w.]+|[+-]\d+|[():=,]/g) ?? [];
    this.at = at;
  }
  done(): boolean {
    return this.position >= this.tokens.length;
  }
  peek(): string | undefined {
    return this.tokens[this.position];
  }
  word(): string {
    return this.tokens[this.position++] ?? this.fail("the line ends too soon");
  }
  take(token: string): boolean {
    if (this.peek() !== token) return false;
    this.position++;
    return true;
  }
  expect(token: string): void {
    if (!this.take(token)) this.fail(`expected ${token}, found ${this.peek() ?? "the end"}`);
  }
  name(prefix: string): number {
    const word = this.word();
    const id = Number(word.slice(prefix.length));
    return word.startsWith(prefix) && Number.isInteger(id) ? id : this.fail(`expected ${prefix}N, found ${word}`);
  }
  text(): string {
    return String(JSON.parse(this.word()));
  }
  values(): readonly ValueId[] {
    const result: ValueId[] = [];
    while (this.peek()?.match(/^v\d+$/)) result.push(this.name("v"));
    return result;
  }
  value(): ValueId {
    return this.name("v");
  }
  fail(why: string): never {
    throw new Error(`ir: line ${this.at.line}: ${why}`);
  }
}

function readLine(open: OpenFunction, reader: Reader, at: Span): void {
  if (reader.take("slot")) {
    const id = reader.name("s");
    reader.expect("size");
    const size = Number(reader.word());
    reader.expect("align");
    open.slots.push({ id, size, align: Number(reader.word()), name: reader.text(), at });
    return;
  }
  if (reader.peek()?.match(/^b\d+$/)) {
    open.blocks.push({ id: reader.name("b"), params: readParams(reader), insts: [] });
    return;
  }
  const block = open.blocks.at(-1) ?? reader.fail("a block must come first");
  const end = readEnd(reader, at);
  if (end) block.end = end;
  else block.insts.push(readInst(reader, at));
}

function readParams(reader: Reader): Block["params"] {
  const params: { value: ValueId; type: IrType }[] = [];
  reader.expect("(");
  while (!reader.take(")")) {
    const value = reader.value();
    reader.expect(":");
    params.push({ value, type: reader.word() as IrType });
    reader.take(",");
  }
  return params;
}

function readEdge(reader: Reader): Edge {
  const block = reader.name("b");
  const args: ValueId[] = [];
  reader.expect("(");
  while (!reader.take(")")) {
    args.push(reader.value());
    reader.take(",");
  }
  return { block, args };
}

function readEnd(reader: Reader, at: Span): Terminator | undefined {
  if (reader.take("jump")) return { op: "jump", to: readEdge(reader), at };
  if (reader.take("return")) return { op: "return", args: [reader.value()], at };
  if (!reader.take("branch")) return undefined;
  const compare = reader.word() as CompareOp;
  if (!compareOps.includes(compare)) reader.fail(`unknown condition ${compare}`);
  return {
    op: "branch",
    compare,
    args: [reader.value(), reader.value()],
    then: readEdge(reader),
    else: readEdge(reader),
    at,
  };
}

function readInst(reader: Reader, at: Span): Inst {
  let result: { readonly result: ValueId; readonly type: IrType } | undefined;
  if (reader.peek()?.match(/^v\d+$/)) {
    const value = reader.value();
    reader.expect(":");
    result = { result: value, type: reader.word() as IrType };
    reader.expect("=");
  }
  const op = reader.word();
  const effect = readEffect(op, result, reader, at);
  if (effect) return effect;
  if (!result) return reader.fail(`${op} needs a result`);
  return readValue(op, { ...result, at }, reader);
}

type SizeOf = 1 | 2 | 4 | 8;

function readEffect(
  op: string,
  result: { readonly result: ValueId; readonly type: IrType } | undefined,
  reader: Reader,
  at: Span,
): Inst | undefined {
  const store = op.match(/^store([1248])$/);
  if (store) {
    const args = [reader.value(), reader.value()] as const;
    return { op: "store", size: Number(store[1]) as SizeOf, args, offset: Number(reader.word()), at };
  }
  const atomic = op.match(/^atomic([48])$/);
  if (atomic) {
    const operation = reader.word() as AtomicInst["operation"];
    const [pointer, value] = [reader.value(), reader.value()];
    const args = operation === "cmpxchg" ? ([pointer, value, reader.value()] as const) : ([pointer, value] as const);
    return {
      op: "atomic",
      operation,
      size: Number(atomic[1]) as 4 | 8,
      args,
      offset: Number(reader.word()),
      at,
      ...result,
    };
  }
  switch (op) {
    case "copy": {
      const size = Number(reader.word());
      const args = [reader.value(), reader.value()] as const;
      return { op, size, args, offset: Number(reader.word()), sourceOffset: Number(reader.word()), at };
    }
    case "zero":
      return { op, size: Number(reader.word()), args: [reader.value()], offset: Number(reader.word()), at };
    case "assert":
      return { op, args: [reader.value()], check: readCheck(reader), at };
    default:
      return undefined;
  }
}

function readCheck(reader: Reader): Check {
  const kind = reader.word();
  switch (kind) {
    case "safe":
      return { kind };
    case "index":
      return { kind, length: Number(reader.word()) };
    case "nonzero":
      return { kind, what: reader.text() };
    case "fits": {
      const width = reader.word();
      return { kind, signed: width.startsWith("i"), bits: Number(width.slice(1)), field: reader.text() };
    }
    case "within":
      return { kind, min: BigInt(reader.word()), max: BigInt(reader.word()), what: reader.text() };
    default:
      return reader.fail(`unknown check ${kind}`);
  }
}

function readOwner(reader: Reader): "section" | "map" {
  if (reader.take("section")) return "section";
  reader.expect("map");
  return "map";
}

function readValue(
  op: string,
  base: { readonly result: ValueId; readonly type: IrType; readonly at: Span },
  reader: Reader,
): Inst {
  const load = op.match(/^load(s?)([1248])$/);
  if (load) {
    const size = Number(load[2]) as SizeOf;
    return {
      op: "load",
      ...base,
      signed: load[1] === "s",
      size,
      args: [reader.value()],
      offset: Number(reader.word()),
    };
  }
  if (binaryOps.includes(op as BinaryOp))
    return { op: op as BinaryOp, ...base, args: [reader.value(), reader.value()] };
  if (unaryOps.includes(op as UnaryOp)) return { op: op as UnaryOp, ...base, args: [reader.value()] };
  switch (op) {
    case "const":
      return { op, ...base, value: BigInt(reader.word()) };
    case "ptradd":
    case "ptrdiff":
      return { op, ...base, args: [reader.value(), reader.value()] };
    case "slot":
      return { op, ...base, slot: reader.name("s") };
    case "map":
      return { op, ...base, map: reader.text() };
    case "address":
      return { op, ...base, of: readOwner(reader), name: reader.text(), offset: Number(reader.word()) };
    case "call":
      return { op, ...base, helper: reader.word() as CalleeName, args: reader.values() };
    case "invoke":
      return { op, ...base, function: reader.text(), movesPackets: reader.take("moving"), args: reader.values() };
    case "function":
      return { op, ...base, function: reader.text() };
    default:
      return reader.fail(`unknown operation ${op}`);
  }
}
