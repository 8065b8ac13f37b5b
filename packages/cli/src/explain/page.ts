// The page of one diagnostic and the list of all, as text for people.
import type { CatalogueEntry } from "../catalogue.ts";
import { families, familyOf } from "../catalogue.ts";
import type { Styles } from "../output/style.ts";
import { formatTable } from "../output/table.ts";
import { exampleOf } from "./example.ts";

const indent = "  ";

/** Breaks text into lines of at most `width`, at spaces. */
export function wrapped(text: string, width: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join("\n");
}

function block(title: string, text: string, styles: Styles): string {
  const lines = text.split("\n").map((line) => (line === "" ? "" : indent + line.replace(/\/\/ ←.*/, styles.bad)));
  return `\n${styles.title(title)}\n\n${lines.join("\n")}\n`;
}

function exampleText(code: string, styles: Styles): string {
  const example = exampleOf(code);
  if (!example) return "";
  if (example.kind === "call") return block("A call that causes it", `typebpf ${example.text}`, styles);
  const cure = example.cure === undefined ? "" : block("The same put right", example.cure, styles);
  return block("A program that causes it", example.text, styles) + cure;
}

/** The page of a diagnostic: title, why, what to do, an example, and its cure. */
export function formatPage({ row }: CatalogueEntry, styles: Styles, width: number): string {
  const columns = Math.min(Math.max(width, 40), 100);
  return `${styles.title(`${row.code}: ${row.title}`)} ${styles.faint(`(${row.severity})`)}

${wrapped(row.explain, columns)}

${styles.title("What to do")}: ${wrapped(row.help, columns - 12)}
${exampleText(row.code, styles)}`;
}

/** All codes with their titles. */
export function formatList(styles: Styles): string {
  const parts = families.flatMap(([digit, title]) => {
    const rows = familyOf(digit).map(({ row }) => [row.code, row.title]);
    if (rows.length === 0) return [];
    return [`${styles.title(title)}\n${formatTable([{ title: "code" }, { title: "title" }], rows, styles)}`];
  });
  return `${parts.join("\n")}\ntypebpf explain CODE shows why, what to do, and an example.\n`;
}
