// The checker's view of the world: one small library file, the DSL's declarations, and the author's modules. Nothing
// else is found, whatever lies around the author's folder.
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import type { Diagnostic } from "@typebpf/abi";
import { ts } from "ts-morph";
import { dslDeclarations, eventDeclarationFile } from "./dsl.ts";
import { eventDeclarations } from "./events.ts";
import type { Session } from "./session.ts";
import { normalizePath, type SourceFiles } from "./source-files.ts";

/** Options of every compilation. */
export const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  strict: true,
  noImplicitReturns: true,
  allowImportingTsExtensions: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
};

/** Path under which the library file is known. */
export const libraryPath = normalizePath(fileURLToPath(new URL("./lib/lib.bpf.d.ts", import.meta.url)));

/** A compiler host, with the reading problems it met. */
export interface Host {
  readonly host: ts.CompilerHost;
  /** Declaration files of the DSL, by specifier. */
  readonly declarations: ReadonlyMap<string, string>;
  readonly problems: Diagnostic[];
  /** Files that a file imports, by its path; complete once there is a program. */
  readonly imports: ReadonlyMap<string, ReadonlySet<string>>;
  /** False where a module that was read later names events that the program has not; the next program has them. */
  isComplete(): boolean;
}

/** Makes the host for one compilation. */
export function createHost(files: SourceFiles, session: Session): Host {
  const declarations = dslDeclarations();
  const events = eventDeclarationFile();
  const shipped = new Set([libraryPath, ...declarations.values()]);
  const neededEvents = (): string => {
    const texts = files.inputs().flatMap((input) => (input.kind === "text" ? [input.text] : []));
    return eventDeclarations(readFileSync(events[1], "utf8"), texts);
  };
  let givenEvents = "";
  const problems: Diagnostic[] = [];
  const imports = new Map<string, Set<string>>();
  const getSourceFile = (path: string): ts.SourceFile | undefined => {
    if (path === events[1]) {
      givenEvents = neededEvents();
      return session.parse(path, givenEvents);
    }
    if (shipped.has(path)) return session.parse(path, readFileSync(path, "utf8"));
    const text = files.read(path);
    if (typeof text === "string") return session.parse(path, text);
    problems.push(text);
    return undefined;
  };
  const host: ts.CompilerHost = {
    getSourceFile,
    getDefaultLibFileName: () => libraryPath,
    writeFile: () => undefined,
    getCurrentDirectory: () => files.root,
    getCanonicalFileName: (path) => path,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
    fileExists: (path) => shipped.has(path) || files.exists(path),
    readFile: (path) => {
      const text = files.read(path);
      return typeof text === "string" ? text : undefined;
    },
    resolveModuleNameLiterals: (literals, from) =>
      literals.map(({ text }) => {
        const resolvedModule = resolveModule(text, from, text === events[0] ? new Map([events]) : declarations, files);
        const found = imports.get(from) ?? new Set();
        imports.set(from, resolvedModule ? found.add(resolvedModule.resolvedFileName) : found);
        return { resolvedModule };
      }),
  };
  return { host, declarations, problems, imports, isComplete: () => givenEvents === neededEvents() };
}

function resolveModule(
  specifier: string,
  from: string,
  declarations: ReadonlyMap<string, string>,
  files: SourceFiles,
): ts.ResolvedModuleFull | undefined {
  const declaration = declarations.get(specifier);
  if (declaration) return { resolvedFileName: declaration, extension: ts.Extension.Dts };
  if (!/^\.\.?\//.test(specifier)) return undefined;
  const base = posix.join(posix.dirname(from), specifier);
  const candidates = [base, base.replace(/\.js$/, ".ts"), `${base}.ts`];
  const found = candidates.find((path) => /\.ts$/.test(path) && !/\.d\.ts$/.test(path) && files.exists(path));
  return found ? { resolvedFileName: found, extension: ts.Extension.Ts } : undefined;
}
