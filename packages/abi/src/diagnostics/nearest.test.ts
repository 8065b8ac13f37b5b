import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

test.each([
  ["eth1", ["lo", "eth0"], "eth0"],
  ["vteh0", ["lo", "veth0", "eth1"], "veth0"],
  ["wlp3s0", ["lo", "eth0"], undefined],
  ["x", ["lo"], undefined],
  ["lo", [], undefined],
] as const)("%s among %j", (word, candidates, expected) => {
  expect(nearest(word, candidates)).toBe(expected);
});
