// Generates packages/dsl/types/*.d.ts: one flat declaration file per entry point of the DSL, from its sources.
// Flat, because editors show it and the compiler checks every filter against it: it needs no other file, no library
// beyond the core of ES2015, and no type checker to make (each module's declarations are emitted on their own).
// A declaration is in when its entry point exports it, or when one that is in mentions it.
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import ts from "typescript";
import type { GeneratedFile, Generator } from "./generator.ts";

const root = new URL("../../", import.meta.url);

/** One entry point: what it exports, and the modules whose declarations it is made of, in reading order. */
interface EntryPoint {
  readonly path: string;
  readonly title: string;
  /** The module that says what is exported. */
  readonly index: string;
  readonly modules: readonly string[];
  /** What is imported rather than copied, from this entry point. */
  readonly from?: { readonly specifier: string; readonly index: string };
}

const source = "packages/dsl/src";
const main = `${source}/index.ts`;
const dsl = { specifier: "@typebpf/dsl", index: main };
const events = { specifier: "@typebpf/dsl/tracepoints", index: `${source}/tracepoints.generated.ts` };

const net = ["ethernet", "vlan", "arp", "ipv4", "ipv6", "protocols", "icmp", "icmpv6", "tcp", "udp", "lookups"];

const entryPoints: readonly EntryPoint[] = [
  {
    path: "packages/dsl/types/index.d.ts",
    title: "What the author of a filter imports from @typebpf/dsl.",
    index: main,
    modules: [
      ...[
        "scalars",
        "schema",
        "bits",
        "array",
        "struct",
        "sizes",
        "prefix-key",
        "maps",
        "ring-buffer",
        "user-ring-buffer",
        "map-of-maps",
        "prog-array",
        "perf-event-array",
        "sequences",
        "packet",
        "actions",
        "redirect-maps",
        "socket-maps",
        "kernel-maps",
        "flags",
        "cgroup",
        "sockets",
        "contexts.generated",
        "program",
        "event-text",
        "programs.generated",
      ],
      ...["config", "addresses", "atomics", "bytes", "trace", "spin-lock", "functions"],
      "range",
    ]
      .map((name) => `${source}/${name}.ts`)
      .concat("packages/abi/src/layout.ts"),
    from: events,
  },
  {
    path: "packages/dsl/types/tracepoints.d.ts",
    title:
      "What the records of the kernel's events hold. A file of its own, because it is long and few filters need it.",
    index: events.index,
    modules: [events.index],
    from: dsl,
  },
  {
    path: "packages/dsl/types/net.d.ts",
    title: "Headers and numbers of network protocols. Fields read and write in host order.",
    index: `${source}/net/index.ts`,
    modules: net.map((name) => `${source}/net/${name}.ts`),
    from: dsl,
  },
  {
    path: "packages/dsl/types/runtime.d.ts",
    title: "Runs a filter as plain JavaScript.",
    index: `${source}/runtime.ts`,
    modules: [`${source}/runtime.ts`],
    from: dsl,
  },
];

function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
}

function isExported(statement: ts.Statement): boolean {
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement) ?? []).some((m) => m.kind === ts.SyntaxKind.ExportKeyword)
  );
}

/** The names a statement declares. */
function declaredNames(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) return [statement.name.text];
  return ts.isFunctionDeclaration(statement) && statement.name ? [statement.name.text] : [];
}

/** The module behind `export * from`. */
function exportedModule(path: string, { moduleSpecifier }: ts.ExportDeclaration): string {
  if (!moduleSpecifier || !ts.isStringLiteral(moduleSpecifier)) throw new Error(`${path}: export * from nothing`);
  return posix.join(posix.dirname(path), moduleSpecifier.text);
}

/** The names that a module exports, by its own declarations and by `export … from`. */
function exportedNames(path: string): Set<string> {
  const file = parse(path, readFileSync(new URL(path, root), "utf8"));
  const names = file.statements.flatMap((statement) => {
    const list = ts.isExportDeclaration(statement) ? statement.exportClause : undefined;
    if (ts.isExportDeclaration(statement) && !list) return [...exportedNames(exportedModule(path, statement))];
    if (list && ts.isNamedExports(list)) return list.elements.map(({ name }) => name.text);
    return isExported(statement) ? declaredNames(statement) : [];
  });
  return new Set(names);
}

/** Every identifier in a statement: more than it mentions of other declarations, never less. */
function mentionedNames(statement: ts.Statement): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(statement);
  return names;
}

interface Declaration {
  readonly text: string;
  readonly names: readonly string[];
  readonly mentions: ReadonlySet<string>;
}

/** The literals of a source by the text that emitted declarations have for them, so that 0x0800 stays 0x0800. */
function writtenNumbers(file: ts.SourceFile): Map<string, string> {
  const written = new Map<string, string>();
  const visit = (node: ts.Node): void => {
    if (ts.isNumericLiteral(node)) written.set(node.text, node.getText());
    ts.forEachChild(node, visit);
  };
  visit(file);
  return written;
}

/** A module's source; of the abi only the types, since its values are no part of the DSL. */
function sourceOf(path: string): string {
  const text = readFileSync(new URL(path, root), "utf8");
  if (path.startsWith(source)) return text;
  const types = parse(path, text).statements.filter(
    (s) => ts.isInterfaceDeclaration(s) || ts.isTypeAliasDeclaration(s),
  );
  return types.map((statement) => statement.getFullText()).join("");
}

function declarationsOf(path: string): Declaration[] {
  const text = sourceOf(path);
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    strict: true,
    newLine: ts.NewLineKind.LineFeed,
  };
  const emitted = ts.transpileDeclaration(text, { fileName: path, compilerOptions: options, reportDiagnostics: true });
  const [problem] = emitted.diagnostics ?? [];
  if (problem) throw new Error(`${path}: ${ts.flattenDiagnosticMessageText(problem.messageText, "\n")}`);
  const numbers = writtenNumbers(parse(path, text));
  const file = parse(path.replace(/\.ts$/, ".d.ts"), emitted.outputText);
  return file.statements.flatMap((statement) => {
    const names = declaredNames(statement);
    const plain = statement
      .getFullText()
      .replaceAll(/: (\d+);/g, (_, digits: string) => `: ${numbers.get(digits) ?? digits};`);
    return names.length === 0 ? [] : [{ text: plain.trim(), names, mentions: mentionedNames(statement) }];
  });
}

/** The declarations that are exported or mentioned by one that is. */
function reachable(all: readonly Declaration[], exported: ReadonlySet<string>): Declaration[] {
  const wanted = new Set(exported);
  let size = 0;
  while (size !== wanted.size) {
    size = wanted.size;
    for (const { names, mentions } of all) {
      if (names.some((name) => wanted.has(name))) for (const name of mentions) wanted.add(name);
    }
  }
  return all.filter(({ names }) => names.some((name) => wanted.has(name)));
}

/** The declaration with `export` exactly where its entry point exports it, and indented as the sources are. */
function print({ text, names }: Declaration, exported: ReadonlySet<string>): string {
  const start = /^(export declare |export |declare )/m;
  const isValue = /^(export )?declare /m.test(text);
  const keyword = `${names.some((name) => exported.has(name)) ? "export " : ""}${isValue ? "declare " : ""}`;
  const body = start.test(text) ? text.replace(start, keyword) : text.replace(/^(?=interface |type )/m, keyword);
  return body.replaceAll(/^( {4})+/gm, (indent) => " ".repeat(indent.length / 2)).replaceAll(/\{\s*\}/g, "{}");
}

function generate(entry: EntryPoint): GeneratedFile {
  const exported = exportedNames(entry.index);
  const kept = reachable(entry.modules.flatMap(declarationsOf), exported);
  const declared = new Set(kept.flatMap(({ names }) => names));
  const missing = [...exported].filter((name) => !declared.has(name));
  if (missing.length > 0) throw new Error(`${entry.path}: add the module of ${missing.join(", ")} to the entry point`);
  const mentioned = new Set(kept.flatMap(({ mentions }) => [...mentions]));
  const imported = entry.from
    ? [...exportedNames(entry.from.index)].filter((name) => mentioned.has(name) && !declared.has(name)).sort()
    : [];
  const lines = [
    `// ${entry.title}`,
    "// Generated by `npm run generate`; do not edit.",
    ...(imported.length > 0 ? [`import type { ${imported.join(", ")} } from "${entry.from?.specifier}";`] : []),
    "",
    ...kept.map((declaration) => `${print(declaration, exported)}\n`),
    "export {};",
    "",
  ];
  return { path: entry.path, text: lines.join("\n") };
}

/** One generator per file, for the registry. */
export const dslDeclarations: readonly Generator[] = entryPoints.map((entry) => () => generate(entry));

/** All the files. */
export async function generateDslDeclarations(): Promise<GeneratedFile[]> {
  return Promise.all(dslDeclarations.map((generator) => generator()));
}
