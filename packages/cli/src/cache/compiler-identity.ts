// Which compiler this is, as a digest: the manifests of the packages that a result depends on, and size and time of each
// of their files, so that a compiler that is being worked on never meets what another version of it has made.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const packages: readonly string[] = ["@typebpf/abi", "@typebpf/dsl", "@typebpf/codegen"];

function packageRoot(file: string): string {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    try {
      statSync(join(folder, "package.json"));
      return folder;
    } catch {
      if (dirname(folder) === folder) throw new Error(`cache: ${file} is in no package`);
    }
  }
}

/** The compiled or source files of a package, and the declarations that it ships. */
function filesOf(root: string, entry: string): readonly string[] {
  const folders = [dirname(entry), join(root, "types")];
  return folders.flatMap((folder) => {
    try {
      return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((found) => found.isFile() && !/\.(test|testing)\.ts$/.test(found.name))
        .map((found) => join(found.parentPath, found.name))
        .sort();
    } catch {
      // Not every package has declarations of its own.
      return [];
    }
  });
}

/** A digest of the compiler that runs here. */
export function compilerIdentity(): string {
  const require = createRequire(import.meta.url);
  const hash = createHash("sha256");
  for (const name of packages) {
    const entry = require.resolve(name);
    const root = packageRoot(entry);
    hash.update(readFileSync(join(root, "package.json")));
    for (const file of filesOf(root, entry)) {
      const { size, mtimeMs } = statSync(file);
      hash.update(`${file.slice(root.length)}\0${size}\0${mtimeMs}\0`);
    }
  }
  return hash.digest("hex");
}
