// The packet. `packet.at(offset, T)` is one comparison with the packet's end; the kernel learns from it
// that the bytes before are readable (kernel/bpf/verifier.c, find_good_pkt_pointers), as long as the offset stays within
// 0…0xffff (MAX_PACKET_OFF).
import { limits } from "@typebpf/abi";
import type { PacketAtExpr, PacketLengthExpr } from "../../ast/nodes.ts";
import type { ValueId } from "../../ir/function.ts";
import { none, scalar, type Value } from "../cells.ts";
import { addBytes, addPointer, constant, constantOf } from "../emit.ts";
import { knownRange } from "../known-range.ts";
import type { Lowering } from "../lowering.ts";
import { packetEnd, packetStart } from "../packet-bounds.ts";
import { nullValue } from "../ssa-builder.ts";

/** `ctx.packet.at(offset, layout)`: the pointer, or null where the bytes are not all in the packet. */
export function lowerPacketAt(l: Lowering, expr: PacketAtExpr): Value {
  const { build } = l;
  const { at } = expr;
  const offset = l.scalar(expr.offset);
  const limit = limits.packetOffset - expr.layout.size;
  const known = constantOf(build, offset);
  if (limit < 0 || (known !== undefined && known > BigInt(limit))) return none;

  const result = build.variable(true);
  const [inside, missing, join] = [build.block(), build.block(), build.block()];
  const range = knownRange(build, offset);
  if (!range || range.max > BigInt(limit)) {
    const near = build.block();
    build.branch("ugt64", offset, constant(build, limit, at), missing, near, at);
    build.enterSealed(near);
  }
  const start = packetStart(l, at);
  const pointer =
    known === undefined ? addPointer(build, start, offset, at) : addBytes(build, start, Number(known), at);
  const end = addPointer(build, pointer, constant(build, expr.layout.size, at), at);
  build.branch("ugt64", end, packetEnd(l, at), missing, inside, at);

  build.enterSealed(missing);
  build.write(result, nullValue);
  build.jump(join, at);
  build.enterSealed(inside);
  build.write(result, pointer);
  build.jump(join, at);
  build.enterSealed(join);
  return scalar(build.read(result));
}

/** `ctx.packet.length`: bytes of the linear part. */
export function lowerPacketLength(l: Lowering, expr: PacketLengthExpr): Value {
  const args: readonly [ValueId, ValueId] = [packetEnd(l, expr.at), packetStart(l, expr.at)];
  return scalar(l.build.define({ op: "ptrdiff", args, type: "i64", at: expr.at }));
}
