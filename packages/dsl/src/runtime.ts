// Runs a filter as plain JavaScript: a context over the bytes of a packet, for @typebpf/dsl/runtime.
// What only a kernel or a simulator can give (maps, clocks, moving the packet) throws, unless the caller provides it.
import { type CalleeRow, callees, fieldsOf, methodSince, type ProgramKindName } from "@typebpf/abi";
import { array } from "./array.ts";
import type { SocketFilterContext, TcContext, XdpContext } from "./contexts.generated.ts";
import { HeaderStart } from "./flags.ts";
import { createPacket, type Packet } from "./packet.ts";
import { u8, u32 } from "./scalars.ts";
import type { RefTo, Schema } from "./schema.ts";

/** Fields and helpers of the context that the caller stands in for. */
export type ProvidedXdpContext = Partial<Omit<XdpContext, "packet">>;
/** Fields and helpers of the context that the caller stands in for. */
export type ProvidedTcContext = Partial<Omit<TcContext, "packet">>;
/** Fields and helpers of the context that the caller stands in for. */
export type ProvidedSocketFilterContext = Partial<SocketFilterContext>;

const ethernetBytes = 14;

/** What a kind of context is made of. */
interface Plan {
  readonly kind: ProgramKindName;
  /** For messages: "An XDP context". */
  readonly title: string;
  /** The function that the author calls. */
  readonly maker: string;
  /** Members that the packet itself gives. */
  readonly computed: Readonly<Record<string, unknown>>;
}

function absent(name: string, maker: string): () => never {
  return () => {
    throw new Error(`ctx.${name} only exists in the kernel or the simulator; pass it to ${maker} to provide it`);
  };
}

/** A field that throws until it is written, where it can be. */
function fieldOf(name: string, maker: string, writable: boolean): PropertyDescriptor {
  const missing = absent(name, maker);
  if (!writable) return { get: missing, enumerable: true };
  const held: unknown[] = [];
  const set = (value: unknown): void => {
    held[0] = value;
  };
  return { get: () => (held.length > 0 ? held[0] : missing()), set, enumerable: true };
}

function contextOf({ kind, title, maker, computed }: Plan, provided: object): object {
  const properties: PropertyDescriptorMap = {};
  const writable = new Set<string>();
  for (const { as, access, count } of fieldsOf({ kind })) {
    if (as === undefined) continue;
    if (access === "readWrite" && count === undefined) writable.add(as);
    properties[as] =
      count === undefined
        ? fieldOf(as, maker, access === "readWrite")
        : { value: array(u32, count)(), enumerable: true };
  }
  for (const row of Object.values<CalleeRow>(callees)) {
    if (row.surface.on !== "context" || methodSince(row, kind) === undefined) continue;
    properties[row.surface.as] = { value: absent(row.surface.as, maker), enumerable: true };
  }
  for (const [name, value] of Object.entries(computed)) properties[name] = { value, enumerable: true };
  for (const [name, value] of Object.entries(provided)) {
    if (name === "packet" || !(name in properties)) throw new TypeError(`${title} has no ${name} to provide`);
    properties[name] = { value, writable: writable.has(name), enumerable: true };
  }
  return Object.seal(Object.create(Object.prototype, properties));
}

/** `loadBytes` on a packet: copies, as the kernel does. */
function loader(packet: Packet): <T>(offset: number, schema: Schema<T>) => RefTo<T> | undefined {
  return <T>(offset: number, schema: Schema<T>): RefTo<T> | undefined => {
    if (!Number.isInteger(offset) || offset < 0 || offset + schema.size > packet.length) return undefined;
    const copy = new Uint8Array(schema.size);
    for (let at = 0; at < schema.size; at++) copy[at] = packet.at(offset + at, u8)?.value ?? 0;
    return createPacket(copy).at(0, schema);
  };
}

/** `loadBytesRelative` on a frame. */
function relativeLoader(frame: Packet): <T>(offset: number, schema: Schema<T>, start: number) => RefTo<T> | undefined {
  const load = loader(frame);
  return (offset, schema, start) => {
    if (start !== HeaderStart.MAC && start !== HeaderStart.NET) return undefined;
    return offset < 0 || offset > 0xffff
      ? undefined
      : load(offset + (start === HeaderStart.NET ? ethernetBytes : 0), schema);
  };
}

/** EtherType of a frame. */
function protocolOf(bytes: Uint8Array): number {
  return ((bytes[12] ?? 0) << 8) | (bytes[13] ?? 0);
}

/**
 * The context of an XDP program over `bytes`; what the filter writes into the packet shows there.
 * Anything else the filter asks of it comes from `provided`, or throws an Error that names it.
 */
export function createXdpContext(bytes: Uint8Array, provided: ProvidedXdpContext = {}): XdpContext {
  const packet = createPacket(bytes);
  const computed = { packet, loadBytes: loader(packet) };
  const plan: Plan = { kind: "xdp", title: "An XDP context", maker: "createXdpContext", computed };
  return contextOf(plan, provided) as XdpContext;
}

/**
 * The context of a traffic control program over the bytes of a frame; what the filter writes into the packet shows there,
 * and what it writes into the context shows in the context. Anything else comes from `provided`, or throws.
 */
export function createTcContext(bytes: Uint8Array, provided: ProvidedTcContext = {}): TcContext {
  const packet = createPacket(bytes);
  const computed = {
    packet,
    len: packet.length,
    protocol: protocolOf(bytes),
    loadBytes: loader(packet),
    loadBytesRelative: relativeLoader(packet),
  };
  const plan: Plan = { kind: "tc", title: "A tc context", maker: "createTcContext", computed };
  return contextOf(plan, provided) as TcContext;
}

/**
 * The context of a socket filter over the bytes of a frame; as in a test run, its packet begins behind the Ethernet header.
 * Anything else comes from `provided`, or throws.
 */
export function createSocketFilterContext(
  bytes: Uint8Array,
  provided: ProvidedSocketFilterContext = {},
): SocketFilterContext {
  const visible = createPacket(bytes.subarray(ethernetBytes));
  const computed = {
    len: visible.length,
    protocol: protocolOf(bytes),
    loadBytes: loader(visible),
    loadBytesRelative: relativeLoader(createPacket(bytes)),
  };
  const plan: Plan = {
    kind: "socketFilter",
    title: "A socket filter's context",
    maker: "createSocketFilterContext",
    computed,
  };
  return contextOf(plan, provided) as SocketFilterContext;
}
