// A small rtnetlink client: interfaces, addresses, routes of the network namespace in which it was opened (man 7
// rtnetlink; the kernel answers while the request is sent, so every call is synchronous). A refused request throws a
// diagnostic with the kernel's extended acknowledgement text.
import { DiagnosticError, diagnostic } from "@typebpf/abi";
import { mac as macBytes } from "../address.ts";
import { kernelDiagnostics } from "./diagnostics.ts";
import { errnoName } from "./errno.ts";
import { Fd } from "./fd.ts";
import {
  type Attribute,
  concat,
  decodeAttributes,
  decodeMessages,
  decodeText,
  decodeU32,
  encodeAttributes,
  encodeMessage,
  headerBytes,
  type Message,
  nested,
  textAttribute,
  u32Bytes,
} from "./netlink-message.ts";
import { AF_INET, AF_INET6, ipBytes } from "./socket-address.ts";
import type { Sys } from "./sys.ts";

/** The XDP program of an interface. */
export interface AttachedXdp {
  /** `XDP_ATTACHED_*` */
  readonly mode: number;
  readonly programId: number;
}

/** A network interface. */
export interface NetworkInterface {
  readonly index: number;
  readonly name: string;
  /** Hardware address, six bytes as hex with colons; empty where there is none. */
  readonly mac: string;
  readonly up: boolean;
  readonly loopback: boolean;
  readonly mtu: number;
  readonly xdp?: AttachedXdp;
}

/** What came back for a request: the kernel's error number and own words (0 and none when all is well), and data. */
export interface Reply {
  readonly errno: number;
  readonly text: string;
  readonly messages: readonly Message[];
}

/** One end of a veth pair that is to be made: its name and the namespace (a descriptor) that it is born in. */
export interface VethEnd {
  readonly name: string;
  readonly namespace: number;
}

const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 3 | 0x80000;
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
const SOL_NETLINK = 270;
const socketOptions = { CAP_ACK: 10, EXT_ACK: 11 };
const messageTypes = { ERROR: 2, DONE: 3, NEWLINK: 16, DELLINK: 17, GETLINK: 18, NEWADDR: 20, NEWROUTE: 24 };
/** `NLM_F_*`: flags of requests. */
export const requestFlags = { REQUEST: 1, ACK: 4, DUMP: 0x300, REPLACE: 0x100, EXCL: 0x200, CREATE: 0x400 };
const ACK_TLVS = 0x200;
const linkAttributes = { ADDRESS: 1, IFNAME: 3, MTU: 4, LINKINFO: 18, NET_NS_FD: 28, XDP: 43 };
const xdpAttributes = { ATTACHED: 2, PROG_ID: 4, DRV_PROG_ID: 5, SKB_PROG_ID: 6 };
const infoAttributes = { KIND: 1, DATA: 2 };
const VETH_PEER = 1;
const addressAttributes = { ADDRESS: 1, LOCAL: 2, FLAGS: 8 };
const routeAttributes = { DST: 1, OIF: 4, GATEWAY: 5 };
/** No duplicate address detection: the address works at once. */
const IFA_F_NODAD = 2;
const IFF_UP = 1;
const IFF_LOOPBACK = 8;
const receiveBytes = 1 << 17;
const timeoutSeconds = 5n;

function linkHeader(index = 0, flags = 0, change = 0): Uint8Array {
  const header = new Uint8Array(16);
  const view = new DataView(header.buffer);
  view.setInt32(4, index, true);
  view.setUint32(8, flags, true);
  view.setUint32(12, change, true);
  return header;
}

function familyOf(address: Uint8Array): number {
  return address.length === 4 ? AF_INET : AF_INET6;
}

function decodeXdp(bytes: Uint8Array | undefined): AttachedXdp | undefined {
  if (!bytes) return undefined;
  const attributes = decodeAttributes(bytes);
  const mode = attributes.get(xdpAttributes.ATTACHED)?.[0] ?? 0;
  const ids = [xdpAttributes.PROG_ID, xdpAttributes.DRV_PROG_ID, xdpAttributes.SKB_PROG_ID];
  const programId = ids.map((type) => decodeU32(attributes.get(type))).find((id) => id !== undefined);
  return mode === 0 || programId === undefined ? undefined : { mode, programId };
}

function decodeLink(payload: Uint8Array): NetworkInterface {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const attributes = decodeAttributes(payload.subarray(16));
  const xdp = decodeXdp(attributes.get(linkAttributes.XDP));
  const mac = [...(attributes.get(linkAttributes.ADDRESS) ?? [])].map((byte) => byte.toString(16).padStart(2, "0"));
  return {
    index: view.getInt32(4, true),
    name: decodeText(attributes.get(linkAttributes.IFNAME)),
    mac: mac.join(":"),
    up: (view.getUint32(8, true) & IFF_UP) !== 0,
    loopback: (view.getUint32(8, true) & IFF_LOOPBACK) !== 0,
    mtu: decodeU32(attributes.get(linkAttributes.MTU)) ?? 0,
    ...(xdp && { xdp }),
  };
}

/** Error number (0 for none) and text of an acknowledgement. */
function acknowledgement({ payload, flags }: Message): readonly [errno: number, text: string] {
  const errno = -new DataView(payload.buffer, payload.byteOffset, payload.byteLength).getInt32(0, true);
  const attributes = (flags & ACK_TLVS) !== 0 ? decodeAttributes(payload.subarray(4 + headerBytes)) : undefined;
  return [errno, decodeText(attributes?.get(1))];
}

/** An rtnetlink socket in the calling thread's network namespace; it stays with that namespace. */
export class Netlink implements Disposable {
  readonly #sys: Sys;
  readonly #fd: Fd;
  #sequence = 0;

  /** @throws DiagnosticError when the kernel gives no socket. */
  constructor(sys: Sys) {
    const fd = sys.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, 0);
    if (fd < 0) throw this.#refusal("open a netlink socket", -fd, "");
    this.#sys = sys;
    this.#fd = new Fd(sys, fd, "netlink socket");
    const timeout = new Uint8Array(BigInt64Array.of(timeoutSeconds, 0n).buffer);
    sys.setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, timeout);
    // Without these (before Linux 4.12) errors come without a text.
    for (const option of [socketOptions.EXT_ACK, socketOptions.CAP_ACK]) {
      sys.setsockopt(fd, SOL_NETLINK, option, u32Bytes(1));
    }
  }

  /** All interfaces of the namespace. */
  links(): readonly NetworkInterface[] {
    const answers = this.#request("list the interfaces", messageTypes.GETLINK, requestFlags.DUMP, linkHeader());
    return answers
      .filter((message) => message.type === messageTypes.NEWLINK)
      .map((message) => decodeLink(message.payload));
  }

  /** Makes a veth pair, each end in its namespace. */
  createVeth(near: VethEnd, far: VethEnd): void {
    const end = ({ name, namespace }: VethEnd): readonly Attribute[] => [
      textAttribute(linkAttributes.IFNAME, name),
      { type: linkAttributes.NET_NS_FD, data: u32Bytes(namespace) },
    ];
    const peer = { type: VETH_PEER, data: concat(linkHeader(), encodeAttributes(end(far))) };
    const info = nested(
      linkAttributes.LINKINFO,
      textAttribute(infoAttributes.KIND, "veth"),
      nested(infoAttributes.DATA, peer),
    );
    this.#create(`make the veth pair ${near.name}, ${far.name}`, messageTypes.NEWLINK, linkHeader(), [
      ...end(near),
      info,
    ]);
  }

  /** Moves an interface into another namespace (a descriptor). It loses its addresses and is down there. */
  moveLink(index: number, namespace: number): void {
    this.#changeLink(`move interface ${index}`, linkHeader(index), [
      { type: linkAttributes.NET_NS_FD, data: u32Bytes(namespace) },
    ]);
  }

  setUp(index: number): void {
    this.#changeLink(`set interface ${index} up`, linkHeader(index, IFF_UP, IFF_UP), []);
  }

  /** `mac` as six hexadecimal bytes with colons. */
  setMac(index: number, mac: string): void {
    const data = macBytes(mac);
    this.#changeLink(`set the address ${mac}`, linkHeader(index), [{ type: linkAttributes.ADDRESS, data }]);
  }

  deleteLink(index: number): void {
    this.#request(`delete interface ${index}`, messageTypes.DELLINK, requestFlags.ACK, linkHeader(index));
  }

  /** `address` is IPv4 or IPv6 text; `prefix` the number of network bits. It is usable at once. */
  addAddress(index: number, address: string, prefix: number): void {
    const ip = ipBytes(address);
    const header = concat(Uint8Array.of(familyOf(ip), prefix, 0, 0), u32Bytes(index));
    const attributes = [
      { type: addressAttributes.LOCAL, data: ip },
      { type: addressAttributes.ADDRESS, data: ip },
      { type: addressAttributes.FLAGS, data: u32Bytes(IFA_F_NODAD) },
    ];
    this.#create(`add the address ${address}/${prefix}`, messageTypes.NEWADDR, header, attributes);
  }

  /** A route to a network by a gateway, or directly through an interface. */
  addRoute(route: {
    readonly to: string;
    readonly prefix: number;
    readonly index: number;
    readonly gateway?: string;
  }): void {
    const to = ipBytes(route.to);
    const scope = route.gateway === undefined ? 253 : 0;
    // family, destination bits, source bits, tos, main table, static, scope (link or universe), unicast, flags
    const header = concat(Uint8Array.of(familyOf(to), route.prefix, 0, 0, 254, 4, scope, 1), u32Bytes(0));
    const attributes: Attribute[] = [{ type: routeAttributes.OIF, data: u32Bytes(route.index) }];
    if (route.prefix > 0) attributes.push({ type: routeAttributes.DST, data: to });
    if (route.gateway !== undefined) attributes.push({ type: routeAttributes.GATEWAY, data: ipBytes(route.gateway) });
    this.#create(`add the route to ${route.to}/${route.prefix}`, messageTypes.NEWROUTE, header, attributes);
  }

  #changeLink(what: string, header: Uint8Array, attributes: readonly Attribute[]): void {
    this.#request(what, messageTypes.NEWLINK, requestFlags.ACK, concat(header, encodeAttributes(attributes)));
  }

  #create(what: string, type: number, header: Uint8Array, attributes: readonly Attribute[]): void {
    const flags = requestFlags.ACK | requestFlags.CREATE | requestFlags.EXCL;
    this.#request(what, type, flags, concat(header, encodeAttributes(attributes)));
  }

  #request(what: string, type: number, flags: number, payload: Uint8Array): readonly Message[] {
    const { errno, text, messages } = this.exchange(type, flags, payload);
    if (errno !== 0) throw this.#refusal(what, errno, text);
    return messages;
  }

  /** Sends one request and reads its answers, to the acknowledgement or the end of the dump. */
  exchange(type: number, flags: number, payload: Uint8Array): Reply {
    const sequence = ++this.#sequence;
    const request = encodeMessage(type, requestFlags.REQUEST | flags, sequence, payload);
    const messages: Message[] = [];
    const end = (errno: number, text = ""): Reply => ({ errno, text, messages });
    const sent = this.#sys.send(this.#fd.number, request, 0);
    if (sent < 0) return end(-sent);
    const buffer = new Uint8Array(receiveBytes);
    for (;;) {
      const received = this.#sys.recv(this.#fd.number, buffer, 0);
      if (received < 0) return end(-received);
      for (const message of decodeMessages(buffer.slice(0, received))) {
        if (message.sequence !== sequence) continue;
        if (message.type === messageTypes.DONE) return end(0);
        if (message.type !== messageTypes.ERROR) messages.push(message);
        else return end(...acknowledgement(message));
      }
    }
  }

  #refusal(what: string, errno: number, text: string): DiagnosticError {
    const message = `the kernel refuses to ${what}: ${text ? `${text} (${errnoName(errno)})` : errnoName(errno)}`;
    return new DiagnosticError([diagnostic(kernelDiagnostics.netlink, { message })]);
  }

  [Symbol.dispose](): void {
    this.#fd[Symbol.dispose]();
  }
}
