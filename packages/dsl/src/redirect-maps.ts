// Maps that XDP programs send packets by: to interfaces, to CPUs, to AF_XDP sockets. User space fills them. The operation is
// the kernel's helper bpf_redirect_map.
import { cpuLayout, deviceLayout } from "@typebpf/abi";
import type { XdpAction } from "./actions.ts";
import { defineMap, descriptor, type MapDescription } from "./maps.ts";
import { u32 } from "./scalars.ts";
import type { Schema } from "./schema.ts";

/** How a redirect by a map of interfaces goes. */
export const RedirectMap = {
  /** To all interfaces of the map, whatever the index (Linux 5.13). */
  BROADCAST: 8,
  /** With `BROADCAST`: but not to the one that received the packet. */
  EXCLUDE_INGRESS: 16,
} as const;

/** An interface, and a program that sees what goes there. */
export interface DeviceEntry {
  /** Index of the interface. */
  ifindex: u32;
  /** Descriptor of an XDP program going in, its id coming out; 0 for none. */
  program: u32;
}

/** A CPU, and a program that runs there. */
export interface CpuEntry {
  /** How many packets may wait for the CPU. */
  qsize: u32;
  /** Descriptor of an XDP program going in, its id coming out; 0 for none. */
  program: u32;
}

/** A map that packets are sent by. */
export interface RedirectTarget<Type extends string, V> extends MapDescription<Type, u32, V> {
  /**
   * Sends the packet where the entry at `index` says: return what this gives, REDIRECT, or `otherwise` where there is no
   * entry (Linux 5.3; ABORTED before). `flags`: `RedirectMap`, of maps of interfaces only.
   */
  redirect(index: u32, otherwise: XdpAction, flags?: number): XdpAction;
}

/** Interfaces by index. */
export interface DevMap extends RedirectTarget<"devMap", DeviceEntry> {}
/** Interfaces by any number. */
export interface DevMapHash extends RedirectTarget<"devMapHash", DeviceEntry> {}
/** CPUs, by their number. */
export interface CpuMap extends RedirectTarget<"cpuMap", CpuEntry> {}
/** AF_XDP sockets, by number of the receive queue. */
export interface XskMap extends RedirectTarget<"xskMap", u32> {}

/** What such a map is made of. */
export interface RedirectMapOptions {
  /** The most entries it holds. */
  readonly maxEntries: number;
  /** `BPF_F_*` flags. */
  readonly flags?: number;
}

const schemaOf = <T>(layout: typeof deviceLayout): Schema<T> =>
  Object.freeze({ size: layout.size, align: layout.align, layout }) as unknown as Schema<T>;
const device = schemaOf<DeviceEntry>(deviceLayout);
const cpu = schemaOf<CpuEntry>(cpuLayout);

/** Interfaces by index: `devMap({ maxEntries: 8 })`. Since Linux 4.14. */
export function devMap(options: RedirectMapOptions): DevMap {
  return defineMap("devMap", { ...options, key: u32, value: device }, ["redirect"]);
}

/** Interfaces by any number: `devMapHash({ maxEntries: 8 })`. Since Linux 5.4. */
export function devMapHash(options: RedirectMapOptions): DevMapHash {
  return defineMap("devMapHash", { ...options, key: u32, value: device }, ["redirect"]);
}

/** CPUs: `cpuMap({ maxEntries: 8 })`. Since Linux 4.15. */
export function cpuMap(options: RedirectMapOptions): CpuMap {
  return defineMap("cpuMap", { ...options, key: u32, value: cpu }, ["redirect"]);
}

/** AF_XDP sockets: `xskMap({ maxEntries: 64 })`. Since Linux 4.18. */
export function xskMap(options: RedirectMapOptions): XskMap {
  return defineMap("xskMap", { ...options, ...descriptor }, ["redirect"]);
}
