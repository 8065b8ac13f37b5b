// Runs of programs that choose a socket, the same on both back ends: bpf_prog_test_run_sk_lookup of net/bpf/test_run.c
// (Linux 6.12). There is no packet, only who asks for what.
import type { RunInput } from "./backend.ts";
import { loaderError } from "./diagnostics.ts";

const families = [2, 10];

/** Checks a run's input, beside its fields. @throws DiagnosticError BPF6008, BPF6009 */
export function checkLookupInput({ context = {}, packet, repeat = 1 }: RunInput): void {
  const refuse = (name: string, why: string): never => {
    throw loaderError("contextField", { message: `context field "${name}" cannot be ${context[name]}`, notes: [why] });
  };
  if (packet.length > 0)
    throw loaderError("option", { message: "a program of type sk_lookup has no packet to run on" });
  if (!families.includes(Number(context.family)))
    refuse("family", "it is 2 (AF_INET) or 10 (AF_INET6), and must be given");
  if (Number(context.protocol ?? 0) > 0xffff) refuse("protocol", "it has 16 bits");
  if (Number(context.localPort ?? 0) > 0xffff) refuse("localPort", "a port has 16 bits");
  if (Number(context.ingressIfindex ?? 0) !== 0) refuse("ingressIfindex", "a run has no interface");
  if (!Number.isInteger(repeat) || repeat < 1 || repeat > 0x7fff_ffff)
    throw loaderError("option", { message: `repeat is ${repeat}; it must be a whole number from 1 to 2147483647` });
}
