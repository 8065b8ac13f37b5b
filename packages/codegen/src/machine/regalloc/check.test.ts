import { describe, expect, test } from "vitest";
import { parseModule } from "../../ir/parse.ts";
import type { MirInst } from "../mir.ts";
import { select } from "../select.ts";
import { allocate } from "./allocate.ts";
import { checkAllocation } from "./check.ts";
import type { Step, StepBlock } from "./steps.ts";

// Six values live across a call: more than there are registers that calls preserve.
const pressure = `function f failure 0
b0(v0: ptr.context):
  v1: i64 = load8 v0 +0
  v2: i64 = load8 v0 +8
  v3: i64 = load8 v0 +16
  v4: i64 = load8 v0 +24
  v5: i64 = load8 v0 +32
  v6: i64 = load8 v0 +40
  v7: i64 = call ktimeGetNs
  v8: i64 = add64 v1 v2
  v9: i64 = mul64 v8 v3
  v10: i64 = sub64 v9 v4
  v11: i64 = xor64 v10 v5
  v12: i64 = or64 v11 v6
  v13: i64 = add64 v12 v7
  return v13
`;

function allocated() {
  const [fn] = parseModule(pressure).functions;
  if (!fn) throw new Error("no function");
  const { mir } = select(fn, 3);
  return { mir, blocks: allocate(mir).blocks };
}

/** The allocation with each step changed; a step that becomes nothing is left out. */
function changed(blocks: readonly StepBlock[], change: (step: Step) => Step | undefined): readonly StepBlock[] {
  return blocks.map((block) => ({ ...block, steps: block.steps.flatMap((step) => change(step) ?? []) }));
}

function rewrite(name: string, change: (inst: MirInst) => MirInst | undefined) {
  const { mir, blocks } = allocated();
  let done = false;
  const broken = changed(blocks, (step) => {
    if (done || step.inst?.name !== name) return step;
    done = true;
    const inst = change(step.inst);
    return { ...(step.of && { of: step.of }), ...(inst && { inst }) };
  });
  expect(done).toBe(true);
  return checkAllocation(mir, broken);
}

describe("the checker", () => {
  test("accepts what the allocator made, spills included", () => {
    const { mir, blocks } = allocated();
    expect(checkAllocation(mir, blocks)).toEqual([]);
    const added = blocks.flatMap(({ steps }) => steps.filter((step) => !step.of));
    expect(added.map(({ inst }) => inst?.name).sort()).toEqual(["ldx_u64", "ldx_u64", "stx_u64", "stx_u64"]);
  });
  test("finds a value in the wrong register", () => {
    expect(rewrite("mul64_reg", (inst) => ({ ...inst, src: inst.dst ?? 0 }))).not.toEqual([]);
  });
  test("finds a value that a call destroys", () => {
    const { mir, blocks } = allocated();
    const into = (register: number) => (register === 6 ? 3 : register);
    const broken = changed(blocks, (step) => ({
      ...step,
      ...(step.inst && {
        inst: {
          ...step.inst,
          ...(step.inst.dst !== undefined && { dst: into(step.inst.dst) }),
          ...(step.inst.src !== undefined && { src: into(step.inst.src) }),
        },
      }),
    }));
    expect(checkAllocation(mir, broken).join()).toMatch(/r3 does not hold/);
  });
  test("finds a spill slot that was never written", () => {
    expect(rewrite("stx_u64", () => undefined)).not.toEqual([]);
  });
  test("finds a reload from another slot", () => {
    expect(
      rewrite("ldx_u64", (inst) => (inst.slot === undefined ? { ...inst, src: 2 } : { ...inst, slot: inst.slot + 1 })),
    ).not.toEqual([]);
  });
  test("finds an instruction that was left out", () => {
    const { mir, blocks } = allocated();
    expect(
      checkAllocation(
        mir,
        changed(blocks, (step) => (step.of?.name === "xor64_reg" ? undefined : step)),
      ),
    ).toEqual(["b0: instructions are missing, added or out of order"]);
  });
  test("finds another instruction in the place of one", () => {
    expect(rewrite("or64_reg", (inst) => ({ ...inst, name: "and64_reg" })).join()).toMatch(/another instruction/);
  });
});

test("values that constants and addresses can be made again from are not spilled", () => {
  const [fn] = parseModule(`function f failure 0
b0(v0: ptr.context):
  v1: i64 = load8 v0 +0
  v2: i64 = const 81985529216486895
  v3: i64 = mul64 v1 v2
  v4: i64 = load8 v0 +8
  v5: i64 = load8 v0 +16
  v6: i64 = load8 v0 +24
  v7: i64 = call ktimeGetNs
  v8: i64 = mul64 v3 v2
  v9: i64 = add64 v8 v4
  v10: i64 = add64 v9 v5
  v11: i64 = add64 v10 v6
  return v11
`).functions;
  if (!fn) throw new Error("no function");
  const { mir } = select(fn, 3);
  const { mir: physical, blocks } = allocate(mir);
  expect(checkAllocation(mir, blocks)).toEqual([]);
  expect(physical.slots).toEqual([]);
  const wide = physical.blocks.flatMap(({ insts }) => insts.filter((inst) => inst.name === "lddw"));
  expect(wide).toHaveLength(2);
});
