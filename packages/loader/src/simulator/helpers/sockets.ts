// Helpers of programs on the data of sockets and on the choice among sockets: where data goes, which part of a message is in
// view, a message that grows and shrinks. A run goes nowhere: where it would have gone is told in its result.
// net/core/sock_map.c and filter.c, Linux 6.12.
import { errno } from "../../errno.ts";
import type { PacketStructContext } from "../contexts/packet-struct.ts";
import { Fault } from "../fault.ts";
import { ReferenceMap } from "../maps/reference-map.ts";
import { half, halfOf } from "../words.ts";
import { bytesAt, giveBack, type Implementation, int, mapArgument, unsigned, type World } from "./world.ts";

const [DROP, PASS] = [0, 1];
const INGRESS = 1;

function socketsArgument(world: World, register: number): ReferenceMap {
  const map = mapArgument(world, register);
  if (!(map instanceof ReferenceMap)) throw new Fault("helperArgument", `r${register} must be a map of sockets`);
  return map;
}

function indexBytes(world: World, register: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(int(world, register)).buffer);
}

/** Notes where the data goes; false where there is no socket. */
function goesTo(world: World, map: ReferenceMap, key: Uint8Array, flags: number): boolean {
  world.redirected = undefined;
  if (map.number(key) === undefined) return false;
  const index = new DataView(key.buffer, key.byteOffset, key.byteLength);
  const number = key.length === 4 ? index.getUint32(0, true) : 0;
  world.redirected = { map: map.spec.name, key: number, keyBytes: key.slice(), flags };
  return true;
}

function redirectBy(keyOf: (world: World, map: ReferenceMap) => Uint8Array): Implementation {
  return (world) => {
    const map = socketsArgument(world, 2);
    const flags = unsigned(world, 4);
    const goes = (flags === 0 || flags === INGRESS) && goesTo(world, map, keyOf(world, map), flags);
    giveBack(world, goes ? PASS : DROP);
  };
}

const byIndex = redirectBy((world) => indexBytes(world, 3));
const byKey = redirectBy((world, map) => bytesAt(world, 3, map.spec.key.size, "read"));

export const skRedirectMap = byIndex;
export const msgRedirectMap = byIndex;
export const skRedirectHash = byKey;
export const msgRedirectHash = byKey;

export const skSelectReuseport: Implementation = (world) => {
  const map = socketsArgument(world, 2);
  if (unsigned(world, 4) !== 0) return giveBack(world, -errno.EINVAL);
  const found = goesTo(world, map, bytesAt(world, 3, map.spec.key.size, "read"), 0);
  giveBack(world, found ? 0 : -errno.ENOENT);
};

/** The message that r1 is the context of. */
function messageArgument({ machine, struct }: World): PacketStructContext {
  if (half(machine.registers, halfOf(1) + 1) !== struct.high)
    throw new Fault("helperArgument", "r1 must be the context");
  return struct;
}

/** What only says how much the verdict is for: a run has one message. */
const noted: Implementation = (world) => {
  messageArgument(world);
  giveBack(world, 0);
};

export const msgApplyBytes = noted;
export const msgCorkBytes = noted;

export const msgPullData: Implementation = (world) => {
  const message = messageArgument(world);
  const [start, end] = [int(world, 2) >>> 0, int(world, 3) >>> 0];
  if (unsigned(world, 4) !== 0 || end <= start || end > message.length) return giveBack(world, -errno.EINVAL);
  message.show(start, end);
  giveBack(world, 0);
};

export const msgPushData: Implementation = (world) => {
  const message = messageArgument(world);
  const [start, length] = [int(world, 2) >>> 0, int(world, 3) >>> 0];
  if (unsigned(world, 4) !== 0) return giveBack(world, -errno.EINVAL);
  if (length === 0) return giveBack(world, 0);
  if (start >= message.length) return giveBack(world, -errno.EINVAL);
  giveBack(world, message.insert(start, length) ? 0 : -errno.ENOMEM);
};

export const msgPopData: Implementation = (world) => {
  const message = messageArgument(world);
  const [start, length] = [int(world, 2) >>> 0, int(world, 3) >>> 0];
  if (unsigned(world, 4) !== 0) return giveBack(world, -errno.EINVAL);
  if (length === 0) return giveBack(world, 0);
  if (start >= message.length || start + length > message.length) return giveBack(world, -errno.EINVAL);
  message.remove(start, length);
  giveBack(world, 0);
};
