// A part of the terminal that is drawn again and again, with lines that scroll away above it. Where standard output is no
// terminal nothing is redrawn, and lines are printed as they come.
import { stripVTControlCharacters } from "node:util";
import type { Terminal } from "./command.ts";

/** Time between two pictures. */
const refreshMs = 1000;

/** Rows that a line takes on a terminal, which breaks long ones; sequences that set colours take no room. */
function rowsOf(line: string, width: number): number {
  const shown = stripVTControlCharacters(line).length;
  return Math.max(1, Math.ceil(shown / Math.max(1, width)));
}

/** Shows `picture` until it is disposed. */
export class LiveView implements Disposable {
  readonly #terminal: Terminal;
  readonly #picture: () => string;
  readonly #timer: NodeJS.Timeout | undefined;
  #lines = 0;

  constructor(terminal: Terminal, picture: () => string) {
    this.#terminal = terminal;
    this.#picture = picture;
    if (terminal.liveRows === 0) return;
    this.#draw("");
    this.#timer = setInterval(() => this.#draw(""), refreshMs);
  }

  /** Prints whole lines above the picture. */
  print(text: string): void {
    if (this.#timer === undefined) this.#terminal.print(text);
    else this.#draw(text);
  }

  #erase(): string {
    return this.#lines > 0 ? `\u001b[${this.#lines}A\u001b[J` : "";
  }

  #draw(above: string): void {
    const erase = this.#erase();
    const { width, liveRows } = this.#terminal;
    const shown: string[] = [];
    this.#lines = 0;
    for (const line of this.#picture().split("\n")) {
      const rows = rowsOf(line, width);
      if (shown.length > 0 && this.#lines + rows > liveRows - 1) break;
      shown.push(line);
      this.#lines += rows;
    }
    this.#terminal.print(`${erase}${above}${shown.join("\n")}\n`);
  }

  /** Ends it, and leaves the terminal as if there had been no picture. */
  [Symbol.dispose](): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#terminal.print(this.#erase());
    this.#lines = 0;
  }
}
