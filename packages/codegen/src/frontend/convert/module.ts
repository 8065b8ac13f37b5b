// Converts what a module declares: each program's function, the functions they call, and the maps they use.
import { contextOf } from "@typebpf/abi";
import { ts } from "ts-morph";
import type { AstFunction, AstProgram, TypedModule } from "../../ast/nodes.ts";
import type { ContextType } from "../../ast/types.ts";
import type { Collected, NamedProgram } from "../collect.ts";
import { mapSpecs } from "../collect.ts";
import { isAssignment, walk } from "../syntax.ts";
import type { ModuleContext } from "./context.ts";
import { instantiate } from "./function.ts";
import { functionName } from "./function-syntax.ts";
import { dispatch } from "./registry.ts";
import { describeType } from "./types.ts";

/** Everything of a typed module that comes from its programs. */
export type ConvertedModule = Pick<TypedModule, "maps" | "programs" | "functions">;

/** Converts the programs of the entry module. Errors are in the reporter. */
export function convertCollected(
  collected: Collected,
  modules: readonly ts.SourceFile[],
  shared: Pick<ModuleContext, "symbols" | "evaluator" | "globals" | "reporter">,
): ConvertedModule {
  let last = 0;
  const functions: AstFunction[] = [];
  const context: ModuleContext = {
    ...shared,
    dispatch,
    functions,
    instances: new Map(),
    open: [],
    maps: new Map(),
    assigned: assignedSymbols(modules, shared.symbols.checker),
    nextId() {
      last += 1;
      return last;
    },
  };
  const programs = collected.programs.flatMap((program) => convertProgram(program, context) ?? []);
  const maps = mapSpecs([...collected.maps, ...context.maps.values()], collected.programs, shared.reporter);
  return { maps, programs, functions };
}

function convertProgram({ name, program, at }: NamedProgram, context: ModuleContext): AstProgram | undefined {
  const { handler, type, of, section } = program;
  const argument: ContextType = { kind: "context", program: type, context: contextOf(of.kind), of };
  const operands = handler.parameters.length > 0 ? [{ kind: "value", type: argument } as const] : [];
  const instance = instantiate(handler, operands, undefined, context, program.call);
  if (instance?.index === undefined) return undefined;
  if (instance.result.kind !== "number") {
    const message = `${functionName(handler)} returns ${describeType(instance.result)}`;
    context.reporter.report("verdict", handler, { message });
    return undefined;
  }
  return { ...of, name, type, section, function: instance.index, at: context.reporter.spans.of(at) };
}

/** Variables that are written after their declaration, in all modules. */
function assignedSymbols(modules: readonly ts.SourceFile[], checker: ts.TypeChecker): ReadonlySet<ts.Symbol> {
  const assigned = new Set<ts.Symbol>();
  const add = (target: ts.Expression): void => {
    for (const place of placesOf(target)) {
      const { parent } = place;
      const shorthand = ts.isShorthandPropertyAssignment(parent) && parent.name === place;
      const symbol = shorthand ? checker.getShorthandAssignmentValueSymbol(parent) : checker.getSymbolAtLocation(place);
      if (symbol) assigned.add(symbol);
    }
  };
  for (const file of modules) {
    walk(file, (node) => {
      if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) add(node.left);
      if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
        const { operator } = node;
        if (operator === ts.SyntaxKind.PlusPlusToken || operator === ts.SyntaxKind.MinusMinusToken) add(node.operand);
      }
      if (ts.isForOfStatement(node) && !ts.isVariableDeclarationList(node.initializer)) add(node.initializer);
      return true;
    });
  }
  return assigned;
}

/** The names that an assignment to this place or pattern writes. */
function placesOf(target: ts.Expression): readonly ts.Identifier[] {
  if (ts.isIdentifier(target)) return [target];
  if (ts.isParenthesizedExpression(target) || ts.isSpreadElement(target)) return placesOf(target.expression);
  // `place = initializer` inside of a pattern.
  if (ts.isBinaryExpression(target)) return placesOf(target.left);
  if (ts.isArrayLiteralExpression(target)) return target.elements.flatMap(placesOf);
  if (!ts.isObjectLiteralExpression(target)) return [];
  return target.properties.flatMap((property) => {
    if (ts.isSpreadAssignment(property)) return placesOf(property.expression);
    if (ts.isShorthandPropertyAssignment(property)) return [property.name];
    return ts.isPropertyAssignment(property) ? placesOf(property.initializer) : [];
  });
}
