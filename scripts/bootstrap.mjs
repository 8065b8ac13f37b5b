// Runs a script of the workspace on a bare clone: brings the pinned pnpm, installs with the frozen lockfile, goes on.
// Needs only Node and npm. Usage: node scripts/bootstrap.mjs check|demo [ARGS…]
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const root = new URL("..", import.meta.url);
const { packageManager } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
const [script, ...args] = process.argv.slice(2);
const scripts = { check: "scripts/check.mjs", demo: "scripts/demo.mjs" };

function run(command, commandArgs, options = {}) {
  const result = spawnSync(command, commandArgs, { cwd: root, stdio: "inherit", ...options });
  if (result.error) {
    process.stderr.write(`cannot run ${command}: ${result.error.message}\n`);
    process.exit(2);
  }
  return result.status ?? 1;
}

if (!script || !(script in scripts)) {
  process.stderr.write(`usage: node scripts/bootstrap.mjs ${Object.keys(scripts).join("|")}\n`);
  process.exit(2);
}

// On Windows npx is a command file, which only a shell can run.
const npx = process.platform === "win32" ? { command: "npx.cmd", shell: true } : { command: "npx", shell: false };
const installed = run(
  npx.command,
  [
    "--yes",
    packageManager,
    "install",
    "--frozen-lockfile",
    "--prefer-offline",
    "--reporter=append-only",
    "--loglevel=warn",
  ],
  {
    shell: npx.shell,
  },
);
if (installed !== 0) {
  process.stderr.write(
    "the dependencies could not be installed: see the messages above (is the npm registry reachable?)\n",
  );
  process.exit(2);
}
process.exit(run(process.execPath, [scripts[script], ...args]));
