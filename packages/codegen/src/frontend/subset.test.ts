// Totality: every kind of syntax that can stand as a statement or an expression is converted, is always a constant, or
// has a diagnostic of its own.
import { ts } from "ts-morph";
import { describe, expect, test } from "vitest";
import { topLevelKinds } from "./collect.ts";
import { constantExpressions, expressionConverters, statementConverters } from "./convert/registry.ts";
import { findRefusals, refusedKinds } from "./subset.ts";

const { SyntaxKind } = ts;

/** Kinds between the markers that stand in neither position by themselves. */
const parts: ReadonlySet<ts.SyntaxKind> = new Set([
  SyntaxKind.SpreadElement,
  SyntaxKind.OmittedExpression,
  SyntaxKind.SyntheticExpression,
  SyntaxKind.TemplateSpan,
  SyntaxKind.SemicolonClassElement,
  SyntaxKind.VariableDeclaration,
  SyntaxKind.VariableDeclarationList,
  SyntaxKind.ModuleBlock,
  SyntaxKind.CaseBlock,
  SyntaxKind.ImportClause,
  SyntaxKind.NamespaceImport,
  SyntaxKind.NamedImports,
  SyntaxKind.ImportSpecifier,
  SyntaxKind.NamedExports,
  SyntaxKind.NamespaceExport,
  SyntaxKind.ExportSpecifier,
  SyntaxKind.MissingDeclaration,
  SyntaxKind.ExternalModuleReference,
]);

const literals = [
  SyntaxKind.NumericLiteral,
  SyntaxKind.BigIntLiteral,
  SyntaxKind.StringLiteral,
  SyntaxKind.RegularExpressionLiteral,
  SyntaxKind.NoSubstitutionTemplateLiteral,
  SyntaxKind.Identifier,
  SyntaxKind.TrueKeyword,
  SyntaxKind.FalseKeyword,
  SyntaxKind.NullKeyword,
  SyntaxKind.ThisKeyword,
  SyntaxKind.SuperKeyword,
  SyntaxKind.JsxElement,
  SyntaxKind.JsxSelfClosingElement,
  SyntaxKind.JsxFragment,
];

function kindsBetween(first: ts.SyntaxKind, last: ts.SyntaxKind): readonly ts.SyntaxKind[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

const positions = [
  ...literals,
  ...kindsBetween(SyntaxKind.ArrayLiteralExpression, SyntaxKind.ExternalModuleReference),
].filter((kind) => !parts.has(kind));

describe("every kind of statement and expression is known", () => {
  test.each(positions.map((kind) => [SyntaxKind[kind], kind] as const))("%s", (_, kind) => {
    const tables = [expressionConverters, constantExpressions, statementConverters, topLevelKinds, refusedKinds];
    expect(tables.some((table) => table.has(kind))).toBe(true);
  });
});

test("no kind is both converted and refused", () => {
  const converted = [...expressionConverters.keys(), ...constantExpressions, ...statementConverters.keys()];
  expect(converted.filter((kind) => refusedKinds.has(kind))).toEqual([]);
});

describe("forms of kinds that the language has", () => {
  test.each([
    ["var x = 1;", "var"],
    ["using x = y;", "using"],
    ["const x = 1;", undefined],
    ["a == b;", "looseEquality"],
    ["a === b;", undefined],
    ["a instanceof b;", "in"],
    ["enum E { A }", "enum"],
    ["const enum E { A }", undefined],
    ["function f(...rest: number[]) {}", undefined],
    ["function f(x?: number, y = 2) {}", undefined],
    ["type F = (x?: number) => void;", undefined],
    ["f(...xs);", undefined],
    ["x as unknown as number;", undefined],
    ["<number>x;", "assertion"],
    ["x as const;", undefined],
    ["x as any;", "any"],
    ["const f = async () => 1;", "async"],
    ["for await (const x of xs) {}", "async"],
    ["function* f() {}", "generator"],
    ["export default function f() {}", "defaultExport"],
    ["point.arguments;", undefined],
    ["eval(x);", "argumentsObject"],
    ['import x from "./x.ts";', "importForm"],
    ['import * as x from "./x.ts";', undefined],
    ['import data from "./x.json" with { type: "json" };', "importForm"],
    ["interface A extends B<number> {}", undefined],
  ])("%s", (text, expected) => {
    const file = ts.createSourceFile("a.ts", text, ts.ScriptTarget.ESNext, true);
    expect(findRefusals(file).map(({ name }) => name)).toEqual(expected ? [expected] : []);
  });
});
