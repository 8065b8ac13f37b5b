// What one compilation leaves for the next in the same process: parsed files, and the checker's findings in modules that
// nothing has changed for. Takes nothing for granted: a file is the same while its path and its text are.
import { ts } from "ts-morph";

/** Files that are kept; the ones that were not used for longest go. */
const mostFiles = 256;

/** Kept between compilations. */
export interface Session {
  /** The parsed file: the same object for the same path and text. */
  parse(path: string, text: string): ts.SourceFile;
  /**
   * The checker's findings in `file`; asks it only where the file, or one that it imports, directly or not, is another
   * than before.
   */
  check(program: ts.Program, file: ts.SourceFile, imports: Imports): readonly ts.Diagnostic[];
}

/** Paths that a file imports, by its path. */
export type Imports = ReadonlyMap<string, ReadonlySet<string>>;

interface Checked {
  readonly reached: readonly (ts.SourceFile | undefined)[];
  readonly findings: readonly ts.Diagnostic[];
}

/** An empty session. */
export function createSession(): Session {
  const parsed = new Map<string, ts.SourceFile>();
  const checked = new WeakMap<ts.SourceFile, Checked>();
  return {
    parse(path, text) {
      const key = `${path}\0${text}`;
      const file = parsed.get(key) ?? ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS);
      parsed.delete(key);
      parsed.set(key, file);
      for (const oldest of parsed.keys()) {
        if (parsed.size <= mostFiles) break;
        parsed.delete(oldest);
      }
      return file;
    },
    check(program, file, imports) {
      const reached = reachedFrom(program, file, imports);
      const before = checked.get(file);
      if (before && same(before.reached, reached)) return before.findings;
      const findings = program.getSemanticDiagnostics(file);
      checked.set(file, { reached, findings });
      return findings;
    },
  };
}

/** Everything that findings in a file may depend on, in a fixed order: declarations, then what it imports. */
function reachedFrom(program: ts.Program, file: ts.SourceFile, imports: Imports): Checked["reached"] {
  const paths = new Set([file.fileName]);
  for (const path of paths) for (const next of imports.get(path) ?? []) paths.add(next);
  const declarations = program.getSourceFiles().filter((one) => one.isDeclarationFile);
  return [...declarations, ...Array.from(paths, (path) => program.getSourceFile(path))];
}

function same(left: Checked["reached"], right: Checked["reached"]): boolean {
  return left.length === right.length && left.every((one, index) => one === right[index]);
}
