// What a test run of a program on a socket buffer may be given, and what it gives back, the same on both back ends: the
// kernel's rules (bpf_prog_test_run_skb and convert___skb_to_skb of net/bpf/test_run.c, Linux 6.12; measured on 6.18).
// A context always goes in: without one the kernel leaves `wireLen` at 0.
import { type ContextFieldRow, contextFields, contexts } from "@typebpf/abi";
import type { RunInput } from "./backend.ts";
import { contextPlaces, setContextPlace } from "./context-fields.ts";
import { loaderError } from "./diagnostics.ts";
import { checkPacketInput } from "./packet-input.ts";

/** Program types that run on socket buffers. */
export const skbProgramTypes = [
  "sched_cls",
  "sched_act",
  "socket_filter",
  "cgroup_skb",
  "lwt_in",
  "lwt_out",
  "lwt_xmit",
  "lwt_seg6local",
  "sk_skb",
] as const;

/** A program type that runs on socket buffers. */
export type SkbProgramType = (typeof skbProgramTypes)[number];

/** Types whose packet begins at the Ethernet header; of the others it begins behind it. */
const withHeader: ReadonlySet<SkbProgramType> = new Set(["sched_cls", "sched_act"]);

/** Whether the packet of programs of a type begins at the Ethernet header. */
function seesEthernet(type: SkbProgramType): boolean {
  return withHeader.has(type);
}

/** An Ethernet header. */
const ETHERNET = 14;

/** Bytes of a packet that programs of a type do not see; data of streams has none. */
export function headerOf(type: SkbProgramType): number {
  return seesEthernet(type) || type === "sk_skb" ? 0 : ETHERNET;
}
/** A page, less 64 bytes of headroom and 320 that the kernel keeps at its end. */
const MAX_PACKET = 4096 - 64 - 320;
/** Bytes that a packet must have with the header that its EtherType promises. */
const leastByProtocol: ReadonlyMap<number, number> = new Map([
  [0x0800, ETHERNET + 20],
  [0x86dd, ETHERNET + 40],
]);
const MAX_WIRE_LENGTH = 65536;
const MAX_SEGMENTS = 65535;
const MAX_REPEAT = 0x7fffffff;

/** Fields that can be given; of an array each item by itself. All are 0 by default. */
const inputs = [
  "mark",
  "priority",
  "ingressIfindex",
  "ifindex",
  "cb",
  "tstamp",
  "wireLen",
  "gsoSegs",
  "gsoSize",
  "hwtstamp",
];
/** Fields that come back. */
const outputs = ["mark", "priority", "ingressIfindex", "ifindex", "cb", "tstamp", "wireLen", "gsoSegs", "hwtstamp"];

/** One integer of the context. */
interface Place {
  /** "mark", "cb[2]" */
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

function placesOf(names: readonly string[]): readonly Place[] {
  const rows: readonly ContextFieldRow[] = contexts.sk_buff.fields;
  return rows.flatMap(({ as, offset, size, count }): Place[] => {
    if (as === undefined || !names.includes(as)) return [];
    if (count === undefined) return [{ name: as, offset, size }];
    return Array.from({ length: count }, (_, item) => ({ name: `${as}[${item}]`, offset: offset + item * size, size }));
  });
}

const inputPlaces = placesOf(inputs);
const outputPlaces = placesOf(outputs);

function refuseField(name: string, value: unknown, why: string): never {
  throw loaderError("contextField", { message: `context field "${name}" cannot be ${value}`, notes: [why] });
}

function write(view: DataView, { name, offset, size }: Place, value: number | bigint): void {
  const whole = typeof value === "bigint" || Number.isInteger(value);
  if (!whole || BigInt.asUintN(size * 8, BigInt(value)) !== BigInt(value)) {
    refuseField(name, value, `the field is an unsigned ${size * 8}-bit integer`);
  }
  if (size === 8) view.setBigUint64(offset, BigInt(value), true);
  else view.setUint32(offset, Number(value), true);
}

function checkLimits(view: DataView, visible: number): void {
  const field = (name: string): number =>
    view.getUint32(inputPlaces.find((one) => one.name === name)?.offset ?? 0, true);
  const wireLen = field("wireLen");
  if (wireLen !== 0 && (wireLen < visible || wireLen > MAX_WIRE_LENGTH)) {
    refuseField("wireLen", wireLen, `it is 0, or from the ${visible} bytes of the packet to ${MAX_WIRE_LENGTH}`);
  }
  const segments = field("gsoSegs");
  if (segments > MAX_SEGMENTS) refuseField("gsoSegs", segments, `the most is ${MAX_SEGMENTS}`);
}

function checkPacket(program: SkbProgramType, { packet, repeat = 1 }: RunInput): void {
  const { length } = packet;
  // What a stream brings has no headers; such programs have no test run in the kernel.
  if (program === "sk_skb") {
    checkPacketInput({ packet, repeat });
    return;
  }
  const protocol = length < ETHERNET ? 0 : ((packet[12] ?? 0) << 8) | (packet[13] ?? 0);
  const least = leastByProtocol.get(protocol) ?? ETHERNET;
  if (length < least) {
    throw loaderError("packetTooShort", { notes: [`the packet has ${length} bytes, the least is ${least}`] });
  }
  if (length > MAX_PACKET) {
    throw loaderError("packetTooLong", { notes: [`the packet has ${length} bytes, the most is ${MAX_PACKET}`] });
  }
  if (!Number.isInteger(repeat) || repeat < 1 || repeat > MAX_REPEAT) {
    throw loaderError("option", { message: `repeat is ${repeat}; it must be a whole number from 1 to ${MAX_REPEAT}` });
  }
}

/**
 * Checks what a run is given, and gives the context that goes in: a `struct __sk_buff` of 192 bytes.
 * @throws DiagnosticError BPF6006–6009
 */
export function skbInputContext(program: SkbProgramType, input: RunInput): Uint8Array {
  checkPacket(program, input);
  const bytes = new Uint8Array(contexts.sk_buff.size);
  const view = new DataView(bytes.buffer);
  if (program === "sk_skb") {
    // There is no such run in the kernel whose rules would hold here: whatever the program may read.
    const places = contextPlaces(contextFields(program));
    for (const [name, value] of Object.entries(input.context ?? {})) setContextPlace(places, view, name, value);
    return bytes;
  }
  for (const [name, value] of Object.entries(input.context ?? {})) {
    const place = inputPlaces.find((one) => one.name === name);
    if (!place) {
      const notes = [`can be set: ${inputPlaces.map((one) => one.name).join(", ")}`];
      throw loaderError("contextField", { message: `there is no context field "${name}" to set`, notes });
    }
    write(view, place, value);
  }
  checkLimits(view, input.packet.length - headerOf(program));
  return bytes;
}

/** The context fields after a run, by DSL name, from a `struct __sk_buff`; 64-bit ones as bigints. */
export function skbOutputContext(bytes: Uint8Array): Readonly<Record<string, number | bigint>> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Object.fromEntries(
    outputPlaces.map(({ name, offset, size }) => [
      name,
      size === 8 ? view.getBigUint64(offset, true) : view.getUint32(offset, true),
    ]),
  );
}
