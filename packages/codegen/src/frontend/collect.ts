// What a module declares: programs, maps and the licence from its exports, with the names that the kernel sees. Also
// checks that the top of every module consists of declarations only.
import type { MapSpec } from "@typebpf/abi";
import { limits } from "@typebpf/abi";
import { ts } from "ts-morph";
import type { Evaluator } from "./constants/evaluation.ts";
import type { Globals } from "./globals.ts";
import type { Reporter } from "./reporter.ts";
import { withPrograms } from "./slots.ts";
import { isTopLevelName, type Symbols } from "./symbols.ts";
import { walk } from "./syntax.ts";
import type { MapConstant, ProgramConstant } from "./values.ts";

const { SyntaxKind } = ts;

/** A program with the name it is exported by. */
export interface NamedProgram {
  readonly name: string;
  readonly program: ProgramConstant;
  readonly at: ts.Node;
}

/** What the entry module declares for the kernel. */
export interface Collected {
  readonly programs: readonly NamedProgram[];
  /** Maps at the top of the entry module, exported or not, in source order. */
  readonly maps: readonly MapConstant[];
  readonly license: string;
}

/** Statements that may stand at the top of a module. */
export const topLevelKinds: ReadonlySet<ts.SyntaxKind> = new Set([
  SyntaxKind.ImportDeclaration,
  SyntaxKind.ExportDeclaration,
  SyntaxKind.InterfaceDeclaration,
  SyntaxKind.TypeAliasDeclaration,
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.EnumDeclaration,
  SyntaxKind.EmptyStatement,
  SyntaxKind.VariableStatement,
]);

/** Checks the top of a module; every constant there is evaluated. */
export function checkTopLevel(
  file: ts.SourceFile,
  {
    symbols,
    evaluator,
    globals,
    reporter,
  }: {
    readonly symbols: Symbols;
    readonly evaluator: Evaluator;
    readonly globals: Globals;
    readonly reporter: Reporter;
  },
): void {
  for (const statement of file.statements) {
    if (!topLevelKinds.has(statement.kind)) {
      if (!isDirective(statement)) reporter.report("topLevelStatement", statement);
      continue;
    }
    if (!ts.isVariableStatement(statement)) continue;
    const { declarationList } = statement;
    for (const declaration of declarationList.declarations) {
      if (globals.has(declaration)) continue;
      for (const name of boundNames(declaration.name)) checkConstant(name, symbols, evaluator, reporter);
    }
  }
}

function isDirective(statement: ts.Statement): boolean {
  return ts.isExpressionStatement(statement) && ts.isStringLiteral(statement.expression);
}

function boundNames(name: ts.BindingName): readonly ts.Identifier[] {
  if (ts.isIdentifier(name)) return [name];
  return name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : boundNames(element.name)));
}

function checkConstant(name: ts.Identifier, symbols: Symbols, evaluator: Evaluator, reporter: Reporter): void {
  if (evaluator.resolved(symbols.resolve(name))) return;
  const { parent } = name;
  const initializer = ts.isVariableDeclaration(parent) ? parent.initializer : undefined;
  if (initializer && restsOnFailure(initializer, symbols, evaluator)) return;
  reporter.report("notConstant", initializer ?? name, { message: `${name.text} is not a compile-time constant` });
}

/** True where a constant that the expression names was refused already. */
function restsOnFailure(initializer: ts.Expression, symbols: Symbols, evaluator: Evaluator): boolean {
  let found = false;
  walk(initializer, (node) => {
    const resolution = ts.isIdentifier(node) ? symbols.resolve(node) : undefined;
    found ||= isTopLevelName(resolution) && !evaluator.resolved(resolution);
    return !found && !ts.isFunctionLike(node);
  });
  return found;
}

/** What the entry module declares. */
export function collect(entry: ts.SourceFile, symbols: Symbols, evaluator: Evaluator, reporter: Reporter): Collected {
  const module = symbols.checker.getSymbolAtLocation(entry);
  const exports = module ? symbols.checker.getExportsOfModule(module) : [];
  const programs: NamedProgram[] = [];
  const exported = new Set<ts.Node>();
  let license = "GPL";
  for (const symbol of exports) {
    const resolution = symbols.resolveSymbol(symbol);
    if (resolution?.kind !== "declaration") continue;
    const value = evaluator.resolved(resolution);
    const at = exportNode(symbol, resolution.declaration);
    if (value?.kind === "program") {
      programs.push({ name: symbol.name, program: value, at });
      exported.add(value.call);
    }
    if (symbol.name !== "license" || !value || value.kind === "poison") continue;
    if (value.kind === "string" && /^[\x20-\x7e]{1,127}$/.test(value.value)) license = value.value;
    else reporter.report("license", at);
  }
  programs.sort((a, b) => a.at.getStart() - b.at.getStart() || (a.name < b.name ? -1 : 1));
  const maps = declaredMaps(entry, symbols, evaluator, reporter, exported);
  checkNames(
    "program",
    programs.map(({ name, at }) => ({ name, at })),
    reporter,
  );
  if (programs.length === 0 && reporter.all().length === 0) {
    reporter.report("noProgram", { file: reporter.spans.of(entry).file, line: 1, column: 1, length: 1 });
  }
  return { programs, maps, license };
}

function exportNode(symbol: ts.Symbol, declaration: ts.Declaration): ts.Node {
  const node = symbol.declarations?.[0] ?? declaration;
  return ts.getNameOfDeclaration(node) ?? node;
}

/** Maps of the entry module; reports programs there that nothing exports. */
function declaredMaps(
  entry: ts.SourceFile,
  symbols: Symbols,
  evaluator: Evaluator,
  reporter: Reporter,
  exported: ReadonlySet<ts.Node>,
): readonly MapConstant[] {
  const maps: MapConstant[] = [];
  for (const statement of entry.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name } of statement.declarationList.declarations) {
      const value = ts.isIdentifier(name) ? evaluator.resolved(symbols.resolve(name)) : undefined;
      if (value?.kind === "map" && value.declaration === name.parent) maps.push(value);
      if (value?.kind === "program" && !exported.has(value.call)) reporter.report("programMisplaced", name);
    }
  }
  return maps;
}

/** All maps of a module, once each, with their names checked. */
export function mapSpecs(
  maps: Iterable<MapConstant>,
  programs: readonly NamedProgram[],
  reporter: Reporter,
): readonly MapSpec[] {
  const unique = new Map([...maps].map((map) => [map.declaration, map]));
  const list = [...unique.values()];
  checkNames(
    "map",
    list.map(({ spec, declaration }) => ({ name: spec.name, at: declaration })),
    reporter,
  );
  return list.map((map) => withPrograms(map, programs, reporter));
}

interface Named {
  readonly name: string;
  readonly at: ts.Node;
}

/** Kernel names: letters, digits, `_` and `.`, different within the bytes that the kernel keeps. */
function checkNames(what: string, all: readonly Named[], reporter: Reporter): void {
  const seen = new Map<string, Named>();
  for (const one of all) {
    const at = ts.getNameOfDeclaration(one.at as ts.Declaration) ?? one.at;
    if (!/^[A-Za-z0-9_.]+$/.test(one.name)) {
      reporter.report("kernelName", at, { message: `${one.name} is no name that the kernel takes` });
      continue;
    }
    const kept = one.name.slice(0, limits.nameBytes);
    const earlier = seen.get(kept);
    if (!earlier) {
      seen.set(kept, one);
      continue;
    }
    reporter.report("nameCollision", at, {
      message: `the kernel knows two ${what}s as ${kept}`,
      labels: [{ at: reporter.spans.of(earlier.at), message: `also ${earlier.name}` }],
    });
  }
}
