// The check of claims: what it lets pass and what it does not. And the files that claims name exist.
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { brokenClaims, type Ended } from "./check-claims.ts";
import { claimedTests } from "./claims.ts";

const claim = { file: "a.test.ts", title: "group > works", cell: "xdp, attached" };
const ended = (state: Ended["state"], title = claim.title): Ended => ({ file: claim.file, title, state });

test("a claimed test has passed, or was skipped for a reason in its name", () => {
  expect(brokenClaims([claim], [ended("passed")])).toEqual([]);
  for (const title of [
    "group (missing: the capability (CAP_BPF)) > works",
    "group > works (needs Linux 6.6)",
    "group (in a guest: pnpm test:vm) > works",
  ]) {
    expect(brokenClaims([claim], [ended("skipped", title)])).toEqual([]);
    expect(brokenClaims([claim], [ended("failed", title)])).toHaveLength(1);
  }
});

test.each(["failed", "skipped", "pending"] as const)("one that %s is told with its cell", (state) => {
  expect(brokenClaims([claim], [ended(state)])).toEqual([`xdp, attached: "group > works" of a.test.ts ${state}`]);
});

test("one that does not exist is told where its file ran", () => {
  const other = ended("passed", "group > does something else");
  expect(brokenClaims([claim], [other])).toEqual(['xdp, attached: "group > works" of a.test.ts does not exist']);
  expect(brokenClaims([claim], [{ ...other, file: "b.test.ts" }])).toEqual([]);
});

test("claims are about files that exist", () => {
  const claims = [...claimedTests().values()];
  expect(claims.length).toBeGreaterThan(400);
  expect(claims.filter(({ file }) => !existsSync(new URL(`../../${file}`, import.meta.url)))).toEqual([]);
});
