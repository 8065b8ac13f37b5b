// Claims against what a test run gave: each claimed test is there and passed. One may have been skipped only for a reason
// that stands in its name or in that of its group: this machine lacks something, its kernel is too old, it needs a guest.
import type { TestName } from "./claims.ts";

/** How a test ended. */
export interface Ended extends TestName {
  readonly state: "passed" | "failed" | "skipped" | "pending";
}

/** A claim and a cell that makes it. */
export type Claim = TestName & { readonly cell: string };

/** Reasons as the gates of test/kernel, test/vm and test/harness write them. */
const reason = / \((?:missing(?: here)?: .*?|not here: .*?|needs Linux [\d.]+|in a guest: pnpm test:vm)\)(?= > |$)/gu;

/** What is wrong with the claims on files that ran, in words; empty where they hold. */
export function brokenClaims(claims: Iterable<Claim>, run: readonly Ended[]): readonly string[] {
  const files = new Set(run.map(({ file }) => file));
  const byName = new Map(run.map((one) => [`${one.file} > ${one.title.replace(reason, "")}`, one]));
  const broken: string[] = [];
  for (const { file, title, cell } of claims) {
    if (!files.has(file)) continue;
    const found = byName.get(`${file} > ${title}`);
    const excused = found?.state === "skipped" && found.title !== title;
    if (found?.state === "passed" || excused) continue;
    broken.push(`${cell}: "${title}" of ${file} ${found ? found.state : "does not exist"}`);
  }
  return broken;
}
