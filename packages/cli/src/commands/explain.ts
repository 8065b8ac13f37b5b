// `typebpf explain [CODE]`: the page of a diagnostic, from the catalogues of all packages; without a code all of them.
import { nearest } from "@typebpf/abi";
import { type CatalogueEntry, catalogue } from "../catalogue.ts";
import type { Command } from "../command.ts";
import { cliError } from "../diagnostics.ts";
import { exampleOf } from "../explain/example.ts";
import { formatList, formatPage } from "../explain/page.ts";
import { type ExplainDocument, explainDocument } from "../json/documents.ts";

/** Arguments of `explain`. */
export interface ExplainArguments {
  /** "BPF2101", "bpf2101" or "2101". */
  readonly code?: string | undefined;
}

/** The code as catalogues write it. */
function normalized(text: string): string {
  const digits = /^(?:bpf)?(\d+)$/i.exec(text.trim())?.[1];
  return digits === undefined ? text.trim() : `BPF${digits}`;
}

function find(text: string): CatalogueEntry {
  const code = normalized(text);
  const found = catalogue.find(({ row }) => row.code === code);
  if (found) return found;
  const number = Number(code.slice(3).padEnd(4, "0"));
  const away = ({ row }: CatalogueEntry): number => Math.abs(Number(row.code.slice(3)) - number);
  const codes = [...catalogue].sort((left, right) => away(left) - away(right)).map(({ row }) => row.code);
  const near = nearest(code.toUpperCase(), codes);
  throw cliError("noCode", {
    message: `there is no diagnostic "${text}"`,
    ...(near !== undefined && { help: `did you mean ${near}? typebpf explain lists all codes` }),
  });
}

function documentOf({ row, package: owner }: CatalogueEntry): ExplainDocument["codes"][number] {
  const example = exampleOf(row.code);
  return {
    code: row.code,
    severity: row.severity,
    package: owner,
    title: row.title,
    why: row.explain,
    help: row.help,
    ...(example && { example: { ...example } }),
  };
}

/** `typebpf explain` */
export const explain: Command<ExplainArguments, ExplainDocument> = {
  schema: explainDocument,
  empty: () => ({ codes: [] }),
  async run({ code }, { styles, width }) {
    const entry = code === undefined ? undefined : find(code);
    return {
      body: { codes: (entry ? [entry] : catalogue).map(documentOf) },
      text: entry ? formatPage(entry, styles, width) : formatList(styles),
      diagnostics: [],
      filters: [],
    };
  },
};
