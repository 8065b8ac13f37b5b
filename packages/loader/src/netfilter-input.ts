// Runs of programs at a hook of the packet filter, the same on both back ends: bpf_prog_test_run_nf of net/bpf/test_run.c
// (Linux 6.12). The packet begins at the Ethernet header, and is one that has come in (NF_INET_PRE_ROUTING).
import type { RunInput } from "./backend.ts";
import { loaderError } from "./diagnostics.ts";

const ETHERNET = 14;
const MAX_PACKET = 4096 - 64 - 320;
/** By EtherType: `NFPROTO_*`, and the least that a packet has. */
const families: ReadonlyMap<number, { readonly number: number; readonly header: number }> = new Map([
  [0x0800, { number: 2, header: 20 }],
  [0x86dd, { number: 10, header: 40 }],
]);

/** Checks a run's input; gives the number of its packet's family. @throws DiagnosticError BPF6006–6009 */
export function checkNetfilterInput({ packet, context = {}, repeat = 1 }: RunInput): number {
  const [name] = Object.keys(context);
  if (name !== undefined)
    throw loaderError("contextField", {
      message: `there is no context field "${name}" to set`,
      notes: ["can be set: nothing"],
    });
  const family = families.get(((packet[12] ?? 0) << 8) | (packet[13] ?? 0));
  if (!family) {
    const message = "a program of the packet filter runs on packets of IPv4 or IPv6, from the Ethernet header on";
    throw loaderError("option", { message });
  }
  const least = ETHERNET + family.header;
  if (packet.length < least)
    throw loaderError("packetTooShort", { notes: [`the packet has ${packet.length} bytes, the least is ${least}`] });
  if (packet.length > MAX_PACKET)
    throw loaderError("packetTooLong", { notes: [`the packet has ${packet.length} bytes, the most is ${MAX_PACKET}`] });
  if (!Number.isInteger(repeat) || repeat < 1 || repeat > 0x7fff_ffff)
    throw loaderError("option", { message: `repeat is ${repeat}; it must be a whole number from 1 to 2147483647` });
  return family.number;
}
