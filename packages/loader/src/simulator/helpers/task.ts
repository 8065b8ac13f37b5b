// The task that runs, and what was said of the place where the program is attached. kernel/bpf/helpers.c (Linux 6.12)
import { errno } from "../../errno.ts";
import { Fault } from "../fault.ts";
import { half, halfOf, writeBigInt } from "../words.ts";
import { bytesAt, giveBack, type Implementation, int, type World, wide } from "./world.ts";

function give(world: World, value: bigint): void {
  writeBigInt(world.machine.registers, 0, BigInt.asUintN(64, value));
}

function pair(high: number, low: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/** Checks that r1 is the context, of whatever type. */
export function anyContext(world: World): void {
  const high = half(world.machine.registers, halfOf(1) + 1);
  if (![world.xdp.high, world.skb.high, world.struct.high].includes(high)) {
    throw new Fault("helperArgument", "r1 must be the context");
  }
}

export const getCurrentPidTgid: Implementation = (world) => {
  const { pid, tgid } = world.surroundings.task;
  give(world, pair(tgid, pid));
};

export const getCurrentUidGid: Implementation = (world) => {
  const { uid, gid } = world.surroundings.task;
  give(world, pair(gid, uid));
};

/** The name is cut to the memory, ends with NUL there and is padded with more. */
export const getCurrentComm: Implementation = (world) => {
  const target = bytesAt(world, 1, int(world, 2) >>> 0, "write");
  const name = new TextEncoder().encode(world.surroundings.task.comm);
  target.fill(0);
  target.set(name.subarray(0, target.length - 1));
  giveBack(world, 0);
};

export const getCurrentTask: Implementation = (world) => give(world, world.surroundings.task.address);

export const getCurrentCgroupId: Implementation = (world) => give(world, world.surroundings.task.cgroupId);

export const getCurrentAncestorCgroupId: Implementation = (world) => {
  const { cgroupAncestors } = world.surroundings.task;
  give(world, cgroupAncestors[int(world, 1)] ?? 0n);
};

const PID_NS_INFO = 8;

export const getNsCurrentPidTgid: Implementation = (world) => {
  const { pidNamespace, pid, tgid } = world.surroundings.task;
  const info = bytesAt(world, 3, int(world, 4) >>> 0, "write");
  info.fill(0);
  const known = wide(world, 1) === pidNamespace.dev && wide(world, 2) === pidNamespace.ino;
  if (info.length !== PID_NS_INFO || !known) return giveBack(world, -errno.EINVAL);
  const view = new DataView(info.buffer, info.byteOffset, PID_NS_INFO);
  view.setUint32(0, pid, true);
  view.setUint32(4, tgid, true);
  giveBack(world, 0);
};

/** Most signals (_NSIG). */
const signals = 64;

function send(to: "process" | "thread"): Implementation {
  return (world) => {
    const signal = int(world, 1) >>> 0;
    if (signal > signals) return giveBack(world, -errno.EINVAL);
    world.surroundings.signal(signal, to);
    giveBack(world, 0);
  };
}

export const sendSignal = send("process");

export const sendSignalThread = send("thread");

export const getAttachCookie: Implementation = (world) => {
  anyContext(world);
  give(world, world.surroundings.attachCookie);
};

export const getFuncIp: Implementation = (world) => {
  anyContext(world);
  give(world, world.surroundings.functionAddress);
};

/** The simulated machine has one network namespace and one socket, of the superuser, in no class. */
export const one: Implementation = (world) => {
  anyContext(world);
  giveBack(world, 1);
};

export const zero: Implementation = (world) => giveBack(world, 0);

export const getRetval: Implementation = (world) => giveBack(world, world.surroundings.retval);

export const setRetval: Implementation = (world) => {
  world.surroundings.retval = int(world, 1);
  giveBack(world, 0);
};
