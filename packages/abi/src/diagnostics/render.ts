// A diagnostic as a compiler prints it: severity and code, message, the source lines with marks under the spans, notes,
// help. Spans and texts may come from anywhere (an object file, a kernel's log): nothing here throws on them, and no
// control character of theirs reaches the terminal.
//
//   error[BPF1004]: message
//     --> file:12:3
//      |
//    8 |   const ip = …
//      |         -- label
//   ...
//   12 |   ip.ttl
//      |   ^^
//      = note: …
//      = help: …
import { type Palette, palette, type Style } from "./color.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { type DisplayLine, displayLine, displayText } from "./display.ts";
import type { Span } from "./span.ts";

/** What rendering needs from its caller. */
export interface RenderOptions {
  /** The text of a file that a span names, or undefined when there is none; then the frame is left out. */
  source(file: string): string | undefined;
  /** Escape sequences for colour; see `wantsColor`. */
  readonly color: boolean;
  /** Columns of the terminal, 100 unless told: longer source lines are cut around the span. */
  readonly width?: number | undefined;
}

interface Mark {
  readonly at: Span;
  readonly primary: boolean;
  readonly text: string;
}

interface Frame {
  readonly gutter: number;
  readonly columns: number;
  readonly colors: Palette;
  readonly primary: Style;
}

const defaultWidth = 100;
const narrowestSource = 24;
const ellipsis = "...";
/** The line breaks of ECMAScript, by which the compiler counts lines. */
const lineBreak = /\r\n|[\n\r\u2028\u2029]/;

/** The diagnostic as text of several lines, without a line break at the end. */
export function renderDiagnostic(diagnostic: Diagnostic, options: RenderOptions): string {
  const colors = palette(options.color);
  const primary = colors[diagnostic.severity];
  const marks = marksOf(diagnostic);
  const gutter = Math.max(1, ...marks.map(({ at }) => `${at.line}`.length));
  const width = options.width !== undefined && options.width > 0 ? options.width : defaultWidth;
  const frame: Frame = { gutter, columns: Math.max(narrowestSource, width - gutter - 3), colors, primary };
  const [first = "", ...more] = splitLines(diagnostic.message);
  const head = `${primary(`${diagnostic.severity}[${displayText(diagnostic.code)}]`)}${colors.message(`: ${first}`)}`;
  return [
    head,
    ...more.map((line) => `    ${line}`),
    ...renderFiles(marks, options, frame),
    ...diagnostic.notes.flatMap((note) => renderRemark("note", note, colors.note, frame)),
    ...(diagnostic.help === undefined ? [] : renderRemark("help", diagnostic.help, colors.help, frame)),
  ].join("\n");
}

function splitLines(text: string): string[] {
  return text.replace(/\s+$/, "").split(lineBreak).map(displayText);
}

function marksOf({ at, labels }: Diagnostic): Mark[] {
  const secondary = labels.map((label) => ({ at: label.at, primary: false, text: displayLabel(label.message) }));
  return at ? [{ at, primary: true, text: "" }, ...secondary] : secondary;
}

function displayLabel(text: string): string {
  return splitLines(text).join(" ");
}

function renderRemark(kind: string, text: string, style: Style, frame: Frame): string[] {
  const indent = " ".repeat(frame.gutter + 1);
  const [first = "", ...more] = splitLines(text);
  const rest = more.map((line) => `${indent}${" ".repeat(kind.length + 4)}${line}`);
  return [`${indent}${frame.colors.frame("=")} ${style(kind)}: ${first}`, ...rest];
}

/** One block per file, that of the diagnostic itself first. */
function renderFiles(marks: readonly Mark[], options: RenderOptions, frame: Frame): string[] {
  const files = new Map<string, Mark[]>();
  for (const mark of marks) files.set(mark.at.file, [...(files.get(mark.at.file) ?? []), mark]);
  return [...files].flatMap(([file, own], index) => {
    const arrow = frame.colors.frame(index === 0 ? "-->" : ":::");
    const where = own[0] ? `:${own[0].at.line}:${own[0].at.column}` : "";
    const title = `${" ".repeat(frame.gutter)}${arrow} ${displayText(file)}${where}`;
    return [title, ...renderLines(own, options.source(file), frame)];
  });
}

/** The lines that have marks, in order, each with its marks under it. */
function renderLines(marks: readonly Mark[], source: string | undefined, frame: Frame): string[] {
  const lines = source?.split(lineBreak) ?? [];
  const byLine = new Map<number, Mark[]>();
  for (const mark of marks) {
    if (lines[mark.at.line - 1] === undefined) continue;
    byLine.set(mark.at.line, [...(byLine.get(mark.at.line) ?? []), mark]);
  }
  const sorted = [...byLine].sort(([left], [right]) => left - right);
  const rows = sorted.flatMap(([number, own], index) => {
    const previous = sorted[index - 1]?.[0];
    const gap = previous !== undefined && number > previous + 1 ? [frame.colors.frame(ellipsis)] : [];
    return [...gap, ...renderLine(number, displayLine(lines[number - 1] ?? ""), own, frame)];
  });
  return rows.length === 0 ? [] : [row("", "", frame), ...rows];
}

/** The columns of a line that are shown. */
interface Window {
  readonly from: number;
  readonly to: number;
}

/** One source line; where it is too long, it is shown anew around each mark. */
function renderLine(number: number, line: DisplayLine, marks: readonly Mark[], frame: Frame): string[] {
  const ordered = marks.toSorted((left, right) => left.at.column - right.at.column);
  if (line.width <= frame.columns) {
    const whole = { from: 0, to: line.width };
    return [
      row(`${number}`, line.slice(0, line.width), frame),
      ...ordered.map((mark) => renderMark(line, mark, whole, frame)),
    ];
  }
  return ordered.flatMap((mark) => {
    const window = windowAround(line, mark, frame.columns);
    const before = window.from > 0 ? ellipsis : "";
    const after = window.to < line.width ? ellipsis : "";
    const text = `${before}${line.slice(window.from, window.to)}${after}`;
    return [row(`${number}`, text, frame), renderMark(line, mark, window, frame)];
  });
}

function windowAround(line: DisplayLine, { at }: Mark, columns: number): Window {
  const start = line.columnAt(at.column - 1);
  const end = line.columnAt(at.column - 1 + at.length);
  if (end <= columns - ellipsis.length) return { from: 0, to: columns - ellipsis.length };
  const inside = columns - 2 * ellipsis.length;
  const centered = start - Math.max(0, Math.floor((inside - (end - start)) / 2));
  const from = Math.max(ellipsis.length, Math.min(centered, line.width - inside - ellipsis.length));
  return from + inside + ellipsis.length >= line.width ? { from, to: line.width } : { from, to: from + inside };
}

function renderMark(line: DisplayLine, mark: Mark, window: Window, frame: Frame): string {
  const clamp = (column: number): number => Math.min(Math.max(column, window.from), window.to);
  const start = clamp(line.columnAt(mark.at.column - 1));
  const end = clamp(line.columnAt(mark.at.column - 1 + mark.at.length));
  const indent = " ".repeat(start - window.from + (window.from > 0 ? ellipsis.length : 0));
  const style = mark.primary ? frame.primary : frame.colors.frame;
  const sign = (mark.primary ? "^" : "-").repeat(Math.max(1, end - start));
  return row("", `${indent}${style(mark.text === "" ? sign : `${sign} ${mark.text}`)}`, frame);
}

function row(number: string, text: string, frame: Frame): string {
  const gutter = frame.colors.frame(`${number.padStart(frame.gutter)} |`);
  return text === "" ? gutter : `${gutter} ${text}`;
}
