import { expect, test } from "vitest";
import { countCpus } from "./cpus.ts";

test.each([
  ["0\n", 1],
  ["0-3\n", 4],
  ["0-1,4,8-11\n", 7],
] as const)("%j are %i CPUs", (list, count) => {
  expect(countCpus(list)).toBe(count);
});

test("anything else is an error, not a number", () => {
  for (const list of ["", "a", "0-", "1;2"]) expect(() => countCpus(list)).toThrow("CPU list");
});
