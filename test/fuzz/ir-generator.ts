// Random well-formed IR: structured programs over a few variables (arithmetic, memory on the stack, branches, counted loops), turned
// into SSA by passing every variable along every edge. Inputs are 64-bit loads from the context at offsets 0, 8, 16, 24.

import fc from "fast-check";
import type { Block, Inst, IrFunction, Terminator } from "../../packages/codegen/src/ir/function.ts";
import {
  type BinaryOp,
  binaryOps,
  type CompareOp,
  compareOps,
  type UnaryOp,
  unaryOps,
} from "../../packages/codegen/src/ir/ops.ts";

/** Variables of a generated program. */
export const variableCount = 4;
const slotSize = 16;
const at = { file: "generated", line: 1, column: 1, length: 1 } as const;

type Operand = { readonly variable: number } | { readonly constant: bigint };

/** A condition that ends a loop early. */
interface Test {
  readonly compare: CompareOp;
  readonly left: Operand;
  readonly right: Operand;
}

/** One statement of the little language that the IR is made from. */
export type Step =
  | {
      readonly kind: "binary";
      readonly op: BinaryOp;
      readonly target: number;
      readonly left: Operand;
      readonly right: Operand;
    }
  | { readonly kind: "unary"; readonly op: UnaryOp; readonly target: number; readonly operand: Operand }
  | { readonly kind: "store"; readonly size: 1 | 2 | 4 | 8; readonly place: number; readonly value: Operand }
  | {
      readonly kind: "load";
      readonly size: 1 | 2 | 4 | 8;
      readonly place: number;
      readonly signed: boolean;
      readonly target: number;
    }
  | {
      readonly kind: "if";
      readonly compare: CompareOp;
      readonly left: Operand;
      readonly right: Operand;
      readonly yes: readonly Step[];
      readonly no: readonly Step[];
    }
  | { readonly kind: "loop"; readonly rounds: number; readonly leave?: Test; readonly body: readonly Step[] }
  | { readonly kind: "return"; readonly value: Operand };

const interesting = [
  0n,
  1n,
  2n,
  3n,
  7n,
  8n,
  15n,
  16n,
  24n,
  31n,
  32n,
  33n,
  63n,
  64n,
  0xffn,
  0xff00n,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  0x100000000n,
  0x7fffffffffffffffn,
  0x8000000000000000n,
  0xffffffffffffffffn,
  0xffffffff80000000n,
];
const constant = fc.oneof(fc.constantFrom(...interesting), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }));
const variable = fc.nat({ max: variableCount - 1 });
const operand: fc.Arbitrary<Operand> = fc.oneof(
  { weight: 3, arbitrary: variable.map((index) => ({ variable: index })) },
  { weight: 2, arbitrary: constant.map((value) => ({ constant: value })) },
);
const size = fc.constantFrom<1 | 2 | 4 | 8>(1, 2, 4, 8);

const { steps } = fc.letrec<{ steps: Step[]; step: Step }>((tie) => ({
  steps: fc.array(tie("step"), { minLength: 1, maxLength: 6 }),
  step: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("binary" as const),
        op: fc.constantFrom(...binaryOps),
        target: variable,
        left: operand,
        right: operand,
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("unary" as const),
        op: fc.constantFrom(...unaryOps),
        target: variable,
        operand,
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("store" as const), size, place: fc.nat(), value: operand }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("load" as const),
        size,
        place: fc.nat(),
        signed: fc.boolean(),
        target: variable,
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("return" as const), value: operand }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("if" as const),
        compare: fc.constantFrom(...compareOps),
        left: operand,
        right: operand,
        yes: tie("steps"),
        no: tie("steps"),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("loop" as const),
        rounds: fc.integer({ min: 0, max: 9 }),
        leave: fc.record({ compare: fc.constantFrom(...compareOps), left: operand, right: operand }),
        body: tie("steps"),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("loop" as const),
        rounds: fc.integer({ min: 0, max: 9 }),
        body: tie("steps"),
      }),
    },
  ),
}));

/** Random programs as IR, with the steps they were made from. */
export const irFunctions: fc.Arbitrary<IrFunction> = steps.map((body) => toIr(body));

interface Open {
  readonly id: number;
  readonly params: Block["params"];
  readonly insts: Inst[];
}

class Builder {
  readonly blocks: Block[] = [];
  private nextValue = 1;
  private nextBlock = 0;
  private open: Open | undefined;
  variables: number[] = [];

  start(params: Block["params"]): number {
    const id = this.nextBlock++;
    this.open = { id, params, insts: [] };
    return id;
  }
  reserve(): number {
    return this.nextBlock++;
  }
  /** Opens a reserved block that gets every variable as a parameter. */
  join(id: number): void {
    const params = this.variables.map(() => ({ value: this.nextValue++, type: "i64" as const }));
    this.variables = params.map((param) => param.value);
    this.open = { id, params, insts: [] };
  }
  get isOpen(): boolean {
    return this.open !== undefined;
  }
  add(make: (result: number) => Inst): number {
    const result = this.nextValue++;
    this.open?.insts.push(make(result));
    return result;
  }
  effect(inst: Inst): void {
    this.open?.insts.push(inst);
  }
  end(end: Terminator): void {
    if (this.open) this.blocks.push({ ...this.open, end });
    this.open = undefined;
  }
  jump(block: number): void {
    this.end({ op: "jump", to: { block, args: this.variables }, at });
  }
  constant(value: bigint): number {
    return this.add((result) => ({ op: "const", result, type: "i64", value, at }));
  }
  operand(operand: Operand): number {
    return "constant" in operand ? this.constant(operand.constant) : (this.variables[operand.variable] ?? 0);
  }
  slot(): number {
    return this.add((result) => ({ op: "slot", slot: 0, result, type: "ptr.stack", at }));
  }
}

/** The IR of a list of steps. */
export function toIr(body: readonly Step[]): IrFunction {
  const builder = new Builder();
  builder.start([{ value: 0, type: "ptr.context" }]);
  builder.variables = Array.from({ length: variableCount }, (_, index) =>
    builder.add((result) => ({
      op: "load",
      result,
      type: "i64",
      size: 8,
      signed: false,
      offset: index * 8,
      args: [0],
      at,
    })),
  );
  builder.effect({ op: "zero", args: [builder.slot()], size: slotSize, offset: 0, at });
  emit(builder, body);
  if (builder.isOpen) {
    const mixed = builder.variables.reduce((sum, value) => {
      const mul = builder.add((result) => ({
        op: "mul64",
        result,
        type: "i64",
        args: [sum, builder.variables[0] ?? 0],
        at,
      }));
      return builder.add((result) => ({ op: "add64", result, type: "i64", args: [mul, value], at }));
    });
    builder.end({ op: "return", args: [mixed], at });
  }
  return {
    name: "generated",
    failure: 0,
    slots: [{ id: 0, size: slotSize, align: 8, name: "memory", at }],
    blocks: builder.blocks,
  };
}

function emit(builder: Builder, body: readonly Step[]): void {
  for (const step of body) {
    if (!builder.isOpen) return;
    emitStep(builder, step);
  }
}

function emitStep(builder: Builder, step: Step): void {
  switch (step.kind) {
    case "binary": {
      const args = [builder.operand(step.left), builder.operand(step.right)] as const;
      builder.variables = builder.variables.with(
        step.target,
        builder.add((result) => ({ op: step.op, result, type: "i64", args, at })),
      );
      return;
    }
    case "unary": {
      const args = [builder.operand(step.operand)] as const;
      builder.variables = builder.variables.with(
        step.target,
        builder.add((result) => ({ op: step.op, result, type: "i64", args, at })),
      );
      return;
    }
    case "store": {
      const offset = (step.place % (slotSize / step.size)) * step.size;
      const value = builder.operand(step.value);
      builder.effect({ op: "store", args: [builder.slot(), value], size: step.size, offset, at });
      return;
    }
    case "load": {
      const offset = (step.place % (slotSize / step.size)) * step.size;
      const pointer = builder.slot();
      builder.variables = builder.variables.with(
        step.target,
        builder.add((result) => ({
          op: "load",
          result,
          type: "i64",
          args: [pointer],
          size: step.size,
          signed: step.signed,
          offset,
          at,
        })),
      );
      return;
    }
    case "return":
      builder.end({ op: "return", args: [builder.operand(step.value)], at });
      return;
    case "if":
      emitIf(builder, step);
      return;
    case "loop":
      emitLoop(builder, step);
      return;
  }
}

function emitIf(builder: Builder, step: Step & { readonly kind: "if" }): void {
  const [yes, no, join] = [builder.reserve(), builder.reserve(), builder.reserve()];
  const { variables } = builder;
  const args = [builder.operand(step.left), builder.operand(step.right)] as const;
  builder.end({
    op: "branch",
    compare: step.compare,
    args,
    then: { block: yes, args: variables },
    else: { block: no, args: variables },
    at,
  });
  let reached = false;
  for (const [block, body] of [
    [yes, step.yes],
    [no, step.no],
  ] as const) {
    builder.variables = variables;
    builder.join(block);
    emit(builder, body);
    if (builder.isOpen) {
      reached = true;
      builder.jump(join);
    }
  }
  if (reached) builder.join(join);
}

function emitLoop(builder: Builder, step: Step & { readonly kind: "loop" }): void {
  const [head, body, exit] = [builder.reserve(), builder.reserve(), builder.reserve()];
  const counter = builder.constant(0n);
  const outer = builder.variables;
  builder.end({ op: "jump", to: { block: head, args: [...outer, counter] }, at });
  builder.variables = [...outer, counter];
  builder.join(head);
  const inner = builder.variables;
  const index = inner.at(-1) ?? 0;
  const limit = builder.constant(BigInt(step.rounds));
  builder.end({
    op: "branch",
    compare: "ult64",
    args: [index, limit],
    then: { block: body, args: inner },
    else: { block: exit, args: inner },
    at,
  });
  builder.variables = inner;
  builder.join(body);
  if (step.leave) leave(builder, step.leave, exit);
  emit(builder, step.body);
  if (builder.isOpen) {
    const one = builder.constant(1n);
    const old = builder.variables.at(-1) ?? 0;
    const next = builder.add((result) => ({ op: "add64", result, type: "i64", args: [old, one], at }));
    builder.variables = [...builder.variables.slice(0, -1), next];
    builder.jump(head);
  }
  builder.variables = inner;
  builder.join(exit);
  builder.variables = builder.variables.slice(0, -1);
}

function leave(builder: Builder, { compare, left, right }: Test, exit: number): void {
  const next = builder.reserve();
  const args = [builder.operand(left), builder.operand(right)] as const;
  const edge = (block: number) => ({ block, args: builder.variables });
  builder.end({ op: "branch", compare, args, then: edge(exit), else: edge(next), at });
  builder.join(next);
}
