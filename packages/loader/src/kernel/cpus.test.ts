import { expect, test } from "vitest";
import { countCpus, machineCpus } from "./cpus.ts";

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

test("this machine has its first CPU among those that are possible", () => {
  const { possible, first } = machineCpus();
  expect(possible).toBeGreaterThanOrEqual(1);
  expect(first).toBeGreaterThanOrEqual(0);
  expect(first).toBeLessThan(Math.max(possible, 1024));
});
