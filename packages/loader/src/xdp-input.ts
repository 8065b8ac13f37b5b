// What a test run of an XDP program may be given, the same on both back ends: the kernel's rules (net/bpf/test_run.c),
// found before anything runs. Longer packets the kernel would cut into fragments that a program cannot see.
import type { RunInput } from "./backend.ts";
import { loaderError } from "./diagnostics.ts";

/** An Ethernet header. */
export const MIN_PACKET = 14;
/** A page, less 256 bytes of headroom and 320 that the kernel keeps at its end. */
export const MAX_PACKET = 4096 - 256 - 320;
const MAX_U32 = 0xffffffff;
const MAX_REPEAT = 0x7fffffff;

/** Context fields of a run by DSL name; those that cannot be set have their only value. */
export interface XdpInputContext {
  readonly ingressIfindex: number;
  readonly rxQueueIndex: number;
  /** Of programs of device maps only. */
  readonly egressIfindex?: number;
}

const fields: readonly string[] = ["ingressIfindex", "rxQueueIndex", "egressIfindex"];

function refuseField(name: string, value: unknown, why: string): never {
  throw loaderError("contextField", { message: `context field "${name}" cannot be ${value}`, notes: [why] });
}

/** Checks the context of a run, and gives it with the defaults filled in: the loopback interface, its first queue. */
export function xdpInputContext(context: RunInput["context"] = {}, isOfDeviceMap = false): XdpInputContext {
  for (const [name, value] of Object.entries(context)) {
    if (!fields.includes(name)) {
      const notes = ["can be set: ingressIfindex, rxQueueIndex"];
      throw loaderError("contextField", { message: `there is no context field "${name}" to set`, notes });
    }
    const fits = (typeof value === "bigint" || Number.isInteger(value)) && value >= 0 && value <= MAX_U32;
    if (!fits) refuseField(name, value, "the field is an unsigned 32-bit integer");
  }
  const { ingressIfindex, rxQueueIndex = 0, egressIfindex = 0 } = context;
  if (Number(egressIfindex) !== 0 && !isOfDeviceMap)
    refuseField("egressIfindex", egressIfindex, "it is only set in programs of device maps");
  if (ingressIfindex !== undefined && Number(ingressIfindex) === 0)
    refuseField("ingressIfindex", 0, "interfaces count from 1");
  if (Number(rxQueueIndex) !== 0 && ingressIfindex === undefined) {
    refuseField("rxQueueIndex", rxQueueIndex, "give ingressIfindex with it");
  }
  return {
    ingressIfindex: Number(ingressIfindex ?? 1),
    rxQueueIndex: Number(rxQueueIndex),
    ...(isOfDeviceMap && { egressIfindex: Number(egressIfindex) }),
  };
}

/**
 * Checks what a run is given.
 * @throws DiagnosticError BPF6006–6009
 */
export function checkXdpInput({ packet, context, repeat = 1 }: RunInput, isOfDeviceMap = false): void {
  const { length } = packet;
  if (length < MIN_PACKET) {
    throw loaderError("packetTooShort", { notes: [`the packet has ${length} bytes, the least is ${MIN_PACKET}`] });
  }
  if (length > MAX_PACKET) {
    throw loaderError("packetTooLong", { notes: [`the packet has ${length} bytes, the most is ${MAX_PACKET}`] });
  }
  if (!Number.isInteger(repeat) || repeat < 1 || repeat > MAX_REPEAT) {
    throw loaderError("option", { message: `repeat is ${repeat}; it must be a whole number from 1 to ${MAX_REPEAT}` });
  }
  xdpInputContext(context, isOfDeviceMap);
}
