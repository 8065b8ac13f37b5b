// The DSL as the compiler sees it: its flat declarations for the checker, its values for constants, and its table of
// intrinsics. A program's names reach it by resolved symbol only.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as dsl from "@typebpf/dsl";
import { type Intrinsic, intrinsics } from "@typebpf/dsl/intrinsics";
import * as net from "@typebpf/dsl/net";
import { normalizePath } from "./source-files.ts";

/** A value that the DSL exports. */
export interface DslExport {
  readonly name: string;
  /** What it is in plain JavaScript. */
  readonly value: unknown;
  /** Its row, where the compiler treats it specially. */
  readonly intrinsic: Intrinsic | undefined;
}

/** Values of the modules that a filter may import, by specifier. */
const modules: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "@typebpf/dsl": dsl,
  "@typebpf/dsl/net": net,
};

/** Specifiers of the modules that a filter may import. */
export const dslModuleNames: readonly string[] = Object.keys(modules);

/** The names that a module of the DSL exports as values. */
export function dslNames(module: string): readonly string[] {
  return Object.keys(modules[module] ?? {});
}

/** The export `name` of a module of the DSL; undefined where it has no value of that name. */
export function dslExport(module: string, name: string): DslExport | undefined {
  const values = modules[module];
  if (!values || !Object.hasOwn(values, name)) return undefined;
  const rows: Readonly<Record<string, Intrinsic>> = intrinsics;
  const intrinsic = module === "@typebpf/dsl" && Object.hasOwn(rows, name) ? rows[name] : undefined;
  return { name, value: values[name], intrinsic };
}

/** Paths of the DSL's declaration files by specifier, found from this package and not from the user's folder. */
export function dslDeclarations(): ReadonlyMap<string, string> {
  return declarationPaths(dslModuleNames);
}

/** The module with the declarations of the kernel's events, which the DSL's own declarations import. */
const eventsModule = "@typebpf/dsl/tracepoints";

/** The specifier and path of the declarations of the kernel's events. */
export function eventDeclarationFile(): readonly [specifier: string, path: string] {
  const [path = ""] = declarationPaths([eventsModule]).values();
  return [eventsModule, path];
}

function declarationPaths(specifiers: readonly string[]): ReadonlyMap<string, string> {
  const entry = createRequire(import.meta.url).resolve("@typebpf/dsl");
  const root = packageFolder(dirname(entry));
  const manifest: unknown = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return new Map(
    specifiers.map((name) => [
      name,
      normalizePath(join(root, typesEntry(manifest, `.${name.slice("@typebpf/dsl".length)}`))),
    ]),
  );
}

function packageFolder(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    try {
      readFileSync(join(folder, "package.json"));
      return folder;
    } catch {
      if (dirname(folder) === folder) throw new Error("frontend: the package of @typebpf/dsl has no package.json");
    }
  }
}

function typesEntry(manifest: unknown, subpath: string): string {
  const row = property(property(manifest, "exports"), subpath);
  const types = property(row, "types");
  if (typeof types !== "string") throw new Error(`frontend: @typebpf/dsl declares no types for ${subpath}`);
  return types;
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}
