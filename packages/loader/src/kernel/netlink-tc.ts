// Traffic control over rtnetlink: the clsact qdisc and the BPF filters and actions on it (net/sched/sch_ingress.c, cls_bpf.c,
// act_bpf.c and cls_api.c; man 8 tc-bpf). Filters belong to the interface, not to a process. Answers are error numbers with the
// kernel's own words; interpreting them is the caller's.
//
//   tcmsg:  family u8 | 3 zero | ifindex i32 | handle u32 | parent u32 | info u32        info = priority << 16 | protocol
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

/** Which way packets go, from the interface's view. */
export type TcDirection = "ingress" | "egress";

/**
 * What runs the program: a filter whose result is the verdict, one whose result is a class, or an action of a filter that
 * takes every packet.
 */
export type TcForm = "direct" | "classifier" | "action";

/** Where a filter is: priority and handle are 0 in a request that leaves them to the kernel. */
export interface TcFilterPlace {
  readonly ifindex: number;
  readonly direction: TcDirection;
  readonly priority: number;
  readonly handle: number;
}

/** A filter as the kernel lists it; `programId` is 0 for those that run no eBPF program. */
export interface TcFilter extends TcFilterPlace {
  readonly kind: string;
  readonly name: string;
  readonly programId: number;
  /** `ETH_P_*` in network order, as it lies in `info`. */
  readonly protocol: number;
}

const messageTypes = { NEWQDISC: 36, DELQDISC: 37, NEWTFILTER: 44, DELTFILTER: 45, GETTFILTER: 46 };
const attributes = { KIND: 1, OPTIONS: 2, CHAIN: 11 };
const bpfAttributes = { FD: 6, NAME: 7, FLAGS: 8, ID: 11 };
const matchallAttributes = { ACT: 2 };
const actionAttributes = { KIND: 1, OPTIONS: 2 };
const bpfActionAttributes = { PARMS: 2, FD: 5, NAME: 6, ID: 9 };
/** `struct tc_act_bpf`: index, capabilities, what follows (TC_ACT_PIPE: the program decides), two counts. */
const actionParameters = new Uint8Array(Int32Array.of(0, 0, 3, 0, 0).buffer);
const DIRECT_ACTION = 1;
const CLSACT_PARENT = 0xffff_fff1;
const CLSACT_HANDLE = 0xffff_0000;
const parents = { ingress: 0xffff_fff2, egress: 0xffff_fff3 };
/** `htons(ETH_P_ALL)` on a little-endian machine. */
const ALL_PROTOCOLS = 0x0300;
const headerBytes = 20;

function tcHeader(ifindex: number, handle: number, parent: number, info: number): Uint8Array {
  const header = new Uint8Array(headerBytes);
  const view = new DataView(header.buffer);
  view.setInt32(4, ifindex, true);
  view.setUint32(8, handle, true);
  view.setUint32(12, parent, true);
  view.setUint32(16, info, true);
  return header;
}

function filterHeader({ ifindex, direction, priority, handle }: TcFilterPlace, protocol: number): Uint8Array {
  return tcHeader(ifindex, handle, parents[direction], ((priority << 16) | protocol) >>> 0);
}

/** Makes the clsact qdisc; EEXIST where there is one, or an ingress qdisc. */
export function addClsact(netlink: Netlink, ifindex: number): Reply {
  const flags = requestFlags.ACK | requestFlags.CREATE | requestFlags.EXCL;
  const kind = encodeAttributes([textAttribute(attributes.KIND, "clsact")]);
  return netlink.exchange(
    messageTypes.NEWQDISC,
    flags,
    concat(tcHeader(ifindex, CLSACT_HANDLE, CLSACT_PARENT, 0), kind),
  );
}

/** Removes the clsact qdisc with all its filters. */
export function deleteClsact(netlink: Netlink, ifindex: number): Reply {
  const header = tcHeader(ifindex, CLSACT_HANDLE, CLSACT_PARENT, 0);
  return netlink.exchange(messageTypes.DELQDISC, requestFlags.ACK, header);
}

/** A program that is to be attached. */
export interface TcProgram {
  readonly fd: number;
  readonly name: string;
  readonly form: TcForm;
  readonly replace: boolean;
}

function filterOptions({ fd, name, form }: TcProgram): readonly Attribute[] {
  if (form !== "action") {
    return [
      { type: bpfAttributes.FD, data: u32Bytes(fd) },
      textAttribute(bpfAttributes.NAME, name),
      { type: bpfAttributes.FLAGS, data: u32Bytes(form === "direct" ? DIRECT_ACTION : 0) },
    ];
  }
  const action = nested(
    actionAttributes.OPTIONS,
    { type: bpfActionAttributes.PARMS, data: actionParameters },
    { type: bpfActionAttributes.FD, data: u32Bytes(fd) },
    textAttribute(bpfActionAttributes.NAME, name),
  );
  return [nested(matchallAttributes.ACT, nested(1, textAttribute(actionAttributes.KIND, "bpf"), action))];
}

/** Adds a filter for all protocols; with `replace`, in the place of the one that is there. */
export function addBpfFilter(netlink: Netlink, place: TcFilterPlace, filter: TcProgram): Reply {
  const options = nested(attributes.OPTIONS, ...filterOptions(filter));
  const kind = filter.form === "action" ? "matchall" : "bpf";
  const parts: readonly Attribute[] = [textAttribute(attributes.KIND, kind), options];
  const how = filter.replace ? requestFlags.REPLACE : requestFlags.EXCL;
  const flags = requestFlags.ACK | requestFlags.CREATE | how;
  const payload = concat(filterHeader(place, ALL_PROTOCOLS), encodeAttributes(parts));
  return netlink.exchange(messageTypes.NEWTFILTER, flags, payload);
}

/** Removes one filter. */
export function deleteFilter(netlink: Netlink, filter: TcFilter): Reply {
  const kind = encodeAttributes([textAttribute(attributes.KIND, filter.kind)]);
  const payload = concat(filterHeader(filter, filter.protocol), kind);
  return netlink.exchange(messageTypes.DELTFILTER, requestFlags.ACK, payload);
}

const none = new Uint8Array();

/** Name and number of the program of a filter, or of its first action. */
function programOf(kind: string, options: Uint8Array): Pick<TcFilter, "name" | "programId"> {
  const of = decodeAttributes(options);
  if (kind !== "matchall") {
    return { name: decodeText(of.get(bpfAttributes.NAME)), programId: decodeU32(of.get(bpfAttributes.ID)) ?? 0 };
  }
  const first = decodeAttributes(decodeAttributes(of.get(matchallAttributes.ACT) ?? none).get(1) ?? none);
  if (decodeText(first.get(actionAttributes.KIND)) !== "bpf") return { name: "", programId: 0 };
  const action = decodeAttributes(first.get(actionAttributes.OPTIONS) ?? none);
  return {
    name: decodeText(action.get(bpfActionAttributes.NAME)),
    programId: decodeU32(action.get(bpfActionAttributes.ID)) ?? 0,
  };
}

function decodeFilter(payload: Uint8Array, direction: TcDirection): TcFilter | undefined {
  if (payload.length < headerBytes) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const all = decodeAttributes(payload.subarray(headerBytes));
  const kind = decodeText(all.get(attributes.KIND));
  const info = view.getUint32(16, true);
  return {
    ifindex: view.getInt32(4, true),
    direction,
    priority: info >>> 16,
    protocol: info & 0xffff,
    handle: view.getUint32(8, true),
    kind,
    ...programOf(kind, all.get(attributes.OPTIONS) ?? none),
  };
}

/** Filters of one direction in the order in which they run; none where there is no qdisc, or no interface. */
export function listFilters(netlink: Netlink, ifindex: number, direction: TcDirection): readonly TcFilter[] {
  const header = tcHeader(ifindex, 0, parents[direction], 0);
  const { messages } = netlink.exchange(messageTypes.GETTFILTER, requestFlags.DUMP, header);
  return messages
    .filter(({ type }) => type === messageTypes.NEWTFILTER)
    .flatMap(({ payload }) => decodeFilter(payload, direction) ?? [])
    .filter((filter) => filter.handle !== 0);
}
