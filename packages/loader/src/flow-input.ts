// Runs of flow dissectors, the same on both back ends: bpf_prog_test_run_flow_dissector of net/bpf/test_run.c and
// bpf_flow_dissect of net/core/flow_dissector.c (Linux 6.12). The packet begins at the Ethernet header; what the program
// found out comes back as the fields of the context, and offsets that lie outside of the packet are moved to its bounds.
import { contexts, flowKeysLayout, type Layout } from "@typebpf/abi";
import type { RunInput, RunOutput } from "./backend.ts";
import { loaderError } from "./diagnostics.ts";

const ETHERNET = 14;
const MAX_PACKET = 4096;
const FLAGS = 48;

/** Bytes of `struct bpf_flow_keys`. */
export const flowKeysBytes = flowKeysLayout.size;

/** Checks a run's input. @throws DiagnosticError BPF6006–6009 */
export function checkFlowInput({ packet, context = {}, repeat = 1 }: RunInput): void {
  if (packet.length < ETHERNET)
    throw loaderError("packetTooShort", { notes: [`the packet has ${packet.length} bytes, the least is ${ETHERNET}`] });
  if (packet.length > MAX_PACKET)
    throw loaderError("packetTooLong", { notes: [`the packet has ${packet.length} bytes, the most is ${MAX_PACKET}`] });
  for (const [name, value] of Object.entries(context)) {
    if (name !== "flags") {
      const notes = ["can be set: flags"];
      throw loaderError("contextField", { message: `there is no context field "${name}" to set`, notes });
    }
    if (!Number.isInteger(Number(value)) || value < 0 || value > 0xffff_ffff)
      throw loaderError("contextField", { message: `flags cannot be ${value}`, notes: ["it has 32 bits"] });
  }
  if (!Number.isInteger(repeat) || repeat < 1 || repeat > 0x7fff_ffff)
    throw loaderError("option", { message: `repeat is ${repeat}; it must be a whole number from 1 to 2147483647` });
}

/** The keys as user space gives them to the kernel: only flags. */
export function flowKeysInput({ context = {} }: RunInput): Uint8Array {
  const keys = new Uint8Array(flowKeysBytes);
  new DataView(keys.buffer).setUint32(FLAGS, Number(context.flags ?? 0), true);
  return keys;
}

/** The keys as the program finds them. */
export function initialFlowKeys(input: RunInput): Uint8Array {
  const keys = flowKeysInput(input);
  const view = new DataView(keys.buffer);
  view.setUint16(0, ETHERNET, true);
  view.setUint16(2, ETHERNET, true);
  keys.set(input.packet.subarray(12, 14), 10);
  return keys;
}

/** Moves the two offsets into the packet, as the kernel does after a run. */
export function boundFlowKeys(keys: Uint8Array, length: number): void {
  const view = new DataView(keys.buffer, keys.byteOffset, keys.byteLength);
  const network = Math.min(Math.max(view.getUint16(0, true), ETHERNET), length);
  view.setUint16(0, network, true);
  view.setUint16(2, Math.min(Math.max(view.getUint16(2, true), network), length), true);
}

function read(view: DataView, offset: number, layout: Layout): number {
  const little = layout.kind === "scalar" && !layout.bigEndian;
  if (layout.size === 1) return view.getUint8(offset);
  return layout.size === 2 ? view.getUint16(offset, little) : view.getUint32(offset, little);
}

/** The keys by name: `{ nhoff: 14, "ipv6Src[0]": 0, … }`. */
export function flowKeysByName(keys: Uint8Array): NonNullable<RunOutput["context"]> {
  const view = new DataView(keys.buffer, keys.byteOffset, keys.byteLength);
  return Object.fromEntries(
    flowKeysLayout.fields.flatMap(({ name, offset, layout }) => {
      if (layout.kind !== "array") return [[name, read(view, offset, layout)]];
      const { item, length } = layout;
      return Array.from({ length }, (_, at) => [`${name}[${at}]`, read(view, offset + at * item.size, item)]);
    }),
  );
}

/** Rows of a flow dissector's context. */
export const flowFields = contexts.sk_buff.fields.filter(({ name }) =>
  ["data", "data_end", "flow_keys"].includes(name),
);
