// One configuration for all packages: unit tests beside the sources, cases and privileged tests under test/.
import { defineConfig } from "vitest/config";
import { ClaimsReporter } from "./test/reference/reporter.ts";

export default defineConfig({
  test: {
    include: [
      "packages/*/src/**/*.test.ts",
      "packages/*/test/**/*.test.ts",
      "test/**/*.test.ts",
      "examples/**/*.test.ts",
      "bench/**/*.test.ts",
    ],
    exclude: ["**/node_modules/**", "**/dist/**", "**/.cache/**"],
    // Tests of the cache bring a folder of their own.
    env: { TYPEBPF_CACHE: "off" },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["default", new ClaimsReporter()],
  },
});
