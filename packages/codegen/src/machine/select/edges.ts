// Moves along an edge into a block with parameters. They happen at the same time (a parameter may be the argument of
// another), so they are put in an order in which none overwrites what a later one reads; cycles go through a register.
import type { Span } from "@typebpf/abi";
import type { Edge, Param, ValueId } from "../../ir/function.ts";
import { alu, move } from "../build.ts";
import type { MirInst, Register } from "../mir.ts";
import type { Selection } from "./state.ts";

interface PendingMove {
  readonly dst: Register;
  readonly value: ValueId;
  /** The register that it reads, and what it adds; absent where the source is no register. */
  readonly from?: { readonly register: Register; readonly offset: number };
}

/** Instructions that give the target's parameters their values. */
export function selectEdge(sel: Selection, edge: Edge, params: readonly Param[], at: Span): MirInst[] {
  const pending: PendingMove[] = [];
  params.forEach((param, index) => {
    const value = edge.args[index];
    if (value === undefined) throw new Error(`select: edge to b${edge.block} lacks argument ${index}`);
    const planned = plan(sel, sel.registerOf(param.value), value);
    if (!planned.from || planned.from.register !== planned.dst || planned.from.offset !== 0) pending.push(planned);
  });
  return sequence(sel, pending, at);
}

function plan(sel: Selection, dst: Register, value: ValueId): PendingMove {
  const anchor = sel.anchor(value);
  if (anchor.kind === "slot") return { dst, value };
  const op = sel.instOf(anchor.value)?.op;
  if (op === "const" || op === "map") return { dst, value };
  return { dst, value, from: { register: sel.registerOf(anchor.value), offset: anchor.offset } };
}

function sequence(sel: Selection, moves: readonly PendingMove[], at: Span): MirInst[] {
  const out: MirInst[] = [];
  let pending = [...moves];
  /** Where a value is now that was saved to break a cycle. */
  const saved = new Map<Register, Register>();
  const isRead = (register: Register, by: readonly PendingMove[]): boolean =>
    by.some((one) => one.from !== undefined && one.from.register === register && !saved.has(register));
  while (pending.length > 0) {
    const ready = pending.find(
      (one) =>
        !isRead(
          one.dst,
          pending.filter((other) => other !== one),
        ),
    );
    if (!ready) {
      // Every target is still read: save one and go on.
      const [first] = pending;
      if (!first) break;
      const copy = sel.fresh();
      out.push(move(copy, first.dst, at));
      saved.set(first.dst, copy);
      continue;
    }
    emit(sel, ready, saved, out, at);
    pending = pending.filter((one) => one !== ready);
  }
  return out;
}

function emit(
  sel: Selection,
  { dst, value, from }: PendingMove,
  saved: ReadonlyMap<Register, Register>,
  out: MirInst[],
  at: Span,
): void {
  if (!from) {
    sel.moveInto(dst, value, out, at);
    return;
  }
  const source = saved.get(from.register) ?? from.register;
  if (source !== dst) out.push(move(dst, source, at));
  if (from.offset !== 0) out.push(alu("add", 64, dst, { kind: "immediate", value: from.offset }, at));
}
