import { describe, expect, test } from "vitest";
import type { Diagnostic } from "./diagnostic.ts";
import { type RenderOptions, renderDiagnostic } from "./render.ts";
import type { Span } from "./span.ts";

const filter = [
  "export const f = xdp((ctx) => {",
  "  const ip = ctx.packet.at(14, IPv4);",
  "",
  "\tif (ip.ttl < 2) return XDP.DROP;",
  "  const größe = 数 + 😀;",
].join("\n");

function span(line: number, column: number, length: number, file = "f.bpf.ts"): Span {
  return { file, line, column, length };
}

function make(details: Partial<Diagnostic>): Diagnostic {
  return { code: "BPF1004", severity: "error", message: "something", labels: [], notes: [], ...details };
}

function render(details: Partial<Diagnostic>, options: Partial<RenderOptions> = {}): string {
  const source = (file: string): string | undefined => (file === "f.bpf.ts" ? filter : undefined);
  return renderDiagnostic(make(details), { source, color: false, ...options });
}

function lines(...text: string[]): string {
  return text.join("\n");
}

describe("renderDiagnostic", () => {
  test("message, place, frame, label on another line, notes, help", () => {
    const text = render({
      message: "`ip` may be undefined",
      at: span(4, 6, 2),
      labels: [{ at: span(2, 9, 2), message: "made here" }],
      notes: ["the packet may be shorter"],
      help: "add `if (!ip) return XDP.PASS;`",
    });
    expect(text).toBe(
      lines(
        "error[BPF1004]: `ip` may be undefined",
        " --> f.bpf.ts:4:6",
        "  |",
        "2 |   const ip = ctx.packet.at(14, IPv4);",
        "  |         -- made here",
        "...",
        "4 |     if (ip.ttl < 2) return XDP.DROP;",
        "  |         ^^",
        "  = note: the packet may be shorter",
        "  = help: add `if (!ip) return XDP.PASS;`",
      ),
    );
  });

  test("without a place: message, notes and help alone", () => {
    expect(render({ severity: "warning", code: "BPF6001", notes: ["n"], help: "be root" })).toBe(
      lines("warning[BPF6001]: something", "  = note: n", "  = help: be root"),
    );
  });

  test("marks on one line stand in the order of their columns", () => {
    const labels = [{ at: span(2, 9, 2), message: "this" }];
    expect(render({ at: span(2, 14, 3), labels })).toBe(
      lines(
        "error[BPF1004]: something",
        " --> f.bpf.ts:2:14",
        "  |",
        "2 |   const ip = ctx.packet.at(14, IPv4);",
        "  |         -- this",
        "  |              ^^^",
      ),
    );
  });

  test("marks stand under wide and astral characters", () => {
    const [, , , shown = "", mark = ""] = render({ at: span(5, 17, 6) }).split("\n");
    expect(shown).toBe("5 |   const größe = 数 + 😀;");
    expect(mark).toBe("  |                 ^^^^^^^");
    expect(render({ at: span(5, 21, 2) })).toContain(`\n  | ${" ".repeat(21)}^^`);
  });

  test("a label in another file has its own block, and a missing file no frame", () => {
    const other = { at: { ...span(1, 2, 2), file: "lib.ts" }, message: "declared here" };
    const source = (file: string): string | undefined => (file === "lib.ts" ? "(ab)" : undefined);
    expect(render({ at: span(12, 1, 1), labels: [other] }, { source })).toBe(
      lines(
        "error[BPF1004]: something",
        "  --> f.bpf.ts:12:1",
        "  ::: lib.ts:1:2",
        "   |",
        " 1 | (ab)",
        "   |  -- declared here",
      ),
    );
  });

  test("further lines of messages and notes are indented", () => {
    expect(render({ message: "one\ntwo\n", notes: ["three\r\nfour"] })).toBe(
      lines("error[BPF1004]: one", "    two", "  = note: three", "          four"),
    );
  });

  test.each([
    ["the line is past the end", span(99, 1, 1)],
    ["the line is 0", span(0, 1, 1)],
    ["the line is no number", span(Number.NaN, 1, 1)],
    ["the line is a fraction", span(1.5, 1, 1)],
    ["the line is negative", span(-3, 1, 1)],
  ])("no frame when %s", (_, at) => {
    expect(render({ at }).split("\n")).toHaveLength(2);
  });

  test.each([
    ["past the end of the line", span(3, 40, 7), "^"],
    ["longer than the line", span(1, 30, 900), "^^"],
    ["empty", span(1, 1, 0), "^"],
    ["before the line", span(1, -4, 2), "^"],
    ["of infinite length", span(1, 31, Number.POSITIVE_INFINITY), "^"],
  ])("one mark at least, and none outside, when the span is %s", (_, at, mark) => {
    const [, , , shown = "", marks = ""] = render({ at }).split("\n");
    expect(marks.trim().replace(/\s+/g, " ")).toBe(`| ${mark}`);
    expect(marks.length).toBeLessThanOrEqual(Math.max(shown.length, "3 | ".length) + 1);
  });

  test("hostile texts do not reach the terminal raw, wherever they stand", () => {
    const hostile = "\u001b]0;x\u0007\u202e";
    const at = { file: `a${hostile}`, line: 1, column: 1, length: 3 };
    const text = render(
      { message: hostile, at, labels: [{ at, message: hostile }], notes: [hostile], help: hostile },
      { source: () => `let${hostile} = 1` },
    );
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test("lines are counted as ECMAScript counts them", () => {
    const source = (): string => "a\r\nb\rc\u2028d\u2029e";
    expect(render({ at: span(5, 1, 1) }, { source })).toContain("5 | e\n");
    expect(render({ at: span(2, 1, 1) }, { source })).toContain("2 | b\n");
  });

  test("colour only when asked for, and it changes no text", () => {
    const details = { at: span(2, 9, 2), help: "h", notes: ["n"] };
    const colored = render(details, { color: true });
    expect(colored).toContain("\u001b[1;31merror[BPF1004]\u001b[0m");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is taken off
    expect(colored.replace(/\u001b\[[\d;]*m/g, "")).toBe(render(details));
  });
});

describe("long lines", () => {
  const long = `${"a".repeat(300)}NEEDLE${"b".repeat(300)}`;

  test.each([
    ["in the middle", 301],
    ["at the start", 1],
    ["near the start", 40],
    ["at the end", 601],
  ])("are cut around the span %s, with the mark under it", (_, column) => {
    const options = { source: () => long, width: 60 };
    const [, , , shown = "", mark = ""] = render({ at: span(1, column, 6) }, options).split("\n");
    const start = mark.indexOf("^");
    expect(shown.length).toBeLessThanOrEqual(60);
    expect(mark.length).toBeLessThanOrEqual(60);
    expect(shown.slice(start, mark.lastIndexOf("^") + 1)).toBe(long.slice(column - 1, column + 5));
  });

  test("show each mark in its own window", () => {
    const labels = [{ at: span(1, 1, 2), message: "here" }];
    const text = render({ at: span(1, 301, 6), labels }, { source: () => long, width: 60 });
    expect(text.match(/^1 \|/gm)).toHaveLength(2);
    expect(text).toContain("-- here");
  });

  test("a span wider than the window fills it from its start", () => {
    const text = render({ at: span(1, 101, 400) }, { source: () => long, width: 60 });
    expect(text.split("\n").at(-1)).toMatch(/^ {2}\| {4}\^{40,}$/);
  });

  test.each([0, -1, 1, Number.NaN])("a width of %d does no harm", (width) => {
    expect(render({ at: span(1, 301, 6) }, { source: () => long, width })).toContain("NEEDLE");
  });
});
