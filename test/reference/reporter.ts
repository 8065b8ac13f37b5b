// Checks the claims of claims.ts against the tests that ran, at the end of every run; a broken one fails it. Claims are
// checked file by file, for those that ran; runs by a pattern of names (-t) leave tests out of files and are not checked.
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestModule, Vitest } from "vitest/node";
import { brokenClaims, type Ended } from "./check-claims.ts";
import { claimedTests } from "./claims.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The reporter; vitest makes it. */
export class ClaimsReporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[], _errors: readonly unknown[], reason: string): void {
    if (reason === "interrupted" || !this.#vitest || this.#vitest.config.testNamePattern) return;
    const run = modules.flatMap((module): readonly Ended[] => {
      const file = relative(root, module.moduleId).replaceAll("\\", "/").replace(/\.js$/u, ".ts");
      return [...module.children.allTests()].map((test) => ({
        file,
        title: test.fullName,
        state: test.result().state,
      }));
    });
    const broken = brokenClaims(claimedTests().values(), run);
    if (broken.length === 0) return;
    process.stderr.write(
      `\ndocs/reference claims what this run does not show:\n${broken.map((one) => `  ${one}\n`).join("")}`,
    );
    process.exitCode = 1;
  }
}
