// Privileged tests: they run where the kernel lets them. Elsewhere they are skipped under a name that says what is
// missing; as root or with CI=true they fail instead, because the kernel should have let them.
import { describe, test } from "vitest";
import { canRunKernel } from "../../packages/loader/src/testing/index.ts";

const capability = await canRunKernel();
const expected = process.env.CI === "true" || process.getuid?.() === 0;

/** `describe` for tests that need the kernel. */
export function describeKernel(name: string, tests: () => void): void {
  if (capability.ok) describe(name, tests);
  else if (!expected) describe.skip(`${name} (missing: ${capability.missing.join("; ")})`, tests);
  else {
    test(name, () => {
      throw new Error(`this machine should run programs, but: ${capability.missing.join("; ")}`);
    });
  }
}
