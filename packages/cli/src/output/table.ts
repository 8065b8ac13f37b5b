// Aligned tables without lines. Cells come from anywhere (names in files, map contents), so control characters are shown
// as pictures and never reach the terminal.
import { displayText } from "@typebpf/abi";
import Table from "cli-table3";
import type { Styles } from "./style.ts";

/** A column: its title, and to which side its cells are aligned. */
export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

const longestCell = 120;

const noLines = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

function cellText(text: string): string {
  const shown = displayText(text);
  return shown.length > longestCell ? `${shown.slice(0, longestCell - 1)}…` : shown;
}

/** The table as lines, each ending in a line break; with a title over each column. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[], styles: Styles): string {
  const table = new Table({
    chars: noLines,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [], compact: true },
    colAligns: columns.map(({ align }) => align ?? "left"),
  });
  table.push(columns.map(({ title }) => styles.faint(cellText(title))));
  for (const row of rows) table.push(row.map(cellText));
  const lines = table.toString().split("\n");
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}
