// When to colour, and with what. The caller decides once per stream; nothing here looks at the process.

/** Wraps text in what begins and ends a style. */
export type Style = (text: string) => string;

/** The styles of a report, by meaning. */
export interface Palette {
  readonly error: Style;
  readonly warning: Style;
  readonly note: Style;
  readonly help: Style;
  readonly message: Style;
  /** Line numbers, rules, and secondary marks. */
  readonly frame: Style;
}

function ansi(codes: string): Style {
  return (text) => (text === "" ? "" : `\u001b[${codes}m${text}\u001b[0m`);
}

const plain: Style = (text) => text;

const colored: Palette = {
  error: ansi("1;31"),
  warning: ansi("1;33"),
  note: ansi("1;36"),
  help: ansi("1;32"),
  message: ansi("1"),
  frame: ansi("34"),
};

const uncolored: Palette = { error: plain, warning: plain, note: plain, help: plain, message: plain, frame: plain };

/** The styles with or without colour. */
export function palette(color: boolean): Palette {
  return color ? colored : uncolored;
}

/**
 * Whether a stream should get colour: `NO_COLOR` (any value but empty) forbids it, `FORCE_COLOR` (but for "0" and
 * "false") demands it, else it is for terminals that are not dumb.
 */
export function wantsColor(
  stream: { readonly isTTY?: boolean | undefined },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const { NO_COLOR: no, FORCE_COLOR: force, TERM: terminal } = env;
  if (no !== undefined && no !== "") return false;
  if (force !== undefined) return force !== "0" && force !== "false";
  return stream.isTTY === true && terminal !== "dumb";
}
