// Whether tests can use the kernel. Where they cannot, they are skipped with the reason in their names; but a process
// that has the capabilities and still fails is a failure, not a reason to skip.
import { readFileSync } from "node:fs";
import { canRunKernel } from "@typebpf/loader/testing";

const CAP_NET_ADMIN = 12n;
const CAP_SYS_ADMIN = 21n;
const CAP_BPF = 39n;

/** Whether the process holds what bpf(2) and network namespaces demand. */
function hasCapabilities(): boolean {
  if (process.platform !== "linux") return false;
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  const set = BigInt(`0x${effective}`);
  return [CAP_NET_ADMIN, CAP_SYS_ADMIN, CAP_BPF].every((bit) => ((set >> bit) & 1n) === 1n);
}

/** What tests in the kernel need to know. */
export interface KernelGate {
  readonly ok: boolean;
  /** For the names of tests: "kernel", or why not. */
  readonly title: string;
}

/** Tries the kernel once. @throws Error where the process has the capabilities and the kernel refuses all the same. */
export async function kernelGate(): Promise<KernelGate> {
  const capability = await canRunKernel();
  if (capability.ok) return { ok: true, title: "kernel" };
  const reason = capability.missing.join("; ");
  if (hasCapabilities()) throw new Error(`this process may use the kernel, and yet: ${reason}`);
  return { ok: false, title: `kernel (not here: ${reason})` };
}
