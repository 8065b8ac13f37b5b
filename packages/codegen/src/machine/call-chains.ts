// The stack over chains of calls: the kernel adds up the frames of all functions that can be open at a time, each rounded up
// to 32 bytes, and allows 512 bytes and 8 frames (kernel/bpf/verifier.c, check_max_stack_depth, MAX_CALL_FRAMES). Takes the
// code of a module's programs and functions; callbacks count as calls.
import { type Diagnostic, diagnostic, limits, type Span } from "@typebpf/abi";
import { machineDiagnostics } from "./diagnostics.ts";
import type { EmittedProgram } from "./emit.ts";

const mostFrames = 8;
const unit = 32;

type Chain = readonly EmittedProgram[];

function frameOf({ stackBytes }: EmittedProgram): number {
  return Math.ceil(Math.max(1, stackBytes) / unit) * unit;
}

function depthOf(chain: Chain): number {
  return chain.reduce((sum, code) => sum + frameOf(code), 0);
}

/** The chain from `code` on that needs most, by `weight`. */
function worst(
  code: EmittedProgram,
  byName: ReadonlyMap<string, EmittedProgram>,
  weight: (chain: Chain) => number,
  known: Map<string, Chain>,
): Chain {
  const found = known.get(code.name);
  if (found) return found;
  let deepest: Chain = [];
  for (const relocation of code.relocations) {
    const callee = "function" in relocation ? byName.get(relocation.function) : undefined;
    const chain = callee ? worst(callee, byName, weight, known) : [];
    if (weight(chain) > weight(deepest)) deepest = chain;
  }
  const whole = [code, ...deepest];
  known.set(code.name, whole);
  return whole;
}

/** Diagnostics of programs whose calls nest too deep or need too much stack. */
export function checkCallChains(
  programs: readonly { readonly name: string; readonly at: Span }[],
  emitted: readonly EmittedProgram[],
): readonly Diagnostic[] {
  const byName = new Map(emitted.map((code) => [code.name, code]));
  const bytes = new Map<string, Chain>();
  const frames = new Map<string, Chain>();
  return programs.flatMap(({ name, at }) => {
    const code = byName.get(name);
    if (!code) return [];
    const deep = worst(code, byName, depthOf, bytes);
    const long = worst(code, byName, (chain) => chain.length, frames);
    if (long.length > mostFrames)
      return [tooDeep(long, at, `${long.length} functions, the kernel allows ${mostFrames}`)];
    const total = depthOf(deep);
    if (deep.length === 1 || total <= limits.stackBytes) return [];
    return [tooDeep(deep, at, `${total} bytes of stack, the kernel allows ${limits.stackBytes}`)];
  });
}

function tooDeep(chain: Chain, at: Span, need: string): Diagnostic {
  const names = chain.map((code) => code.name).join(" → ");
  return diagnostic(machineDiagnostics.callsTooDeep, {
    message: `the calls ${names} need ${need}`,
    at,
    notes: chain.map((code) => `${code.name}: ${code.stackBytes} bytes, counted as ${frameOf(code)}`),
  });
}
