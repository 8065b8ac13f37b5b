// What help for TypeScript's findings asks the checker: the contexts of program types, to tell which of them has a helper.
import { ts } from "ts-morph";

/** What the checker knows beyond the text of a finding. */
export interface Knowledge {
  readonly checker: ts.TypeChecker;
  /** The contexts of program types, by the name of the function that makes such programs. */
  contexts(): ReadonlyMap<string, ts.Type>;
}

/** The knowledge of one program; `declarations` are the DSL's declaration files by specifier. */
export function knowledgeOf(program: ts.Program, declarations: ReadonlyMap<string, string>): Knowledge {
  const checker = program.getTypeChecker();
  return {
    checker,
    contexts: () => {
      const found = new Map<string, ts.Type>();
      for (const path of declarations.values()) {
        const file = program.getSourceFile(path);
        const module = file && checker.getSymbolAtLocation(file);
        for (const symbol of module ? checker.getExportsOfModule(module) : []) {
          for (const [maker, context] of contextsOf(symbol, checker)) found.set(maker, context);
        }
      }
      return found;
    },
  };
}

/** The types of `ctx` by what makes the programs: a constructor, and the ones that it has as members. */
function contextsOf(symbol: ts.Symbol, checker: ts.TypeChecker): readonly (readonly [string, ts.Type])[] {
  if (!(symbol.flags & ts.SymbolFlags.Variable)) return [];
  const type = checker.getTypeOfSymbol(symbol);
  if (!type.symbol?.name.endsWith("Constructor")) return [];
  const made = contextOf(type, checker);
  return [
    ...(made ? [[symbol.name, made] as const] : []),
    ...type.getProperties().flatMap((member) => {
      const context = contextOf(checker.getTypeOfSymbol(member), checker);
      return context ? [[`${symbol.name}.${member.name}`, context] as const] : [];
    }),
  ];
}

/** The type of `ctx` in the function that a maker of programs takes. */
function contextOf(maker: ts.Type, checker: ts.TypeChecker): ts.Type | undefined {
  for (const signature of maker.getCallSignatures()) {
    for (const parameter of signature.getParameters()) {
      const [handler] = checker.getTypeOfSymbol(parameter).getCallSignatures();
      const [context] = handler?.getParameters() ?? [];
      const type = context && checker.getTypeOfSymbol(context);
      if (type?.symbol?.name.endsWith("Context")) return type;
    }
  }
  return undefined;
}
