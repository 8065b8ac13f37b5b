// `typebpf check FILE…`: compiles and says what is wrong, and nothing else.
import { hasErrors } from "@typebpf/abi";
import type { Command } from "../command.ts";
import { type CompileSettings, openFilter } from "../input/filter.ts";
import { type CheckDocument, checkDocument } from "../json/documents.ts";
import { counted } from "../output/style.ts";

/** Arguments of `check`. */
export interface CheckArguments extends CompileSettings {
  readonly files: readonly string[];
}

/** `typebpf check` */
export const check: Command<CheckArguments, CheckDocument> = {
  schema: checkDocument,
  empty: () => ({ ok: false }),
  async run({ files, ...settings }, { styles }) {
    const filters = [];
    for (const file of files) filters.push(await openFilter(file, settings));
    const diagnostics = filters.flatMap((filter) => filter.diagnostics);
    const lines = filters.flatMap(({ file, object }) =>
      object ? [`${file}: ${styles.good("ok")}, ${counted(object.programs.length, "program")}\n`] : [],
    );
    return { body: { ok: !hasErrors(diagnostics) }, text: lines.join(""), diagnostics, filters };
  },
};
