// Text of unknown origin, made safe and measured for a terminal: no control, format or direction character gets
// through, tabs become spaces, and each UTF-16 offset of the input has a column of the output. Widths approximate the
// East Asian Width property (Unicode Standard Annex 11) and emoji presentation (Technical Standard 51).

const tabStop = 4;
const replacement = "\ufffd";

/** Code points that take two columns, besides emoji: first and last of each range. */
const wideRanges: readonly (readonly [first: number, last: number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18d08],
  [0x1aff0, 0x1b2fb],
  [0x20000, 0x3fffd],
];

/** Joins and styles emoji: left out, so that each part shows by itself with its own known width. */
const joiner = /^[\u200d\ufe00-\ufe0f]$/u;
const control = /^\p{Cc}$/u;
/** Format (direction, zero width, tags), line separators, lone surrogates. */
const invisible = /^[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]$/u;
const combining = /^[\p{Mn}\p{Me}]$/u;
const emoji = /^\p{Emoji_Presentation}$/u;
const regionalIndicator = /^\p{Regional_Indicator}$/u;

/** What stands for a control character: its picture, as in "␛". */
function controlPicture(code: number): string {
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? "\u2421" : replacement;
}

/** One character as it is shown, with the columns it takes. */
function show(character: string, column: number): readonly [text: string, width: number] {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0x20 && code < 0x7f) return [character, 1];
  if (character === "\t") {
    const width = tabStop - (column % tabStop);
    return [" ".repeat(width), width];
  }
  if (joiner.test(character)) return ["", 0];
  if (control.test(character)) return [controlPicture(code), 1];
  if (invisible.test(character)) return [replacement, 1];
  if (combining.test(character)) return [character, 0];
  if (regionalIndicator.test(character)) return [character, 1];
  const wide = wideRanges.some(([first, last]) => code >= first && code <= last);
  return [character, wide || emoji.test(character) ? 2 : 1];
}

/** A line as a terminal shows it. */
export interface DisplayLine {
  /** Columns of the whole line. */
  readonly width: number;
  /** Column, from 0, at which the UTF-16 offset is shown; offsets outside are those of the nearest end. */
  columnAt(offset: number): number;
  /** The part between two columns; a wide character that is cut in two becomes spaces. */
  slice(from: number, to: number): string;
}

interface Cell {
  readonly text: string;
  readonly column: number;
  readonly width: number;
}

function sliceCells(cells: readonly Cell[], from: number, to: number): string {
  let text = "";
  for (const cell of cells) {
    const end = cell.column + cell.width;
    if (cell.column >= from && end <= to && (cell.width > 0 || cell.column > from || from === 0)) text += cell.text;
    else text += " ".repeat(Math.max(0, Math.min(end, to) - Math.max(cell.column, from)));
  }
  return text;
}

/** Prepares one line, without its line break. */
export function displayLine(line: string): DisplayLine {
  const cells: Cell[] = [];
  const columns: number[] = [];
  let column = 0;
  for (const character of line) {
    const [text, width] = show(character, column);
    cells.push({ text, column, width });
    for (let unit = 0; unit < character.length; unit++) columns.push(column);
    column += width;
  }
  columns.push(column);
  return {
    width: column,
    columnAt: (offset) => columns[Math.min(Math.max(offset, 0), line.length)] ?? column,
    slice: (from, to) => sliceCells(cells, from, to),
  };
}

/** Text on one line, safe to print: control characters as pictures, no direction marks. */
export function displayText(text: string): string {
  const line = displayLine(text);
  return line.slice(0, line.width);
}
