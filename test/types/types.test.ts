// The DSL's declarations under each TypeScript that users bring: what they accept, what they refuse, in the module
// resolutions and strictness that users have. Runs each `tsc` as a process.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const here = fileURLToPath(new URL(".", import.meta.url));
const work = fileURLToPath(new URL("../../.cache/types/", import.meta.url));
const ports = fileURLToPath(new URL("../../../shared/bench/ts/", import.meta.url));

const compilers = ["typescript-5.9", "typescript-6.0", "typescript-7.0"];

/** The ports that need no more than the program and map types there are. */
const portNames = [
  ...["empty", "parse_drop", "drop_udp_port", "counter", "ratelimit", "vlan", "l4lb", "fw_lpm", "tailcall"].map(
    (one) => `xdp_${one}`,
  ),
  ...["tc_empty", "tc_dns_block", "tc_conntrack", "socket_filter_http"],
];

const common = { strict: true, noEmit: true, skipLibCheck: false, types: [], target: "es2023", lib: ["es2023"] };

/** As users have it, loosest and strictest. */
const settings: Readonly<Record<string, object>> = {
  "bundler, strict": { module: "esnext", moduleResolution: "bundler" },
  "nodenext, strictest": {
    module: "nodenext",
    moduleResolution: "nodenext",
    exactOptionalPropertyTypes: true,
    noPropertyAccessFromIndexSignature: true,
    verbatimModuleSyntax: true,
    isolatedModules: true,
  },
};

/** Writes a project and gives what `tsc` says about it: empty if all is well. */
function check(compiler: string, name: string, compilerOptions: object, files: readonly string[]): string {
  const project = join(work, `${name.replaceAll(/\W+/g, "-")}-${compiler}.json`);
  writeFileSync(project, JSON.stringify({ compilerOptions: { ...common, ...compilerOptions }, files }));
  const tsc = join(here, "node_modules", compiler, "bin", "tsc");
  const run = spawnSync(process.execPath, [tsc, "-p", project], { encoding: "utf8" });
  if (run.status === null) throw run.error ?? new Error(`${compiler} was killed`);
  return run.status === 0 ? "" : `${run.stdout}${run.stderr}` || `exit status ${run.status}`;
}

beforeAll(() => {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  writeFileSync(join(work, "package.json"), JSON.stringify({ type: "module" }));
  for (const file of ["accept.ts", "reject.ts", "ring-buffer.ts", "map-operations.ts"])
    copyFileSync(join(here, file), join(work, file));
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe.each(compilers)("%s", (compiler) => {
  test.each(Object.keys(settings))(
    "accepts and refuses what it must: %s",
    (name) => {
      expect(check(compiler, name, settings[name] ?? {}, ["accept.ts", "reject.ts"])).toBe("");
    },
    120_000,
  );

  test("accepts and refuses what it must of records that `using` releases", () => {
    const options = { ...settings["nodenext, strictest"], lib: ["es2023", "esnext.disposable"] };
    expect(check(compiler, "ring-buffer", options, ["ring-buffer.ts", "map-operations.ts"])).toBe("");
  }, 120_000);

  test("declarations need neither unchecked indices nor more than the language of ES2020", () => {
    const files = readdirSync(new URL("../../packages/dsl/types/", import.meta.url));
    const options = { ...settings["bundler, strict"], noUncheckedIndexedAccess: true, lib: ["es2020"] };
    const paths = files.map((file) => fileURLToPath(new URL(`../../packages/dsl/types/${file}`, import.meta.url)));
    expect(check(compiler, "declarations", options, paths)).toBe("");
  }, 120_000);

  test.skipIf(!existsSync(ports))(
    "accepts the ports of ../shared/bench/ts as they stand",
    () => {
      const files = portNames.map((name) => `${name}.bpf.ts`);
      for (const file of files) copyFileSync(join(ports, file), join(work, file));
      expect(check(compiler, "ports", settings["bundler, strict"] ?? {}, files)).toBe("");
    },
    120_000,
  );
});
