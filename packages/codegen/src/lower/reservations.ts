// Reserved records of ring buffers, and sockets of lookups. The kernel demands that each is released exactly once on every path, and knows that one
// is null only from the test of the pointer that the helper gave (kernel/bpf/verifier.c, mark_ptr_or_null_regs; kernels
// before 6.x forget later that it is not). So the pointer is tested once, where it is made, and what the author tests, and
// whether a record is held at the end of its scope, are integers beside it: constants on every path, which the kernel
// follows and the optimiser removes.
import type { Span } from "@typebpf/abi";
import type { BlockId, ValueId } from "../ir/function.ts";
import { constant, constantOf } from "./emit.ts";
import { call } from "./intrinsics/calls.ts";
import type { Frame, Held, LoopExits, Lowering, Reservation } from "./lowering.ts";
import { nullValue } from "./ssa-builder.ts";

/** The record that was asked for: zero where there is one, since the kernel does not clear it. */
export function reserve(l: Lowering, variable: number, map: string, size: number, at: Span): Reservation {
  const { build } = l;
  const ring = build.define({ op: "map", map, type: "ptr.map", at });
  const bytes = constant(build, size, at);
  const pointer = call(l, "ringbufReserve", [ring, bytes, constant(build, 0, at)], at);
  const clear = (): void => build.effect({ op: "zero", size, offset: 0, args: [pointer], at });
  const discard = (live: ValueId, end: Span): void => {
    call(l, "ringbufDiscard", [live, constant(build, 0, end)], end);
  };
  return hold(l, { variable, pointer, discard }, clear, at);
}

/** A socket that a lookup gave. */
export function holdSocket(l: Lowering, variable: number, pointer: ValueId, at: Span): Reservation {
  const discard = (live: ValueId, end: Span): void => {
    call(l, "skRelease", [live], end);
  };
  return hold(l, { variable, pointer, discard }, () => undefined, at);
}

/** Tests the pointer; `found` is what is done where there is something. */
function hold(
  l: Lowering,
  given: Pick<Reservation, "variable" | "pointer" | "discard">,
  found: () => void,
  at: Span,
): Reservation {
  const { build } = l;
  const { pointer } = given;
  const [no, yes] = [constant(build, 0, at), constant(build, 1, at)];
  const [present, held, live] = [build.variable(false), build.variable(false), build.variable(true)];
  const reservation: Reservation = { ...given, no, yes, present, held, live };
  build.write(live, pointer);
  const [got, none, after] = [build.block(), build.block(), build.block()];
  build.branch("ne64", pointer, nullValue, got, none, at);
  build.enterSealed(got);
  found();
  build.write(present, yes);
  build.jump(after, at);
  build.enterSealed(none);
  build.write(present, no);
  build.jump(after, at);
  build.enterSealed(after);
  build.write(held, build.read(present));
  l.reserved.set(pointer, reservation);
  return reservation;
}

/** Branches on whether the record is there; false where the pointer is none of a record. */
export function branchOnPresence(
  l: Lowering,
  pointer: ValueId,
  whenTrue: BlockId,
  whenFalse: BlockId,
  at: Span,
): boolean {
  const { build } = l;
  const reservation = l.reserved.get(pointer);
  if (!reservation) return false;
  const { present, held, no, yes } = reservation;
  const flag = build.read(present);
  const known = constantOf(build, flag);
  if (known !== undefined) {
    build.jump(known === 0n ? whenFalse : whenTrue, at);
    return true;
  }
  // A record that nothing has released yet is held where it is there.
  const untouched = build.read(held) === flag;
  const [there, absent] = [build.block(), build.block()];
  build.branch("ne64", flag, no, there, absent, at);
  for (const [block, value, to] of [
    [there, yes, whenTrue],
    [absent, no, whenFalse],
  ] as const) {
    build.enterSealed(block);
    build.write(present, value);
    if (untouched || value === no) build.write(held, value);
    build.jump(to, at);
  }
  return true;
}

/** Gives the record back. */
export function release(l: Lowering, reservation: Reservation, submit: boolean, flags: ValueId, at: Span): void {
  const { build } = l;
  call(l, submit ? "ringbufSubmit" : "ringbufDiscard", [reservation.pointer, flags], at);
  build.write(reservation.held, reservation.no);
  build.write(reservation.live, nullValue);
}

/** Where scopes end: gives back what is held, the innermost first. */
export function endReservations(l: Lowering, reservations: readonly Held[], at: Span): void {
  for (const held of reservations.toReversed()) {
    if (!l.build.reachable) return;
    if ("lock" in held) call(l, "spinUnlock", [held.lock], at);
    else endReservation(l, held, at);
  }
}

function endReservation(l: Lowering, reservation: Reservation, at: Span): void {
  const { build } = l;
  const flag = build.read(reservation.held);
  const known = constantOf(build, flag);
  if (known === 0n) return;
  const after = build.block();
  if (known === undefined) {
    const held = build.block();
    build.branch("ne64", flag, reservation.no, held, after, at);
    build.enterSealed(held);
  }
  reservation.discard(build.read(reservation.live), at);
  build.jump(after, at);
  build.enterSealed(after);
}

/** All open reservations and locks of a function and of those that called it, outermost first. */
export function openReservations(frame: Frame | undefined, within?: LoopExits): readonly Held[] {
  if (!frame) return [];
  const outer = within && frame.loop === within ? [] : openReservations(frame.caller, within);
  return [...outer, ...frame.reservations];
}

/** The innermost body of a `loop` that is open. */
export function innermostLoop(frame: Frame | undefined): LoopExits | undefined {
  return frame && (frame.loop ?? innermostLoop(frame.caller));
}
