// What TypeScript has and the language of filters has not: a table from kinds of syntax to diagnostics, and the forms of
// the kinds that the language does have. Runs over every module before anything is converted, types included.
import { type CalleeRow, callees } from "@typebpf/abi";
import { ts } from "ts-morph";
import type { FrontendDiagnostic } from "../diagnostics.ts";
import type { Reporter } from "./reporter.ts";
import { walk } from "./syntax.ts";
import { typedArrays } from "./typed-arrays.ts";

const { SyntaxKind } = ts;

/** Kinds that are refused wherever they stand. */
export const refusedKinds: ReadonlyMap<ts.SyntaxKind, FrontendDiagnostic> = new Map<ts.SyntaxKind, FrontendDiagnostic>([
  [SyntaxKind.ClassDeclaration, "class"],
  [SyntaxKind.ClassExpression, "class"],
  [SyntaxKind.ThrowStatement, "throw"],
  [SyntaxKind.TryStatement, "try"],
  [SyntaxKind.AwaitExpression, "async"],
  [SyntaxKind.YieldExpression, "generator"],
  [SyntaxKind.ThisKeyword, "this"],
  [SyntaxKind.SuperKeyword, "this"],
  [SyntaxKind.DeleteExpression, "delete"],
  [SyntaxKind.ForInStatement, "forIn"],
  [SyntaxKind.RegularExpressionLiteral, "regularExpression"],
  [SyntaxKind.AnyKeyword, "any"],
  [SyntaxKind.TypeAssertionExpression, "assertion"],
  [SyntaxKind.NonNullExpression, "nonNull"],
  [SyntaxKind.ModuleDeclaration, "namespace"],
  [SyntaxKind.NamespaceExportDeclaration, "namespace"],
  [SyntaxKind.Decorator, "decorator"],
  [SyntaxKind.MethodDeclaration, "method"],
  [SyntaxKind.GetAccessor, "method"],
  [SyntaxKind.SetAccessor, "method"],
  [SyntaxKind.WithStatement, "with"],
  [SyntaxKind.DebuggerStatement, "debugger"],
  [SyntaxKind.MetaProperty, "dynamicImport"],
  [SyntaxKind.NullKeyword, "null"],
  [SyntaxKind.ExportAssignment, "defaultExport"],
  [SyntaxKind.ImportEqualsDeclaration, "importForm"],
  [SyntaxKind.JsxElement, "notCallable"],
  [SyntaxKind.JsxSelfClosingElement, "notCallable"],
  [SyntaxKind.JsxFragment, "notCallable"],
  [SyntaxKind.PrivateIdentifier, "class"],
  [SyntaxKind.ExpressionWithTypeArguments, "functionValue"],
]);

/** A part of a module that was refused. */
export interface Refusal {
  readonly name: FrontendDiagnostic;
  /** Where it is reported. */
  readonly at: ts.Node;
  /** What it makes meaningless: TypeScript's findings in there say nothing more. */
  readonly covers: ts.Node;
}

type Form = (node: never) => Omit<Refusal, "covers"> | undefined;

/** Kinds that the language has, but not in each form. */
const forms: ReadonlyMap<ts.SyntaxKind, Form> = new Map<ts.SyntaxKind, Form>([
  [SyntaxKind.VariableDeclarationList, variableForm],
  [SyntaxKind.BinaryExpression, binaryForm],
  [SyntaxKind.EnumDeclaration, enumForm],
  [SyntaxKind.CallExpression, callForm],
  [SyntaxKind.NewExpression, newForm],
  [SyntaxKind.AsExpression, assertionForm],
  [SyntaxKind.TypePredicate, predicateForm],
  [SyntaxKind.FunctionDeclaration, functionForm],
  [SyntaxKind.FunctionExpression, functionForm],
  [SyntaxKind.ArrowFunction, functionForm],
  [SyntaxKind.ForOfStatement, forOfForm],
  [SyntaxKind.Identifier, identifierForm],
  [SyntaxKind.ImportDeclaration, importForm],
]);

/** Everything in a module that the language does not have; nothing inside a refused node is looked at. */
export function findRefusals(file: ts.SourceFile): readonly Refusal[] {
  const found: Refusal[] = [];
  walk(file, (node) => {
    const kind = refusedKinds.get(node.kind);
    const form = kind ? { name: kind, at: node } : forms.get(node.kind)?.(node as never);
    if (form) found.push({ ...form, covers: node });
    // Types of declarations in a heritage clause are types, not functions with type arguments.
    return !form && node.kind !== SyntaxKind.HeritageClause;
  });
  return found;
}

const SUPPRESSION = /^[ \t]*(?:\/\/|\/\*).*?(@ts-(?:ignore|expect-error|nocheck))\b/gm;

/** Comments that would hide TypeScript's findings, on which everything later relies. */
export function reportSuppressions(file: ts.SourceFile, reporter: Reporter): void {
  for (const match of file.text.matchAll(SUPPRESSION)) {
    const start = match.index + match[0].length - (match[1]?.length ?? 0);
    reporter.report("suppression", reporter.spans.range(file, start, match.index + match[0].length));
  }
}

/** Reports refusals. */
export function reportRefusals(refusals: readonly Refusal[], reporter: Reporter): void {
  for (const { name, at } of refusals) reporter.report(name, at);
}

function variableForm(node: ts.VariableDeclarationList): Omit<Refusal, "covers"> | undefined {
  const flags = node.flags & ts.NodeFlags.BlockScoped;
  if (flags === ts.NodeFlags.None) return { name: "var", at: node };
  if (flags === ts.NodeFlags.Let || flags === ts.NodeFlags.Const) return undefined;
  return flags === ts.NodeFlags.Using && isReservation(node) ? undefined : { name: "using", at: node };
}

/** Methods of contexts that give sockets which must be given back. */
export const socketLookups: ReadonlySet<string> = new Set(
  Object.values<CalleeRow>(callees).flatMap(({ returns, surface }) =>
    returns.is === "socket" && returns.acquired && surface.on === "context" ? [surface.as] : [],
  ),
);

const usable: ReadonlySet<string> = new Set(["reserve", "acquire", ...socketLookups]);

/** `using name = ring.reserve()` or `entry.lock.acquire()` in a block; what the owner is is seen when it is converted. */
function isReservation({ parent, declarations }: ts.VariableDeclarationList): boolean {
  return (
    ts.isVariableStatement(parent) &&
    ts.isBlock(parent.parent) &&
    declarations.every(({ name, initializer: call }) => {
      if (!ts.isIdentifier(name) || !call || !ts.isCallExpression(call)) return false;
      return ts.isPropertyAccessExpression(call.expression) && usable.has(call.expression.name.text);
    })
  );
}

const refusedOperators: ReadonlyMap<ts.SyntaxKind, FrontendDiagnostic> = new Map<ts.SyntaxKind, FrontendDiagnostic>([
  [SyntaxKind.EqualsEqualsToken, "looseEquality"],
  [SyntaxKind.ExclamationEqualsToken, "looseEquality"],
  [SyntaxKind.InKeyword, "in"],
  [SyntaxKind.InstanceOfKeyword, "in"],
]);

function binaryForm({ operatorToken }: ts.BinaryExpression): Omit<Refusal, "covers"> | undefined {
  const name = refusedOperators.get(operatorToken.kind);
  return name && { name, at: operatorToken };
}

function enumForm(node: ts.EnumDeclaration): Omit<Refusal, "covers"> | undefined {
  const constant = node.modifiers?.some(({ kind }) => kind === SyntaxKind.ConstKeyword);
  return constant ? undefined : { name: "enum", at: node };
}

function callForm(node: ts.CallExpression): Omit<Refusal, "covers"> | undefined {
  return node.expression.kind === SyntaxKind.ImportKeyword ? { name: "dynamicImport", at: node } : undefined;
}

/** What may be made with `new`: memory on the stack, and views of it. */
const constructors: ReadonlySet<string> = new Set([...Object.keys(typedArrays), "DataView"]);

function newForm(node: ts.NewExpression): Omit<Refusal, "covers"> | undefined {
  const { expression } = node;
  return ts.isIdentifier(expression) && constructors.has(expression.text) ? undefined : { name: "new", at: node };
}

function assertionForm(node: ts.AsExpression): Omit<Refusal, "covers"> | undefined {
  return node.type.kind === SyntaxKind.AnyKeyword ? { name: "any", at: node.type } : undefined;
}

/** `x is T`; `asserts x is T` needs exceptions. */
function predicateForm(node: ts.TypePredicateNode): Omit<Refusal, "covers"> | undefined {
  return node.assertsModifier || !ts.isIdentifier(node.parameterName) ? { name: "assertion", at: node } : undefined;
}

type FunctionLike = ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction;

function functionForm(node: FunctionLike): Omit<Refusal, "covers"> | undefined {
  const modifier = node.modifiers?.find(({ kind }) => kind === SyntaxKind.AsyncKeyword);
  if (modifier) return { name: "async", at: modifier };
  if (node.asteriskToken) return { name: "generator", at: node.asteriskToken };
  const byDefault = node.modifiers?.find(({ kind }) => kind === SyntaxKind.DefaultKeyword);
  return byDefault && { name: "defaultExport", at: byDefault };
}

function forOfForm(node: ts.ForOfStatement): Omit<Refusal, "covers"> | undefined {
  return node.awaitModifier && { name: "async", at: node.awaitModifier };
}

const refusedNames: ReadonlySet<string> = new Set(["arguments", "eval"]);

function identifierForm(node: ts.Identifier): Omit<Refusal, "covers"> | undefined {
  if (!refusedNames.has(node.text)) return undefined;
  const { parent } = node;
  const isMemberName =
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    ts.isPropertySignature(parent);
  return isMemberName ? undefined : { name: "argumentsObject", at: node };
}

function importForm(node: ts.ImportDeclaration): Omit<Refusal, "covers"> | undefined {
  if (node.importClause?.name) return { name: "importForm", at: node.importClause.name };
  return node.attributes && { name: "importForm", at: node.attributes };
}
