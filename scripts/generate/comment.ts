// Comments of generated declarations.

const docWidth = 112;

/** A JSDoc comment of one line, or of several where it is longer. */
export function comment(text: string): string[] {
  if (text.length <= docWidth) return [`  /** ${text} */`];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > docWidth) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return ["  /**", ...[...lines, line].map((one) => `   * ${one}`), "   */"];
}
