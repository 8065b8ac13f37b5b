// Routes over rtnetlink, with programs that the packets on them meet (net/core/lwt_bpf.c, net/ipv4/fib_semantics.c; man 7
// rtnetlink). A route belongs to the network namespace, not to a process. Answers are error numbers with the kernel's own
// words; interpreting them is the caller's.
//
//   rtmsg:  family u8 | bits u8 | 0 | tos u8 | table u8 | protocol u8 | scope u8 | type u8 | flags u32
import { type Netlink, type Reply, requestFlags } from "./netlink.ts";
import {
  type Attribute,
  concat,
  decodeAttributes,
  decodeText,
  decodeU32,
  encodeAttributes,
  nested,
  textAttribute,
  u32Bytes,
} from "./netlink-message.ts";
import { AF_INET, AF_INET6 } from "./socket-address.ts";

/** Which packets of a route a program sees: `LWT_BPF_IN`, `OUT`, `XMIT`. */
export type RouteHook = "in" | "out" | "xmit";

/** Where a route is: two routes of one place exclude each other. */
export interface RoutePlace {
  /** 4 or 16 bytes. */
  readonly to: Uint8Array;
  readonly bits: number;
  readonly table: number;
  readonly type: "unicast" | "local";
}

/** A route that is to be made. */
export interface RouteRequest extends RoutePlace {
  readonly ifindex: number;
  readonly via?: Uint8Array;
  readonly program?: { readonly hook: RouteHook; readonly fd: number; readonly name: string };
}

/** A route as the kernel lists it. */
export interface Route extends RoutePlace {
  /** Name of its program; empty where it has none. */
  readonly program: string;
  /** What makes it again as it is. */
  readonly message: Uint8Array;
}

const messageTypes = { NEWROUTE: 24, DELROUTE: 25, GETROUTE: 26 };
const attributes = { DST: 1, OIF: 4, GATEWAY: 5, CACHEINFO: 12, TABLE: 15, ENCAP_TYPE: 21, ENCAP: 22 };
const NESTED = 0x8000;
const ENCAP_BPF = 6;
const hooks = { in: 1, out: 2, xmit: 3 } as const;
const programAttributes = { FD: 1, NAME: 2 };
const types = { unicast: 1, local: 2 } as const;
const scopes = { universe: 0, link: 253, host: 254, nowhere: 255 } as const;
const PROTOCOL_STATIC = 4;
/** The field has one byte; what is greater stands in an attribute. */
const TABLE_COMPAT = 252;
const headerBytes = 12;

function scopeOf({ type, via }: RouteRequest): number {
  if (type === "local") return scopes.host;
  return via ? scopes.universe : scopes.link;
}

function header(place: RoutePlace, scope: number): Uint8Array {
  const family = place.to.length === 4 ? AF_INET : AF_INET6;
  const table = place.table > 255 ? TABLE_COMPAT : place.table;
  return Uint8Array.of(family, place.bits, 0, 0, table, PROTOCOL_STATIC, scope, types[place.type], 0, 0, 0, 0);
}

function placeAttributes({ to, bits, table }: RoutePlace): Attribute[] {
  const where: Attribute[] = bits > 0 ? [{ type: attributes.DST, data: to }] : [];
  return [...where, { type: attributes.TABLE, data: u32Bytes(table) }];
}

function encapAttributes({ program }: RouteRequest): Attribute[] {
  if (!program) return [];
  const { hook, fd, name } = program;
  const inside = [{ type: programAttributes.FD, data: u32Bytes(fd) }, textAttribute(programAttributes.NAME, name)];
  return [
    { type: attributes.ENCAP_TYPE, data: Uint8Array.of(ENCAP_BPF, 0) },
    nested(attributes.ENCAP | NESTED, nested(hooks[hook] | NESTED, ...inside)),
  ];
}

/** Makes a route; EEXIST where there is one and `replace` is false. */
export function addRoute(netlink: Netlink, route: RouteRequest, replace: boolean): Reply {
  const how = replace ? requestFlags.REPLACE : requestFlags.EXCL;
  const all = [...placeAttributes(route), { type: attributes.OIF, data: u32Bytes(route.ifindex) }];
  if (route.via) all.push({ type: attributes.GATEWAY, data: route.via });
  all.push(...encapAttributes(route));
  const payload = concat(header(route, scopeOf(route)), encodeAttributes(all));
  return netlink.exchange(messageTypes.NEWROUTE, requestFlags.ACK | requestFlags.CREATE | how, payload);
}

/** Makes a route again as it was listed, in the place of the one that is there. */
export function restoreRoute(netlink: Netlink, route: Route): Reply {
  const flags = requestFlags.ACK | requestFlags.CREATE | requestFlags.REPLACE;
  return netlink.exchange(messageTypes.NEWROUTE, flags, route.message);
}

/** Removes a route. */
export function deleteRoute(netlink: Netlink, route: RouteRequest): Reply {
  const all = [...placeAttributes(route), { type: attributes.OIF, data: u32Bytes(route.ifindex) }];
  const payload = concat(header(route, scopes.nowhere), encodeAttributes(all));
  return netlink.exchange(messageTypes.DELROUTE, requestFlags.ACK, payload);
}

/** The name of the program of an encapsulation, at whichever hook. */
function programName(encap: Uint8Array | undefined): string {
  for (const [, hook] of decodeAttributes(encap ?? new Uint8Array())) {
    const name = decodeText(decodeAttributes(hook).get(programAttributes.NAME));
    if (name !== "") return name;
  }
  return "";
}

/** What makes a route again: its message without flags of the moment. */
function remake(payload: Uint8Array, all: ReadonlyMap<number, Uint8Array>): Uint8Array {
  const again = payload.slice(0, headerBytes);
  again.fill(0, 8, 12);
  const kept = [...all].filter(([type]) => type !== attributes.CACHEINFO);
  return concat(again, encodeAttributes(kept.map(([type, data]) => ({ type, data }))));
}

function decodeRoute(payload: Uint8Array): Route | undefined {
  const [family = 0, bits = 0, , , table = 0, , , number] = payload;
  const type = number === types.unicast ? "unicast" : number === types.local ? "local" : undefined;
  if (payload.length < headerBytes || type === undefined) return undefined;
  const all = decodeAttributes(payload.subarray(headerBytes));
  return {
    to: all.get(attributes.DST) ?? new Uint8Array(family === AF_INET ? 4 : 16),
    bits,
    table: decodeU32(all.get(attributes.TABLE)) ?? table,
    type,
    program: programName(all.get(attributes.ENCAP)),
    message: remake(payload, all),
  };
}

/** The routes of one family, of all tables. */
export function listRoutes(netlink: Netlink, family: number): readonly Route[] {
  const request = new Uint8Array(headerBytes);
  request[0] = family;
  const { messages } = netlink.exchange(messageTypes.GETROUTE, requestFlags.DUMP, request);
  return messages
    .filter(({ type }) => type === messageTypes.NEWROUTE)
    .flatMap(({ payload }) => decodeRoute(payload) ?? []);
}
