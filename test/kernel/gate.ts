// Privileged tests: they run where the kernel lets them. Elsewhere they are skipped under a name that says what is
// missing; as root or with CI=true they fail instead, because the kernel should have let them.
import { release } from "node:os";
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

/** Whether the running kernel is older than a version such as "6.6". */
export function olderThan(version: string): boolean {
  const numbers = (text: string): readonly number[] => text.split(".").slice(0, 2).map(Number.parseFloat);
  const [major = 0, minor = 0] = numbers(release());
  const [wantedMajor = 0, wantedMinor = 0] = numbers(version);
  return major !== wantedMajor ? major < wantedMajor : minor < wantedMinor;
}

/** `test` for what kernels have since a version; skipped on older ones under a name that says so. */
export function testSince(version: string, name: string, run: () => Promise<void> | void): void {
  if (olderThan(version)) test.skip(`${name} (needs Linux ${version})`, run);
  else test(name, run);
}
