// Maps of sockets: user space or socket operations put connections in, and programs hand data from one to another, or choose
// a socket that listens. The operations are the kernel's helpers bpf_{sk,msg}_redirect_{map,hash}, bpf_sock_{map,hash}_update
// and bpf_sk_select_reuseport.
import { socketLayout } from "@typebpf/abi";
import type { SkAction } from "./actions.ts";
import { defineMap, type MapDescription } from "./maps.ts";
import { u32, type u64 } from "./scalars.ts";
import type { Init, Schema } from "./schema.ts";

/** Where a redirect by a map of sockets goes. */
export const RedirectSocket = {
  /** To the socket, as if it had been received; else it is sent by the socket. */
  INGRESS: 1,
} as const;

/** Operations on the sockets of a map; `Key` is what may stand for one. */
export interface SocketMap<Type extends string, K, Key> extends MapDescription<Type, K, u64> {
  /**
   * Hands the data to the socket under `key`: return what this gives, DROP where there is none. For `skSkb` and `skMsg`
   * programs, whose context `ctx` is. `flags`: `RedirectSocket`.
   */
  redirect(ctx: object, key: Key, flags?: number): SkAction;
  /**
   * Puts the socket of a `sockOps` program, whose context `ctx` is, under `key`. Gives 0, or a negative errno: E2BIG (−7),
   * EEXIST (−17), ENOENT (−2) by `flags` as in `MapUpdate`, EOPNOTSUPP (−95) for a socket that is not connected.
   */
  update(ctx: object, key: Key, flags?: number): number;
  /** Chooses the socket under `key` for an `skReuseport` program, whose context `ctx` is. Gives 0, or ENOENT (−2). */
  select(ctx: object, key: Key, flags?: 0): number;
}

/** Sockets by index. */
export interface SockMap extends SocketMap<"sockMap", u32, u32> {}
/** Sockets by keys of any kind. */
export interface SockHash<K> extends SocketMap<"sockHash", K, Init<K>> {}

/** Sockets of a group that listens to one port, by index. */
export interface ReusePortSockArray extends MapDescription<"reusePortSockArray", u32, u64> {
  /**
   * Chooses the socket at `index` for an `skReuseport` program, whose context `ctx` is. Gives 0, or a negative errno: ENOENT
   * (−2) where there is none, EBADFD (−77) for a socket of another group.
   */
  select(ctx: object, index: u32, flags?: 0): number;
}

/** What an array of sockets is made of. */
export interface SockMapOptions {
  /** The most sockets it holds. */
  readonly maxEntries: number;
  /** `BPF_F_*` flags. */
  readonly flags?: number;
}

/** What a table of sockets is made of. */
export interface SockHashOptions<K> extends SockMapOptions {
  /** The schema of a key. */
  readonly key: Schema<K>;
}

/** A socket's descriptor going in, its cookie coming out. */
const socket = Object.freeze({ size: 8, align: 8, layout: socketLayout }) as unknown as Schema<u64>;
const operations = ["redirect", "update", "select"];

/** Sockets by index: `sockMap({ maxEntries: 64 })`. Since Linux 4.14. */
export function sockMap(options: SockMapOptions): SockMap {
  return defineMap("sockMap", { ...options, key: u32, value: socket }, operations);
}

/** Sockets by keys of any kind: `sockHash({ key: Flow, maxEntries: 1024 })`. Since Linux 4.18. */
export function sockHash<K>(options: SockHashOptions<K>): SockHash<K> {
  return defineMap("sockHash", { ...options, value: socket }, operations);
}

/** Sockets that listen to one port: `reusePortSockArray({ maxEntries: 4 })`. Since Linux 4.19. */
export function reusePortSockArray(options: SockMapOptions): ReusePortSockArray {
  return defineMap("reusePortSockArray", { ...options, key: u32, value: socket }, ["select"]);
}
