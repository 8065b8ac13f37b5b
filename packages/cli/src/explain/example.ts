// Examples that cause a diagnostic, and cure it: programs from the fixtures of the compiler's diagnostics, calls for the others.
import { calls } from "./calls.ts";
import { cures, programs } from "./examples.generated.ts";

/** What causes a diagnostic: a program in TypeScript, or a call of the command. */
export interface Example {
  readonly kind: "program" | "call";
  readonly text: string;
  /** The program put right. */
  readonly cure?: string;
}

function own(texts: Readonly<Record<string, string>>, code: string): string | undefined {
  return Object.hasOwn(texts, code) ? texts[code] : undefined;
}

/** An example that causes `code`, where there is a short one. */
export function exampleOf(code: string): Example | undefined {
  const program = own(programs, code);
  if (program !== undefined) {
    const cure = own(cures, code);
    return { kind: "program", text: program, ...(cure !== undefined && { cure }) };
  }
  const call = own(calls, code);
  return call === undefined ? undefined : { kind: "call", text: call };
}
