// Ratios and tables from results that are given.
import { expect, test } from "vitest";
import { baseOf, builds } from "./builds.ts";
import {
  bestOf,
  type Comparison,
  type Entry,
  geometricMean,
  numbersOf,
  programTable,
  ratios,
  summaryTable,
} from "./report.ts";

function entry(name: string, slots: number, jit: number, ...times: readonly (readonly [number, number])[]): Entry {
  const build = builds.find((one) => one.name === name);
  if (!build) throw new Error(`no build ${name}`);
  const timings = times.map(([min, median], index) => ({ packet: `${index}`, min, median }));
  return { build, result: { kind: "measured", slots, jit, verified: slots, timings } };
}

const small: Comparison = {
  program: "small",
  entries: [
    entry("clang-19 -O2", 50, 200, [10, 20], [30, 40]),
    entry("clang-22 -O2", 40, 240, [20, 20], [40, 40]),
    { build: { kind: "clang", name: "clang-22 mis" }, result: { kind: "rejected", why: "load: Permission denied" } },
    entry("by hand", 4, 10),
    entry("typebpf v3", 20, 120, [10, 20], [20, 40]),
  ],
};

test("times are means over the packets; what was not timed has none", () => {
  expect(small.entries.map(numbersOf)).toEqual([
    { slots: 50, JIT: 200, verified: 50, "ns min": 20, "ns med": 30 },
    { slots: 40, JIT: 240, verified: 40, "ns min": 30, "ns med": 30 },
    {},
    { slots: 4, JIT: 10, verified: 4 },
    { slots: 20, JIT: 120, verified: 20, "ns min": 15, "ns med": 30 },
  ]);
});

test("the best is the least of the clangs in each measure, of none other", () => {
  expect(bestOf(small.entries)).toEqual({ slots: 40, JIT: 200, verified: 40, "ns min": 20, "ns med": 30 });
  expect(bestOf([])).toEqual({});
});

test("ratios are where both numbers are", () => {
  expect(ratios({ slots: 3, JIT: 5, "ns min": 1 }, { slots: 4, "ns min": 0 })).toEqual({ slots: 0.75 });
  const means = geometricMean([{ slots: 2 }, { slots: 8, JIT: 1 }, {}]);
  expect([means.slots?.toFixed(6), means.JIT, Object.keys(means)]).toEqual(["4.000000", 1, ["slots", "JIT"]]);
});

test("the base is clang-22, or the newest clang there is", () => {
  expect(baseOf(builds)?.name).toBe("clang-22 -O2");
  expect(baseOf(builds.filter(({ name }) => !/22|hand/.test(name)))?.name).toBe("clang-19 -O2");
  expect(baseOf(builds.filter(({ kind }) => kind === "ours"))).toBeUndefined();
});

test("a program's table has every build, and says below what was not measured", () => {
  expect(programTable(small, "clang-22 -O2").split("\n")).toEqual([
    "small         slots     ×  JIT     ×  verified     ×  ns min     ×  ns med     ×",
    "clang-19 -O2     50  1.25  200  0.83        50  1.25    20.0  0.67    30.0  1.00",
    "clang-22 -O2     40  1.00  240  1.00        40  1.00    30.0  1.00    30.0  1.00",
    "clang-22 mis      -     -    -     -         -     -       -     -       -     -",
    "by hand           4  0.10   10  0.04         4  0.10       -     -       -     -",
    "typebpf v3       20  0.50  120  0.50        20  0.50    15.0  0.50    30.0  1.00",
    "clang-22 mis: rejected: load: Permission denied",
    "",
  ]);
});

test("the summary has our builds against the base and the best, and the geometric mean of those that do something", () => {
  const large: Comparison = {
    program: "large",
    entries: [entry("clang-22 -O2", 100, 100), entry("typebpf v3", 200, 100)],
  };
  const empty: Comparison = { program: "xdp_empty", entries: [entry("clang-22 -O2", 2, 9), entry("typebpf v3", 2, 9)] };
  const lines = summaryTable([small, large, empty], "clang-22 -O2").split("\n");
  expect(lines.map((line) => line.split(/\s{2,}/).slice(0, 8))).toEqual([
    ["program", "build", "slots", "×base", "×best", "JIT", "×base", "×best"],
    ["small", "typebpf v3", "20", "0.50", "0.50", "120", "0.50", "0.60"],
    ["large", "typebpf v3", "200", "2.00", "2.00", "100", "1.00", "1.00"],
    ["xdp_empty", "typebpf v3", "2", "1.00", "1.00", "9", "1.00", "1.00"],
    ["geometric mean", "typebpf v3", "1.00", "1.00", "0.71", "0.77", "1.00", "1.00"],
    [""],
  ]);
});
