// What simulated helpers can reach, and how they read their arguments.
import type { ProgramTypeName } from "@typebpf/abi";
import type { MapRedirect, TraceEvent } from "../../run-events.ts";
import type { Clock } from "../clock.ts";
import type { PacketStructContext } from "../contexts/packet-struct.ts";
import type { SkbContext } from "../contexts/skb.ts";
import type { XdpContext } from "../contexts/xdp.ts";
import { Fault } from "../fault.ts";
import type { Machine } from "../machine.ts";
import type { SimulatedMap } from "../maps/map.ts";
import type { Objects } from "../maps/objects.ts";
import type { Surroundings } from "../surroundings.ts";
import { half, halfOf, writeNumber } from "../words.ts";

/** The simulated machine around a program. */
export interface World {
  readonly machine: Machine;
  /** By index of the segment that stands for the map. */
  readonly maps: ReadonlyMap<number, SimulatedMap>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly cpu: number;
  readonly xdp: XdpContext;
  readonly skb: SkbContext;
  /** Of programs without a packet. */
  readonly struct: PacketStructContext;
  /** The task that runs, memory at addresses, options of the socket. */
  readonly surroundings: Surroundings;
  /** Programs and maps by number. */
  readonly objects: Objects;
  /** Where the current run has sent its packet by a map. */
  redirected: MapRedirect | undefined;
  /** Lines that the current run has traced. */
  readonly traced: TraceEvent[];
}

/** A helper, called by a program of some type: reads r1 to r5, writes r0. */
export type Implementation = (world: World, program: ProgramTypeName) => void;

/** A helper that the simulator does not have, and why. */
export interface Unsimulated {
  readonly unsimulated: string;
}

/** Lower half of an argument, as a signed number: an `int` of the helper's prototype. */
export function int(world: World, register: number): number {
  return half(world.machine.registers, halfOf(register));
}

/** The whole argument as a number; not exact from 2^53 on. */
export function unsigned(world: World, register: number): number {
  const { registers } = world.machine;
  return (half(registers, halfOf(register) + 1) >>> 0) * 0x1_0000_0000 + (half(registers, halfOf(register)) >>> 0);
}

/** The whole argument, unsigned. */
export function wide(world: World, register: number): bigint {
  return world.machine.register(register);
}

/** Writes r0. Takes whole numbers of less than 2^53 in magnitude. */
export function giveBack(world: World, value: number): void {
  writeNumber(world.machine.registers, 0, value);
}

/** The `size` bytes that an argument points to: a view. */
export function bytesAt(world: World, register: number, size: number, access: "read" | "write"): Uint8Array {
  const { registers, memory } = world.machine;
  return memory.bytes(half(registers, halfOf(register) + 1), half(registers, halfOf(register)), size, access);
}

/** The map that an argument names. */
export function mapArgument(world: World, register: number): SimulatedMap {
  const map = world.maps.get(half(world.machine.registers, halfOf(register) + 1) >>> 20);
  if (!map) throw new Fault("helperArgument", `r${register} must be a map`);
  return map;
}

/** Checks that an argument is the context. */
export function contextArgument(world: World, register: number): XdpContext {
  if (half(world.machine.registers, halfOf(register) + 1) !== world.xdp.high) {
    throw new Fault("helperArgument", `r${register} must be the context`);
  }
  return world.xdp;
}

/** The same where the context is a socket buffer. */
export function skbArgument(world: World, register: number): SkbContext {
  if (half(world.machine.registers, halfOf(register) + 1) !== world.skb.high) {
    throw new Fault("helperArgument", `r${register} must be the context`);
  }
  return world.skb;
}
