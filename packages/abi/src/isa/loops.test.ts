import { expect, test } from "vitest";
import { assemble } from "./assemble.ts";
import { loopIn } from "./loops.ts";

test.each([
  ["straight code", "r0 = 0\nr0 += 1\nexit", undefined],
  ["a jump back to what leads elsewhere", "goto +2\nr0 = 1\nexit\ngoto -3", undefined],
  ["a counted loop", "r0 = 0\nr0 += 1\nif r0 != 3 goto -2\nexit", 2],
  ["a loop around a wide instruction", "r1 = 5 ll\nr0 = 0\nif r0 != r1 goto -4\nexit", 3],
  ["a loop by two jumps", "r0 = 0\ngoto +1\nexit\nif r0 == 0 goto -2\nexit", undefined],
  ["a loop to itself", "goto -1", 0],
])("%s", (_, text, expected) => {
  const assembled = assemble(text) as { readonly insns: Parameters<typeof loopIn>[0] };
  expect(loopIn(assembled.insns)).toBe(expected);
});
