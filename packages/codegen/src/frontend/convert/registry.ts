// The tables of conversion, SyntaxKind → function, and the dispatch over them. What has no row here has one in
// subset.ts, which a test checks for every kind of node.
import { ts } from "ts-morph";
import type { Expr, Statement } from "../../ast/nodes.ts";
import { isScalar } from "../values.ts";
import { convertExpression, type Dispatch, evaluate, poison, refuse, type Scope, spanOf } from "./context.ts";
import { convertElementAccess, convertPropertyAccess } from "./expressions/access.ts";
import { convertAssertion } from "./expressions/assertion.ts";
import { convertBinary } from "./expressions/binary.ts";
import { convertNew } from "./expressions/buffer.ts";
import { convertCall } from "./expressions/call.ts";
import { convertConditional } from "./expressions/logical.ts";
import { constantExpression, convertIdentifier, refuseConstant } from "./expressions/name.ts";
import { convertArray, convertObject } from "./expressions/object.ts";
import { convertTrace } from "./expressions/trace.ts";
import { convertPostfix, convertPrefix, convertVoid } from "./expressions/unary.ts";
import { convertBlock, convertEmpty, convertExpressionStatement, convertIf } from "./statements/branch.ts";
import { convertForOf } from "./statements/for-of.ts";
import { convertBreak, convertContinue, convertLabeled, convertReturn } from "./statements/jump.ts";
import { convertDo, convertFor, convertWhile } from "./statements/loop.ts";
import { convertSwitch } from "./statements/switch.ts";
import { convertVariables } from "./statements/variable.ts";

/** Converts one kind of expression; the node is of that kind. */
export type ExpressionConverter = (node: never, scope: Scope) => Expr;

/** Converts one kind of statement; the node is of that kind. */
export type StatementConverter = (node: never, scope: Scope) => readonly Statement[];

const { SyntaxKind } = ts;

/** Kinds of expressions that have a value of run time, or a constant one. */
export const expressionConverters: ReadonlyMap<ts.SyntaxKind, ExpressionConverter> = new Map<
  ts.SyntaxKind,
  ExpressionConverter
>([
  [SyntaxKind.Identifier, convertIdentifier],
  [SyntaxKind.ParenthesizedExpression, convertInner],
  [SyntaxKind.SatisfiesExpression, convertInner],
  [SyntaxKind.AsExpression, convertAssertion],
  [SyntaxKind.VoidExpression, convertVoid],
  [SyntaxKind.TypeOfExpression, (node, scope) => refuse("typeof", node, scope)],
  [SyntaxKind.SpreadElement, (node, scope) => refuse("spreadArgument", node, scope)],
  [SyntaxKind.PropertyAccessExpression, convertPropertyAccess],
  [SyntaxKind.ElementAccessExpression, convertElementAccess],
  [SyntaxKind.CallExpression, convertCall],
  [SyntaxKind.NewExpression, convertNew],
  [SyntaxKind.ObjectLiteralExpression, convertObject],
  [SyntaxKind.ArrayLiteralExpression, convertArray],
  [SyntaxKind.BinaryExpression, convertBinary],
  [SyntaxKind.PrefixUnaryExpression, convertPrefix],
  [SyntaxKind.PostfixUnaryExpression, convertPostfix],
  [SyntaxKind.ConditionalExpression, convertConditional],
  [SyntaxKind.TaggedTemplateExpression, convertTrace],
  [SyntaxKind.TemplateExpression, (node: ts.TemplateExpression, scope: Scope) => refuse("template", node, scope)],
]);

/** Kinds of expressions that are always constants, so that they never reach a converter. */
export const constantExpressions: ReadonlySet<ts.SyntaxKind> = new Set([
  SyntaxKind.NumericLiteral,
  SyntaxKind.BigIntLiteral,
  SyntaxKind.StringLiteral,
  SyntaxKind.NoSubstitutionTemplateLiteral,
  SyntaxKind.TrueKeyword,
  SyntaxKind.FalseKeyword,
  SyntaxKind.ArrowFunction,
  SyntaxKind.FunctionExpression,
]);

/** Kinds of statements. */
export const statementConverters: ReadonlyMap<ts.SyntaxKind, StatementConverter> = new Map<
  ts.SyntaxKind,
  StatementConverter
>([
  [SyntaxKind.Block, convertBlock],
  [SyntaxKind.EmptyStatement, convertEmpty],
  [SyntaxKind.InterfaceDeclaration, convertEmpty],
  [SyntaxKind.TypeAliasDeclaration, convertEmpty],
  [SyntaxKind.FunctionDeclaration, convertEmpty],
  [SyntaxKind.EnumDeclaration, convertEmpty],
  [SyntaxKind.VariableStatement, convertVariables],
  [SyntaxKind.ExpressionStatement, convertExpressionStatement],
  [SyntaxKind.IfStatement, convertIf],
  [SyntaxKind.ForStatement, convertFor],
  [SyntaxKind.ForOfStatement, convertForOf],
  [SyntaxKind.WhileStatement, convertWhile],
  [SyntaxKind.DoStatement, convertDo],
  [SyntaxKind.SwitchStatement, convertSwitch],
  [SyntaxKind.LabeledStatement, convertLabeled],
  [SyntaxKind.BreakStatement, convertBreak],
  [SyntaxKind.ContinueStatement, convertContinue],
  [SyntaxKind.ReturnStatement, convertReturn],
]);

/** Parentheses and `satisfies` change nothing. */
function convertInner(node: ts.ParenthesizedExpression | ts.SatisfiesExpression, scope: Scope): Expr {
  return convertExpression(node.expression, scope);
}

const literals: ReadonlySet<ts.SyntaxKind> = new Set([
  SyntaxKind.ObjectLiteralExpression,
  SyntaxKind.ArrayLiteralExpression,
  SyntaxKind.ParenthesizedExpression,
  SyntaxKind.SatisfiesExpression,
  SyntaxKind.AsExpression,
]);

/** The dispatch over the tables. */
export const dispatch: Dispatch = {
  expression(node, scope) {
    const substitute = scope.substitutes.get(node);
    if (substitute) return substitute;
    const constant = evaluate(node, scope);
    if (constant?.kind === "poison") return poison(spanOf(node, scope));
    if (constant && isScalar(constant)) return constantExpression(constant, spanOf(node, scope), scope);
    if (constant && !literals.has(node.kind)) return refuseConstant(constant, node, scope);
    const convert = expressionConverters.get(node.kind);
    if (!convert) return refuse("notCallable", node, scope, { message: "expression that cannot be compiled" });
    return convert(node as never, scope);
  },
  statement(node, scope) {
    const convert = statementConverters.get(node.kind);
    if (convert) return convert(node as never, scope);
    refuse("topLevelStatement", node, scope, { message: "statement that cannot be compiled" });
    return [];
  },
};
