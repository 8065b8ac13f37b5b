// `typebpf check --watch FILE…`: checks again whenever a filter, or a file that it imports, changes. The compiler stays in
// memory, and does again only what the change has to do with. Ctrl-C ends it, with exit status 0.
import { resolve } from "node:path";
import { type Diagnostic, DiagnosticError } from "@typebpf/abi";
import type { Compiler } from "@typebpf/codegen";
import type { Command, Terminal } from "../command.ts";
import { cliError } from "../diagnostics.ts";
import { listenForEnd } from "../ending.ts";
import { type Filter, openFilter } from "../input/filter.ts";
import { type CheckDocument, checkDocument } from "../json/documents.ts";
import { counted } from "../output/style.ts";
import { Watching } from "../watching.ts";
import { type CheckArguments, checkText } from "./check.ts";

/** What one round came to. */
interface Round {
  readonly filters: readonly Filter[];
  readonly diagnostics: readonly Diagnostic[];
  readonly ms: number;
}

async function checkOnce({ files, ...settings }: CheckArguments, compiler: Compiler): Promise<Round> {
  const started = performance.now();
  const filters: Filter[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const file of files) {
    try {
      const filter = await openFilter(file, settings, { compiler });
      filters.push(filter);
      diagnostics.push(...filter.diagnostics);
    } catch (error) {
      // Between two steps of an editor the file may be missing or half written.
      if (!(error instanceof DiagnosticError)) throw error;
      diagnostics.push(...error.diagnostics);
    }
  }
  return { filters, diagnostics, ms: performance.now() - started };
}

/** Clears a terminal and what has scrolled away. */
const clear = "\u001b[2J\u001b[3J\u001b[H";

function printRound({ filters, diagnostics, ms }: Round, count: number, terminal: Terminal): void {
  const { print, report, styles, liveRows } = terminal;
  if (liveRows > 0) print(clear);
  print(checkText(filters, styles));
  report(diagnostics, filters);
  print(styles.faint(`checked in ${Math.ceil(ms)} ms, watching ${counted(count, "file")}; Ctrl-C ends\n`));
}

/** `typebpf check --watch` */
export const watch: Command<CheckArguments, CheckDocument> = {
  schema: checkDocument,
  empty: () => ({ ok: false }),
  async run(args, terminal) {
    if (terminal.json) {
      throw cliError("conflict", { message: "--json prints one document; --watch never comes to an end" });
    }
    const compiler = (await import("@typebpf/codegen")).createCompiler();
    using ending = listenForEnd();
    await using watching = new Watching();
    const watched = new Set(args.files.map((file) => resolve(file)));
    watching.add([...watched]);
    let ended = false;
    const told = ending.told.then(() => {
      ended = true;
    });
    while (!ended) {
      const round = await checkOnce(args, compiler);
      const files = round.filters.flatMap((filter) => filter.files ?? []).filter((file) => !watched.has(file));
      for (const file of files) watched.add(file);
      watching.add(files);
      printRound(round, watched.size, terminal);
      await Promise.race([told, watching.changed()]);
    }
    return { body: { ok: true }, text: "", diagnostics: [], filters: [] };
  },
};
