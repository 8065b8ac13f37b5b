// The repository's TypeScript as JavaScript that Node runs as it is, each module beside its source: nothing is left to
// transform in the guest, where that would take minutes. Results are kept by the hash of the source.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ModuleKind, ScriptTarget, transpileModule } from "typescript";

const relativeImport = /(\b(?:from|import)\s*\(?\s*)(["'])(\.{1,2}\/[^"'\n]*)\.ts\2/gu;

function emit(file: string, text: string): string {
  const { outputText } = transpileModule(text, {
    fileName: file,
    compilerOptions: { target: ScriptTarget.ES2023, module: ModuleKind.ESNext, verbatimModuleSyntax: true },
  });
  return outputText.replace(relativeImport, "$1$2$3.js$2");
}

/** The path of the JavaScript of a module, in the cache. */
export function emitted(file: string, path: string, cache: string): string {
  const folder = join(cache, "modules");
  const text = readFileSync(path, "utf8");
  const kept = join(folder, `${createHash("sha256").update(text).digest("hex").slice(0, 24)}.js`);
  if (existsSync(kept)) return kept;
  mkdirSync(folder, { recursive: true });
  writeFileSync(kept, emit(file, text));
  return kept;
}
