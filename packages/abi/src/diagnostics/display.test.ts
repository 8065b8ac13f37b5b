import { describe, expect, test } from "vitest";
import { displayLine, displayText } from "./display.ts";

describe("displayText", () => {
  test.each([
    ["escape sequences", "a\u001b[31mred", "a␛[31mred"],
    ["carriage return, bell, delete", "a\rb\u0007c\u007f", "a␍b␇c␡"],
    ["C1 controls", "a\u009b31m", "a\ufffd31m"],
    ["direction overrides", "user\u202e\u2066nimda", "user\ufffd\ufffdnimda"],
    ["zero width and byte order marks", "a\u200bb\ufeff", "a\ufffdb\ufffd"],
    ["lone surrogates", "a\ud83db\ude00", "a\ufffdb\ufffd"],
    ["line separators", "a\u2028b", "a\ufffdb"],
    ["tabs", "a\tb\t", "a   b   "],
    ["joined emoji, which become their parts", "👩\u200d💻❤\ufe0f", "👩💻❤"],
    ["ordinary text of any language", "größe=数 e\u0301 😀", "größe=数 e\u0301 😀"],
  ])("%s", (_, input, expected) => {
    expect(displayText(input)).toBe(expected);
  });

  test("no control or format character survives, whatever the input", () => {
    const all = Array.from({ length: 0x3000 }, (_, code) => String.fromCodePoint(code)).join("");
    expect(displayText(all)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  });
});

describe("displayLine", () => {
  test.each([
    ["abc", 3],
    ["\t", 4],
    ["ab\tc", 5],
    ["数字", 4],
    ["한글", 4],
    ["😀", 2],
    ["e\u0301", 1],
    ["ﾊﾝ", 2],
    ["🇩🇪", 2],
    ["", 0],
  ])("width of %j is %i", (text, width) => {
    expect(displayLine(text).width).toBe(width);
  });

  test("columns of UTF-16 offsets, both halves of a pair at the same place", () => {
    const line = displayLine("a😀\tb");
    expect([0, 1, 2, 3, 4, 5].map((offset) => line.columnAt(offset))).toEqual([0, 1, 1, 3, 4, 5]);
  });

  test("offsets outside are those of the nearest end", () => {
    const line = displayLine("abc");
    expect([-5, 99, Number.NaN, Number.POSITIVE_INFINITY].map((offset) => line.columnAt(offset))).toEqual([0, 3, 3, 3]);
  });

  test("a slice keeps its columns when it cuts wide characters and tabs", () => {
    const line = displayLine("a数b\tc");
    expect(line.slice(2, 4)).toBe(" b");
    expect(line.slice(0, 2)).toBe("a ");
    expect(line.slice(5, 9)).toBe("   c");
    expect(line.slice(0, line.width)).toBe("a数b    c");
  });
});
