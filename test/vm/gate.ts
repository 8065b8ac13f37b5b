// Tests of what only some kernels allow. They run in the guests of `pnpm test:vm`, whose kernels do, and are skipped
// under a name that says so anywhere else.
import { describe } from "vitest";

/** The series of the guest's kernel ("6.1"); undefined outside of a guest. */
export const guest: string | undefined = process.env.TYPEBPF_GUEST;

/** `describe` for tests that need a guest. */
export function describeGuest(name: string, tests: () => void): void {
  if (guest) describe(name, tests);
  else describe.skip(`${name} (in a guest: pnpm test:vm)`, tests);
}
