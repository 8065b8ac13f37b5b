import { expect, test } from "vitest";
import { palette, wantsColor } from "./color.ts";

test.each([
  ["a terminal", true, {}, true],
  ["no terminal", false, {}, false],
  ["a stream that does not say", undefined, {}, false],
  ["NO_COLOR on a terminal", true, { NO_COLOR: "1" }, false],
  ["an empty NO_COLOR", true, { NO_COLOR: "" }, true],
  ["FORCE_COLOR without a terminal", false, { FORCE_COLOR: "1" }, true],
  ["an empty FORCE_COLOR", false, { FORCE_COLOR: "" }, true],
  ["FORCE_COLOR=0 on a terminal", true, { FORCE_COLOR: "0" }, false],
  ["both: what the user does not want wins", true, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
  ["a dumb terminal", true, { TERM: "dumb" }, false],
  ["FORCE_COLOR on a dumb terminal", true, { TERM: "dumb", FORCE_COLOR: "1" }, true],
])("%s", (_, isTTY, env, expected) => {
  expect(wantsColor({ isTTY }, env)).toBe(expected);
});

test("styles are escape sequences that end, and nothing without colour", () => {
  expect(palette(true).error("x")).toBe("\u001b[1;31mx\u001b[0m");
  expect(palette(true).error("")).toBe("");
  expect(palette(false).error("x")).toBe("x");
});
