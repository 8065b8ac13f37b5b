// The few styles of human output, or none: the caller decides once for each stream.
import colors from "picocolors";

/** Wraps text in a style. */
export type Style = (text: string) => string;

/** Styles by meaning. */
export interface Styles {
  readonly title: Style;
  readonly faint: Style;
  readonly good: Style;
  readonly bad: Style;
  readonly warning: Style;
}

const plain: Style = (text) => text;

// The library's own look at the process is not asked: it knows one stream and no options.
const { bold, dim, green, red, yellow } = colors.createColors(true);
const colored: Styles = { title: bold, faint: dim, good: green, bad: red, warning: yellow };

const uncolored: Styles = { title: plain, faint: plain, good: plain, bad: plain, warning: plain };

/** The styles with or without colour. */
export function stylesFor(color: boolean): Styles {
  return color ? colored : uncolored;
}

/** "1 packet", "2 packets"; `plural` where it is not just an s. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
