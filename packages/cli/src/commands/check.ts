// `typebpf check FILE…`: compiles and says what is wrong, and nothing else.
import { hasErrors } from "@typebpf/abi";
import type { Command } from "../command.ts";
import { type CompileSettings, type Filter, openFilter } from "../input/filter.ts";
import { type CheckDocument, checkDocument } from "../json/documents.ts";
import { counted, type Styles } from "../output/style.ts";

/** Arguments of `check`. */
export interface CheckArguments extends CompileSettings {
  readonly files: readonly string[];
}

/** A line for each filter that is right. */
export function checkText(filters: readonly Filter[], styles: Styles): string {
  const lines = filters.flatMap(({ file, object }) =>
    object ? [`${file}: ${styles.good("ok")}, ${counted(object.programs.length, "program")}\n`] : [],
  );
  return lines.join("");
}

/** `typebpf check` */
export const check: Command<CheckArguments, CheckDocument> = {
  schema: checkDocument,
  empty: () => ({ ok: false }),
  async run({ files, ...settings }, { styles }) {
    const filters: Filter[] = [];
    for (const file of files) filters.push(await openFilter(file, settings));
    const diagnostics = filters.flatMap((filter) => filter.diagnostics);
    return { body: { ok: !hasErrors(diagnostics) }, text: checkText(filters, styles), diagnostics, filters };
  },
};
