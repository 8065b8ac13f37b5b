// Builds what is published: one type-checked compilation of all packages to JavaScript and declarations, then each package's share moves to
// its dist/. Development needs none of this: in the workspace packages resolve to their sources.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const output = join(root, ".cache", "build");
const require = createRequire(join(root, "package.json"));
const tsc = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");

rmSync(output, { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
if (status !== 0) process.exit(1);

for (const name of readdirSync(join(root, "packages"))) {
  const dist = join(root, "packages", name, "dist");
  rmSync(dist, { recursive: true, force: true });
  cpSync(join(output, name, "src"), dist, { recursive: true });
}

// The compiler's library of declarations is read at run time, not compiled.
const library = ["codegen", "frontend", "lib"];
const from = join(root, "packages", library[0], "src", ...library.slice(1));
if (existsSync(from))
  cpSync(from, join(root, "packages", library[0], "dist", ...library.slice(1)), { recursive: true });
