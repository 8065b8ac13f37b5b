// Runs an IR function directly: the reference that every pass and the back end are compared with. Takes the function, a
// host that is the memory and the helpers, and the context's address; gives r0. Addresses and integers are unsigned 64-bit
// bigints; the host faults (throws) on accesses that no memory backs.
import type { CalleeName } from "@typebpf/abi";
import { argsOf, blockMap, entryOf } from "./cfg.ts";
import { evaluateBinary, evaluateCompare, evaluateUnary } from "./evaluate.ts";
import type {
  AddressInst,
  AtomicInst,
  Block,
  Edge,
  Inst,
  IrFunction,
  SlotId,
  Terminator,
  ValueId,
} from "./function.ts";
import type { BinaryOp, UnaryOp } from "./ops.ts";
import { unaryOps } from "./ops.ts";

/** What surrounds a running function. */
export interface InterpreterHost {
  /** Fresh zeroed memory for a stack slot; its address. */
  allocate(size: number, name: string): bigint;
  /** `size` bytes at `address`, little-endian, zero-extended. @throws on a bad access. */
  load(address: bigint, size: 1 | 2 | 4 | 8): bigint;
  store(address: bigint, size: 1 | 2 | 4 | 8, value: bigint): void;
  /** What a load from the context gives: integers, or addresses for packet pointers. */
  loadContext(context: bigint, offset: number, size: number): bigint;
  /** Handle of a map, as helpers get it. */
  map(name: string): bigint;
  /** Address of a section of global data, or of the only value of a map; absent where there is none. */
  address?(of: "section" | "map", name: string): bigint;
  /** A helper; `run` runs a function by its address. */
  call(helper: CalleeName, args: readonly bigint[], run: (address: bigint, args: readonly bigint[]) => bigint): bigint;
}

/** How a run ended. */
export interface Interpreted {
  /** r0, unsigned 64 bits. */
  readonly result: bigint;
  readonly steps: number;
}

/** Calls nested deeper than this are endless: the kernel allows 8. */
const deepest = 64;
/** Addresses of functions, which no memory has. */
const firstAddress = 0xf00d_0000_0000n;

/**
 * Runs `fn`; at most `maxSteps` instructions. `module` has the functions that it calls.
 * @throws Error when the limit is reached or the host faults.
 */
export function interpret(
  fn: IrFunction,
  host: InterpreterHost,
  context: bigint,
  maxSteps = 1_000_000,
  module: readonly IrFunction[] = [],
): Interpreted {
  const run = new Run(module, host, maxSteps);
  const result = run.call(fn, [context]);
  return { result, steps: run.steps };
}

/** One run: counts the instructions of all functions. */
class Run {
  steps = 0;
  #depth = 0;
  readonly #module: readonly IrFunction[];
  readonly #host: InterpreterHost;
  readonly #maxSteps: number;

  constructor(module: readonly IrFunction[], host: InterpreterHost, maxSteps: number) {
    this.#module = module;
    this.#host = host;
    this.#maxSteps = maxSteps;
  }

  call(fn: IrFunction, given: readonly bigint[]): bigint {
    if (++this.#depth > deepest) throw new Error(`interpret: ${fn.name} is called too deep`);
    const machine = new Machine(fn, this.#host, this);
    const blocks = blockMap(fn);
    let block = entryOf(fn);
    let args: readonly bigint[] = given.slice(0, block.params.length);
    for (;;) {
      if (this.steps > this.#maxSteps)
        throw new Error(`interpret: ${fn.name} ran more than ${this.#maxSteps} instructions`);
      this.steps += block.insts.length + 1;
      machine.enter(block, args);
      const { end } = block;
      if (end.op === "return") {
        this.#depth--;
        return machine.value(end.args[0]);
      }
      const edge = end.op === "jump" ? end.to : machine.taken(end);
      args = edge.args.map((arg) => machine.value(arg));
      const next = blocks.get(edge.block);
      if (!next) throw new Error(`interpret: b${edge.block} does not exist`);
      block = next;
    }
  }

  addressOf(name: string): bigint {
    return firstAddress + BigInt(this.#module.indexOf(this.named(name)));
  }

  named(name: string): IrFunction {
    const found = this.#module.find((one) => one.name === name);
    if (!found) throw new Error(`interpret: no function ${name}`);
    return found;
  }

  at(address: bigint, args: readonly bigint[]): bigint {
    const fn = this.#module[Number(address - firstAddress)];
    if (!fn) throw new Error(`interpret: no function at ${address.toString(16)}`);
    return this.call(fn, args);
  }
}

class Machine {
  private readonly values = new Map<ValueId, bigint>();
  private readonly slots = new Map<SlotId, bigint>();
  private readonly contexts = new Set<ValueId>();
  private readonly host: InterpreterHost;
  private readonly module: Run;
  constructor(fn: IrFunction, host: InterpreterHost, module: Run) {
    this.host = host;
    this.module = module;
    for (const slot of fn.slots) this.slots.set(slot.id, host.allocate(slot.size, slot.name));
  }
  value(id: ValueId): bigint {
    const value = this.values.get(id);
    if (value === undefined) throw new Error(`interpret: v${id} has no value`);
    return value;
  }
  taken({ compare, args: [left, right], then, else: otherwise }: Extract<Terminator, { op: "branch" }>): Edge {
    return evaluateCompare(compare, this.value(left), this.value(right)) ? then : otherwise;
  }
  enter(block: Block, args: readonly bigint[]): void {
    block.params.forEach((param, index) => {
      this.values.set(param.value, args[index] ?? 0n);
      if (param.type === "ptr.context") this.contexts.add(param.value);
    });
    for (const inst of block.insts) this.step(inst);
  }
  private step(inst: Inst): void {
    const result = this.run(inst);
    if (!("result" in inst) || inst.result === undefined || result === undefined) return;
    this.values.set(inst.result, result);
    if (inst.type === "ptr.context") this.contexts.add(inst.result);
  }
  private address(pointer: ValueId, offset: number): bigint {
    return BigInt.asUintN(64, this.value(pointer) + BigInt(offset));
  }
  private run(inst: Inst): bigint | undefined {
    switch (inst.op) {
      case "const":
        return inst.value;
      case "ptradd":
        return BigInt.asUintN(64, this.value(inst.args[0]) + this.value(inst.args[1]));
      case "ptrdiff":
        return BigInt.asUintN(64, this.value(inst.args[0]) - this.value(inst.args[1]));
      case "load": {
        const pointer = inst.args[0];
        const raw = this.contexts.has(pointer)
          ? this.host.loadContext(this.value(pointer), inst.offset, inst.size)
          : this.host.load(this.address(pointer, inst.offset), inst.size);
        return inst.signed ? BigInt.asUintN(64, BigInt.asIntN(inst.size * 8, raw)) : raw;
      }
      case "store":
        return this.effect(() =>
          this.host.store(
            this.address(inst.args[0], inst.offset),
            inst.size,
            BigInt.asUintN(inst.size * 8, this.value(inst.args[1])),
          ),
        );
      case "atomic":
        return this.atomic(inst);
      case "copy":
        return this.effect(() =>
          this.copy(this.address(inst.args[0], inst.offset), this.address(inst.args[1], inst.sourceOffset), inst.size),
        );
      case "zero":
        return this.effect(() => {
          for (let i = 0; i < inst.size; i++) this.host.store(this.address(inst.args[0], inst.offset + i), 1, 0n);
        });
      case "slot":
        return this.slots.get(inst.slot);
      case "map":
        return this.host.map(inst.map);
      case "address":
        return this.addressOf(inst);
      case "call":
        return this.host.call(
          inst.helper,
          inst.args.map((arg) => this.value(arg)),
          (address, args) => this.module.at(address, args),
        );
      case "invoke": {
        const callee = this.module.named(inst.function);
        return this.module.call(
          callee,
          inst.args.map((arg) => this.value(arg)),
        );
      }
      case "function":
        return this.module.addressOf(inst.function);
      case "element":
        throw new Error("interpret: a loop over a map was not outlined");
      case "assert":
        return undefined;
      default:
        return isUnary(inst.op)
          ? evaluateUnary(inst.op, this.value(inst.args[0]))
          : evaluateBinary(inst.op as BinaryOp, this.value(inst.args[0]), this.value(inst.args[1] ?? -1));
    }
  }
  private addressOf({ of, name, offset }: AddressInst): bigint {
    if (!this.host.address) throw new Error(`interpret: no ${of} ${name}`);
    return this.host.address(of, name) + BigInt(offset);
  }
  private effect(run: () => void): undefined {
    run();
    return undefined;
  }
  private copy(target: bigint, source: bigint, size: number): void {
    const bytes = Array.from({ length: size }, (_, i) => this.host.load(source + BigInt(i), 1));
    bytes.forEach((byte, i) => {
      this.host.store(target + BigInt(i), 1, byte);
    });
  }
  private atomic(inst: AtomicInst): bigint {
    const address = this.address(inst.args[0], inst.offset);
    const old = this.host.load(address, inst.size);
    const value = this.value(inst.args[1]);
    const next = inst.operation === "cmpxchg" ? this.exchanged(inst, old, value) : combined(inst.operation, old, value);
    this.host.store(address, inst.size, BigInt.asUintN(inst.size * 8, next));
    return old;
  }
  private exchanged(inst: AtomicInst, old: bigint, value: bigint): bigint {
    const [, , expected] = argsOf(inst);
    if (expected === undefined) throw new Error("interpret: cmpxchg without the expected value");
    return BigInt.asUintN(inst.size * 8, this.value(expected)) === old ? value : old;
  }
}

function combined(operation: Exclude<AtomicInst["operation"], "cmpxchg">, old: bigint, value: bigint): bigint {
  return operation === "xchg" ? value : evaluateBinary(`${operation}64`, old, value);
}

function isUnary(op: string): op is UnaryOp {
  return unaryOps.some((name) => name === op);
}
