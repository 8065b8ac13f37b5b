// A filter as the commands take it: a TypeScript file, which is compiled, or an object file, which is read. The compiler
// is loaded only for the first. What is wrong with the program is collected; what is wrong with the call is thrown.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type BpfObject, type Diagnostic, defaultKernel, isKernelRelease, readElf } from "@typebpf/abi";
import type { Compiler } from "@typebpf/codegen";
import { cliError } from "../diagnostics.ts";
import { readBytes, readJson } from "./files.ts";

/** How to compile. */
export interface CompileSettings {
  /** "0", "1" or "2"; undefined for the default. */
  readonly level?: "0" | "1" | "2" | undefined;
  readonly targetKernel?: string | undefined;
  /** False for what may become an ELF file, which cannot name the value of a map. */
  readonly directMapValues?: boolean;
  /** False: compile even where an earlier result still counts. */
  readonly cache?: boolean | undefined;
}

/** What a command needs beyond the settings. */
export interface Opening {
  /** Compiles in place of the cache: one that stays in memory. */
  readonly compiler?: Compiler;
  /** The intermediate form, which the cache does not have. */
  readonly ir?: boolean;
}

/** A filter, or why there is none. */
export interface Filter {
  readonly file: string;
  /** Present when no diagnostic is an error. */
  readonly object?: BpfObject;
  /** The optimised intermediate form as text, where it was asked for; absent for object files. */
  readonly ir?: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Absolute paths of the files that all this depends on, whether they are there or not. */
  readonly files?: readonly string[];
}

function refuseSettings(file: string, { level, targetKernel }: CompileSettings): void {
  if (level === undefined && targetKernel === undefined) return;
  throw cliError("conflict", {
    message: `${file} is compiled already: -O and --target-kernel are for .bpf.ts files`,
  });
}

async function readObject(file: string, settings: CompileSettings): Promise<Filter> {
  refuseSettings(file, settings);
  const { objectSchema } = await import("../json/object.ts");
  return { file, object: readJson(file, objectSchema, "object of `typebpf build --emit json`"), diagnostics: [] };
}

/** An ELF object, of ours or of another compiler, whatever the file is called. */
function readElfObject(file: string, settings: CompileSettings): Filter {
  const bytes = readBytes(file);
  const magic = Buffer.from(bytes.subarray(0, 4)).toString("hex");
  if (magic !== "7f454c46") {
    throw cliError("fileKind", { message: `${file} is neither a TypeScript filter nor an object file` });
  }
  refuseSettings(file, settings);
  const read = readElf(bytes);
  return "format" in read ? { file, object: read, diagnostics: [] } : { file, diagnostics: read };
}

const levels = { "0": 0, "1": 1, "2": 2 } as const;

async function compile(file: string, settings: CompileSettings, { compiler, ir }: Opening): Promise<Filter> {
  readBytes(file);
  const path = resolve(file);
  const { level = "2", targetKernel = defaultKernel, directMapValues = true } = settings;
  const options = { level: levels[level], targetKernel, directMapValues };
  const cached = settings.cache !== false && !compiler && !ir;
  const cache = cached ? (await import("../cache/result-cache.ts")).openCache(path, options) : undefined;
  const known = cache?.read();
  if (known) return { file, diagnostics: known.diagnostics, ...(known.object && { object: known.object }) };

  const codegen = await import("@typebpf/codegen");
  const compiled = await (compiler ?? codegen).compileFile(path, options);
  cache?.write(compiled);
  const { object, diagnostics, inputs } = compiled;
  const text = ir && compiled.ir && codegen.printModule(compiled.ir);
  const files = inputs.map((input) => input.path);
  return { file, ...(object && { object }), ...(text && { ir: text }), diagnostics, files };
}

/** Compiles or reads a filter. @throws DiagnosticError for what is no filter, and for wrong settings. */
export async function openFilter(file: string, settings: CompileSettings, opening: Opening = {}): Promise<Filter> {
  const { targetKernel } = settings;
  if (targetKernel !== undefined && !isKernelRelease(targetKernel)) {
    throw cliError("optionValue", {
      message: `--target-kernel ${targetKernel} is no kernel release`,
      help: "write it as 6.1",
    });
  }
  if (file.endsWith(".json")) return readObject(file, settings);
  if (file.endsWith(".ts") && !file.endsWith(".d.ts")) return compile(file, settings, opening);
  return readElfObject(file, settings);
}

/** Folder that spans of a filter are relative to: that of the nearest package.json. */
function packageRoot(file: string): string {
  const start = dirname(resolve(file));
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder;
    if (dirname(folder) === folder) return start;
  }
}

/** The text of a source file that a diagnostic names, from the objects or from around the filters' files. */
export function sourceLookup(
  filters: readonly Filter[],
  files: readonly string[],
): (file: string) => string | undefined {
  const texts = new Map(filters.flatMap(({ object }) => object?.sources ?? []).map(({ file, text }) => [file, text]));
  return (file) => {
    const known = texts.get(file);
    if (known !== undefined) return known;
    for (const root of new Set(files.map(packageRoot))) {
      try {
        return readFileSync(join(root, file), "utf8");
      } catch {
        // Not of this package: the next one may have it; without any, the report goes without a frame.
      }
    }
    return undefined;
  };
}
