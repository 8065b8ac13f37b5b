// Runs of a module as plain JavaScript, each with maps and globals of its own. What only a kernel can do throws.
import type { BpfObject } from "@typebpf/abi";
import type { Program, XdpAction, XdpContext } from "@typebpf/dsl";
import { createXdpContext } from "@typebpf/dsl/runtime";
import { type CaseRun, hexBytes, hexText } from "./case-file.ts";
import { globalsOf, JavaScriptGlobals } from "./globals.ts";
import { loadJavaScript } from "./javascript.ts";
import { JavaScriptMaps } from "./javascript-maps.ts";
import type { Outcome } from "./outcome.ts";

/** A module and what it runs on. */
export interface JavaScriptRuns {
  readonly path: string;
  /** What bigints wrap to. */
  readonly signed: boolean;
  readonly runs: readonly CaseRun[];
  /** Says which globals there are. */
  readonly object: BpfObject;
  readonly read?: (file: string) => string;
}

/** What comes of each run. */
export function javaScriptOutcomes({ path, signed, runs, object, read }: JavaScriptRuns): readonly Outcome[] {
  const maps = new JavaScriptMaps();
  const hasGlobals = globalsOf(object).length > 0;
  const once = hasGlobals ? undefined : loadJavaScript(path, signed, read, undefined, maps.instead);
  return runs.map((run) => {
    const globals = hasGlobals ? new JavaScriptGlobals(object) : undefined;
    const module = once ?? loadJavaScript(path, signed, read, () => globals?.exports() ?? {}, maps.instead);
    globals?.give(run);
    maps.clear();
    for (const { map, key, value } of run.given) maps.map(module, map)?.update(hexBytes(key), hexBytes(value), 0n);
    const packet = run.packet.slice();
    const { filter } = module[run.program] as Program<"xdp", XdpContext, XdpAction>;
    const retval = filter(createXdpContext(packet, run.context));
    const outcome = maps.outcome(module);
    const ofMaps = Object.fromEntries(object.maps.map(({ name }) => [name, outcome[name] ?? {}]));
    const all = { ...ofMaps, ...globals?.entries() };
    return { retval, packet: hexText(packet), context: {}, maps: all };
  });
}
