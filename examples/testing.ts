// What the examples' tests share: the back ends of this machine. Where the kernel cannot be used, its tests are skipped
// under a name that says what is missing.
import { type Backend, kernel, simulator } from "@typebpf/loader";
import { canRunKernel } from "@typebpf/loader/testing";

const capability = await canRunKernel();

/** Whether the kernel can be used here. */
export const kernelHere = capability.ok;

/** Names the kernel, and what it lacks. */
export const inKernel = capability.ok ? "kernel" : `kernel (not here: ${capability.missing.join("; ")})`;

/** A place where tests run, and whether it is here. */
export interface TestBackend {
  readonly name: string;
  readonly make: () => Backend;
  readonly here: boolean;
}

/** The simulator and the kernel. */
export const backends: readonly TestBackend[] = [
  { name: "simulator", make: () => simulator(), here: true },
  { name: inKernel, make: () => kernel(), here: kernelHere },
];
