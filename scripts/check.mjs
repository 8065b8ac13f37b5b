// Everything that must hold before a change lands, each step once and in order of speed: types, lint and format,
// generated files, then all tests. Stops at the first step that fails and names it. Arguments go to the tests.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const root = new URL("..", import.meta.url);
const require = createRequire(new URL("package.json", root));

/** The file that a package's command runs. */
function bin(name, command = name) {
  const manifest = require.resolve(`${name}/package.json`);
  const { bin: entry } = require(`${name}/package.json`);
  return join(dirname(manifest), typeof entry === "string" ? entry : entry[command]);
}

const steps = [
  { name: "types", run: [bin("typescript", "tsc"), "-p", "tsconfig.json"] },
  { name: "types of filters", run: [bin("typescript", "tsc"), "-p", "tsconfig.bpf.json"] },
  { name: "lint and format", run: [bin("@biomejs/biome", "biome"), "ci", "--error-on-warnings", "."] },
  { name: "generated files", run: [bin("tsx"), "scripts/generate.ts", "--check"] },
  { name: "tests", run: [bin("vitest"), "run", ...process.argv.slice(2)] },
];

for (const step of steps) {
  const started = Date.now();
  process.stdout.write(`── ${step.name}\n`);
  const { status } = spawnSync(process.execPath, step.run, { cwd: root, stdio: "inherit" });
  if (status !== 0) {
    process.stderr.write(`${step.name}: failed\n`);
    process.exit(1);
  }
  process.stdout.write(`   ok, ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}
