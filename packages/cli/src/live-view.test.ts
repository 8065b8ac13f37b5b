// The live view: the picture is redrawn in place, lines scroll away above it, and nothing of it stays.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Terminal } from "./command.ts";
import { LiveView } from "./live-view.ts";
import { stylesFor } from "./output/style.ts";

function fakeTerminal(liveRows: number) {
  const printed: string[] = [];
  const terminal: Terminal = {
    json: false,
    styles: stylesFor(false),
    liveRows,
    width: 80,
    print: (text) => void printed.push(text),
    report: () => undefined,
    progress: () => undefined,
  };
  return { terminal, printed };
}

describe("the live view", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("is drawn in place, below what is printed, and goes away", () => {
    const { terminal, printed } = fakeTerminal(10);
    let count = 0;
    const view = new LiveView(terminal, () => `count\n${++count}`);
    vi.advanceTimersByTime(1000);
    view.print("event\n");
    view[Symbol.dispose]();
    vi.advanceTimersByTime(5000);
    const up = "\u001b[2A\u001b[J";
    expect(printed).toEqual(["count\n1\n", `${up}count\n2\n`, `${up}event\ncount\n3\n`, up]);
  });

  test("is cut to the terminal's height", () => {
    const { terminal, printed } = fakeTerminal(3);
    const view = new LiveView(terminal, () => "1\n2\n3\n4");
    view[Symbol.dispose]();
    expect(printed[0]).toBe("1\n2\n");
  });

  test("lines that the terminal breaks count as they are shown", () => {
    const { terminal, printed } = fakeTerminal(10);
    const view = new LiveView(terminal, () => `\u001b[1m${"x".repeat(81)}\u001b[22m\ny`);
    view[Symbol.dispose]();
    expect(printed[1]).toBe("\u001b[3A\u001b[J");
  });

  test("elsewhere than on a terminal only lines are printed", () => {
    const { terminal, printed } = fakeTerminal(0);
    const view = new LiveView(terminal, () => "never");
    view.print("event\n");
    vi.advanceTimersByTime(5000);
    view[Symbol.dispose]();
    expect(printed).toEqual(["event\n"]);
  });
});
