// What a name stands for: followed through imports, renamings and re-exports to the DSL's export, the library's global,
// or the author's declaration. Never decided by text.
import { ts } from "ts-morph";
import { type DslExport, dslExport } from "./dsl.ts";
import { libraryPath } from "./host.ts";

/** What a name stands for. */
export type Resolution =
  | { readonly kind: "dsl"; readonly entry: DslExport }
  | { readonly kind: "global"; readonly name: string }
  | { readonly kind: "module"; readonly symbol: ts.Symbol }
  | { readonly kind: "declaration"; readonly symbol: ts.Symbol; readonly declaration: ts.Declaration };

/** Resolves names of one program. */
export interface Symbols {
  readonly checker: ts.TypeChecker;
  /** What an identifier in an expression, a shorthand member or a type stands for. */
  resolve(name: ts.Node): Resolution | undefined;
  /** The same for a symbol, such as an export. */
  resolveSymbol(symbol: ts.Symbol): Resolution | undefined;
  /** The name of the DSL's type that a symbol is; undefined for any other. */
  dslType(symbol: ts.Symbol): string | undefined;
}

/** Makes the resolver; `declarations` are the DSL's declaration files by specifier. */
export function createSymbols(program: ts.Program, declarations: ReadonlyMap<string, string>): Symbols {
  const checker = program.getTypeChecker();
  const exported = dslSymbols(program, checker, declarations);
  const dslFiles = new Set(declarations.values());

  const original = (symbol: ts.Symbol): ts.Symbol =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

  const resolveSymbol = (symbol: ts.Symbol): Resolution | undefined => {
    const target = original(symbol);
    const entry = exported.get(target);
    if (entry) return { kind: "dsl", entry };
    if (target.flags & ts.SymbolFlags.ValueModule) return { kind: "module", symbol: target };
    const declaration = target.declarations?.find(isImplementation) ?? target.valueDeclaration;
    if (!declaration) return target.name === "undefined" ? { kind: "global", name: "undefined" } : undefined;
    if (declaration.getSourceFile().fileName === libraryPath) return { kind: "global", name: target.name };
    return { kind: "declaration", symbol: target, declaration };
  };

  return {
    checker,
    resolveSymbol,
    resolve(name) {
      const parent = name.parent;
      const symbol =
        ts.isShorthandPropertyAssignment(parent) && parent.name === name
          ? checker.getShorthandAssignmentValueSymbol(parent)
          : checker.getSymbolAtLocation(name);
      return symbol && resolveSymbol(symbol);
    },
    dslType(symbol) {
      const target = original(symbol);
      const file = target.declarations?.[0]?.getSourceFile().fileName;
      return file !== undefined && dslFiles.has(file) ? target.name : undefined;
    },
  };
}

/** True for a name that a declaration at the top of a module of the author gives. */
export function isTopLevelName(resolution: Resolution | undefined): boolean {
  if (resolution?.kind !== "declaration") return false;
  let node: ts.Node = resolution.declaration;
  while (ts.isBindingElement(node) || ts.isObjectBindingPattern(node) || ts.isArrayBindingPattern(node))
    node = node.parent;
  return ts.isVariableDeclaration(node) && ts.isSourceFile(node.parent.parent.parent);
}

/** The declaration of an overloaded function that has a body. */
function isImplementation(declaration: ts.Declaration): boolean {
  return ts.isFunctionDeclaration(declaration) && declaration.body !== undefined;
}

function dslSymbols(
  program: ts.Program,
  checker: ts.TypeChecker,
  declarations: ReadonlyMap<string, string>,
): ReadonlyMap<ts.Symbol, DslExport> {
  const found = new Map<ts.Symbol, DslExport>();
  for (const [specifier, path] of declarations) {
    const file = program.getSourceFile(path);
    const symbol = file && checker.getSymbolAtLocation(file);
    if (!symbol) continue;
    for (const member of checker.getExportsOfModule(symbol)) {
      const target = member.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(member) : member;
      const entry = dslExport(specifier, member.name);
      if (entry && !found.has(target)) found.set(target, entry);
    }
  }
  return found;
}
