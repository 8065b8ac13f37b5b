// Helpers that are operations of maps of some types. kernel/bpf/{core,queue_stack_maps,bloom_filter}.c, net/core/filter.c,
// kernel/trace/bpf_trace.c
import { errno } from "../../errno.ts";
import { Fault } from "../fault.ts";
import { BloomFilter } from "../maps/bloom-filter.ts";
import { PerfEventArray } from "../maps/perf-event-array.ts";
import { ReferenceMap } from "../maps/reference-map.ts";
import { SequenceMap } from "../maps/sequence-map.ts";
import { half, halfOf } from "../words.ts";
import { bytesAt, giveBack, type Implementation, int, mapArgument, unsigned, type World, wide } from "./world.ts";

function referencesArgument(world: World, register: number): ReferenceMap {
  const map = mapArgument(world, register);
  if (!(map instanceof ReferenceMap)) throw new Fault("helperArgument", `r${register} must be a map of references`);
  return map;
}

/** A key that is the number in a register. */
function indexKey(world: World, register: number): Uint8Array {
  const key = new Uint8Array(4);
  new DataView(key.buffer).setUint32(0, int(world, register) >>> 0, true);
  return key;
}

export const tailCall: Implementation = (world) => {
  const { machine, objects } = world;
  const number = referencesArgument(world, 2).number(indexKey(world, 3));
  const found = number === undefined ? undefined : objects.program(number);
  const [low, high] = [half(machine.registers, halfOf(1)), half(machine.registers, halfOf(1) + 1)];
  if (!found || !machine.tailCall(found.code, low, high)) giveBack(world, 0);
};

/** XDP_ABORTED to XDP_TX: what is returned where the map has no entry. */
const OTHERWISE_MASK = 3n;
/** BPF_F_BROADCAST and BPF_F_EXCLUDE_INGRESS: of maps of interfaces. */
const [BROADCAST, EXCLUDE_INGRESS] = [8n, 16n];
const XDP_REDIRECT = 4;

export const redirectMap: Implementation = (world) => {
  const map = referencesArgument(world, 1);
  const flags = wide(world, 3);
  const isDevices = map.spec.type === "devMap" || map.spec.type === "devMapHash";
  const known = OTHERWISE_MASK | (isDevices ? BROADCAST | EXCLUDE_INGRESS : 0n);
  world.redirected = undefined;
  if ((flags & ~known) !== 0n) return giveBack(world, 0);
  const isBroadcast = (flags & BROADCAST) !== 0n;
  if (!isBroadcast && map.number(indexKey(world, 2)) === undefined) {
    return giveBack(world, Number(flags & OTHERWISE_MASK));
  }
  const key = int(world, 2) >>> 0;
  world.redirected = { map: map.spec.name, key, flags: Number(flags & ~OTHERWISE_MASK) };
  giveBack(world, XDP_REDIRECT);
};

const INDEX_MASK = 0xffff_ffffn;
/** BPF_F_CTXLEN_MASK: how many bytes of the packet go behind the record. */
const PACKET_MASK = 0xf_ffffn << 32n;

/** The first bytes of the packet that r1 is the context of, or a negative errno. */
function packetStart(world: World, size: number): Uint8Array | number {
  const { machine, xdp, skb } = world;
  const context = half(machine.registers, halfOf(1) + 1);
  if (size === 0) return new Uint8Array(0);
  if (context === skb.high) return skb.packet.view(0, size) ?? -errno.EFAULT;
  if (context !== xdp.high) return -errno.EINVAL;
  const bytes = xdp.bytes(0, size);
  return typeof bytes === "number" ? -errno.EFAULT : bytes;
}

export const perfEventOutput: Implementation = (world) => {
  const map = mapArgument(world, 2);
  if (!(map instanceof PerfEventArray)) throw new Fault("helperArgument", "r2 must be a perf event array");
  const flags = wide(world, 3);
  if ((flags & ~(INDEX_MASK | PACKET_MASK)) !== 0n) return giveBack(world, -errno.EINVAL);
  const bytes = bytesAt(world, 4, unsigned(world, 5), "read");
  const behind = packetStart(world, Number(flags >> 32n));
  if (typeof behind === "number") return giveBack(world, behind);
  giveBack(world, map.output(Number(flags & INDEX_MASK), world.cpu, Uint8Array.of(...bytes, ...behind)));
};

export const mapPushElem: Implementation = (world) => {
  const map = mapArgument(world, 1);
  if (!(map instanceof SequenceMap || map instanceof BloomFilter)) {
    throw new Fault("helperArgument", "r1 must be a queue, a stack or a Bloom filter");
  }
  const flags = unsigned(world, 3);
  giveBack(world, map.push(bytesAt(world, 2, map.spec.value.size, "read"), flags));
};

function take(world: World, from: "peek" | "pop"): void {
  const map = mapArgument(world, 1);
  if (!(map instanceof SequenceMap)) throw new Fault("helperArgument", "r1 must be a queue or a stack");
  const place = bytesAt(world, 2, map.spec.value.size, "write");
  const value = map[from]();
  if (value) place.set(value);
  else place.fill(0);
  giveBack(world, value ? 0 : -errno.ENOENT);
}

export const mapPopElem: Implementation = (world) => take(world, "pop");

export const mapPeekElem: Implementation = (world) => {
  const map = mapArgument(world, 1);
  if (!(map instanceof BloomFilter)) return take(world, "peek");
  giveBack(world, map.contains(bytesAt(world, 2, map.spec.value.size, "read")));
};
