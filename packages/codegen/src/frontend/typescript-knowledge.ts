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
          const context = contextOf(symbol, checker);
          if (context) found.set(symbol.name, context);
        }
      }
      return found;
    },
  };
}

/** The type of `ctx` in the function that a maker of programs takes. */
function contextOf(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Type | undefined {
  if (!(symbol.flags & ts.SymbolFlags.Function)) return undefined;
  for (const signature of checker.getTypeOfSymbol(symbol).getCallSignatures()) {
    for (const parameter of signature.getParameters()) {
      const [handler] = checker.getTypeOfSymbol(parameter).getCallSignatures();
      const [context] = handler?.getParameters() ?? [];
      const type = context && checker.getTypeOfSymbol(context);
      if (type?.symbol?.name.endsWith("Context")) return type;
    }
  }
  return undefined;
}
