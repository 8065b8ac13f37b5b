// Every kind of syntax that TypeScript's parser makes, in a filter: it compiles, or is refused with a code of its own. A walk
// over `SyntaxKind` demands a row for each, so that a new kind of a later TypeScript cannot slip through.
import { ts } from "ts-morph";
import { describe, expect, test } from "vitest";
import { compileFile } from "../compile.ts";

const { SyntaxKind } = ts;
const PATH = "/given/a.bpf.ts";
const limits = "export const limit = 4;\nexport const other = 5;\n";

const header = `import { array, hashMap, ringBuffer, struct, trace, u8, u32, xdp, XDP, type Ref } from "@typebpf/dsl";
const Pair = struct("pair", { low: u32, high: u32 });
const pairs = hashMap({ key: u32, value: Pair, maxEntries: 4 });
const events = ringBuffer({ value: Pair, maxEntries: 4096 });
const TABLE = { a: 1, b: 2 } as const;
`;

const top = (text: string): string => `${header}${text}\nexport const filter = xdp(() => XDP.PASS);\n`;
const body = (text: string): string =>
  `${header}export const filter = xdp((ctx) => {\n${text}\nreturn XDP.PASS;\n});\n`;
const used = (type: string): string =>
  body(`const value: ${type} = 4;\nif (ctx.rxQueueIndex === value) return XDP.DROP;`);

/** Kinds, a filter that has them, and the code that it is refused with. */
const rows: readonly (readonly [kinds: string, text: string, code?: string])[] = [
  // Names and declarations.
  [
    "QualifiedName",
    `${top("").replace("import {", 'import * as dsl from "@typebpf/dsl";\nimport {')}type W = dsl.u32;\n`,
  ],
  ["ComputedPropertyName", body("const o = { [`a`]: ctx.rxQueueIndex }; if (o.a > 1) return XDP.DROP;")],
  ["TypeParameter Parameter Block ReturnStatement FunctionDeclaration", top("function same<T>(x: T): T { return x; }")],
  ["Decorator", top("@logged\nfunction f() {}"), "BPF1040"],
  ["PropertySignature TypeLiteral InterfaceDeclaration", top("interface P { x: number }\ntype Q = { y: P };")],
  ["PropertyDeclaration ClassDeclaration", top("class C { x = 1; }"), "BPF1020"],
  ["MethodSignature", top("interface P { m(): number }")],
  ["MethodDeclaration", body("const o = { m() { return 1; } };"), "BPF1041"],
  ["ClassStaticBlockDeclaration", top("class C { static {} }"), "BPF1020"],
  ["Constructor", top("class C { constructor() {} }"), "BPF1020"],
  ["SemicolonClassElement", top("class C { ; }"), "BPF1020"],
  ["PrivateIdentifier", top("class C { #x = 1; }"), "BPF1020"],
  ["GetAccessor", body("const o = { get m() { return 1; } };"), "BPF1041"],
  ["SetAccessor", body("const o = { set m(x: number) {} };"), "BPF1041"],
  ["CallSignature ConstructSignature", top("interface P { (): number; new (): number }")],
  ["IndexSignature", top("interface P { [name: string]: number }")],
  // Types.
  ["TypePredicate", top("function f(x: number): x is 4 { return x === 4; }")],
  ["TypeReference TypeAliasDeclaration", top("type W = u32;")],
  ["FunctionType", top("function apply(f: (x: number) => number): number { return f(1); }")],
  ["ConstructorType", top("type T = new () => number;")],
  ["TypeQuery", top("function f(p: Ref<typeof Pair>): number { return p.low; }")],
  ["ArrayType", top("function f(...xs: number[]): number { return xs.length; }")],
  ["TupleType NamedTupleMember", body("const t: [a: number, b: number] = [1, ctx.rxQueueIndex];")],
  ["OptionalType RestType", top("type T = [number?, ...number[]];")],
  ["UnionType LiteralType", used("4 | 5")],
  ["IntersectionType", used("number & {}")],
  ["ConditionalType InferType", top("type T<X> = X extends (infer Y)[] ? Y : never;")],
  ["ParenthesizedType", used("(number)")],
  ["ThisType", top("interface P { self(): this }")],
  ["TypeOperator IndexedAccessType", used("(typeof TABLE)[keyof typeof TABLE] | 4")],
  ["MappedType", top("type T = { [K in keyof typeof TABLE]: number };")],
  ["TemplateLiteralType TemplateLiteralTypeSpan", top(`type T = \`a\${number}\`;`)],
  ["ImportType", top('type T = typeof import("./limits.ts").limit;')],
  ["AnyKeyword", used("any"), "BPF1035"],
  [
    "UnknownKeyword NeverKeyword ObjectKeyword SymbolKeyword StringKeyword",
    top("type T = unknown | object | symbol | string | never;"),
  ],
  ["NumberKeyword", used("number")],
  ["BigIntKeyword", body("const b: bigint = BigInt(ctx.rxQueueIndex); if (b > 2n) return XDP.DROP;")],
  ["BooleanKeyword", body("const b: boolean = ctx.rxQueueIndex > 1; if (b) return XDP.DROP;")],
  ["UndefinedKeyword VoidKeyword", top("function f(x: number | undefined): void {}")],
  ["ExpressionWithTypeArguments HeritageClause", top("interface A { x: number }\ninterface B extends A { y: number }")],
  // Patterns.
  ["ObjectBindingPattern BindingElement", body("const { rxQueueIndex } = ctx; if (rxQueueIndex > 1) return XDP.DROP;")],
  [
    "ArrayBindingPattern OmittedExpression",
    body("const [, second] = [1, ctx.rxQueueIndex]; if (second > 1) return XDP.DROP;"),
  ],
  // Literals and names.
  [
    "NumericLiteral BigIntLiteral",
    body("if (BigInt(ctx.rxQueueIndex) > 1n) return XDP.DROP; if (ctx.rxQueueIndex > 1) return XDP.DROP;"),
  ],
  ["StringLiteral", body('const name = "x"; if (name.length > ctx.rxQueueIndex) return XDP.DROP;')],
  ["RegularExpressionLiteral", body("const r = /x/;"), "BPF1032"],
  ["NoSubstitutionTemplateLiteral TaggedTemplateExpression", body("trace`seen`;")],
  ["TemplateExpression TemplateSpan", body(`trace\`queue \${ctx.rxQueueIndex}\`;`)],
  ["Identifier", body("ctx;")],
  [
    "TrueKeyword FalseKeyword",
    body("let flag = true; if (ctx.rxQueueIndex > 1) flag = false; if (flag) return XDP.DROP;"),
  ],
  ["NullKeyword", body("const x = null;"), "BPF1048"],
  ["ThisKeyword", body("this;"), "BPF1026"],
  ["SuperKeyword", body("super.x;"), "BPF1026"],
  // Expressions.
  ["ArrayLiteralExpression", body("const t = [ctx.rxQueueIndex, 1]; if (t[0] === 1) return XDP.DROP;")],
  [
    "ObjectLiteralExpression PropertyAssignment ShorthandPropertyAssignment SpreadAssignment",
    body(
      "const low = ctx.rxQueueIndex; const a = { low, high: 1 }; const b = { ...a }; if (b.low > 1) return XDP.DROP;",
    ),
  ],
  [
    "PropertyAccessExpression ElementAccessExpression",
    body("const bytes = array(u8, 4)(); if (bytes[1] === ctx.rxQueueIndex) return XDP.DROP;"),
  ],
  [
    "CallExpression SpreadElement",
    body(
      "function sum(a: number, b: number) { return a + b; } if (sum(...([1, 2] as const)) > ctx.rxQueueIndex) return XDP.DROP;",
    ),
  ],
  ["NewExpression", body("const m = new Map();"), "BPF1025"],
  ["TypeAssertionExpression", body("const x = <number>ctx.rxQueueIndex;"), "BPF1036"],
  ["ParenthesizedExpression", body("if ((ctx.rxQueueIndex) > 1) return XDP.DROP;")],
  [
    "FunctionExpression",
    body("const f = function (x: number) { return x; }; if (f(ctx.rxQueueIndex) > 1) return XDP.DROP;"),
  ],
  ["ArrowFunction", body("const f = (x: number) => x; if (f(ctx.rxQueueIndex) > 1) return XDP.DROP;")],
  ["DeleteExpression", body("const o: { a?: number } = { a: 1 }; delete o.a;"), "BPF1027"],
  ["TypeOfExpression", body("const t = typeof ctx.rxQueueIndex;"), "BPF1029"],
  ["VoidExpression", body("void ctx.getPrandomU32();")],
  ["AwaitExpression", body("await ctx;"), "BPF1023"],
  ["PrefixUnaryExpression PostfixUnaryExpression", body("let x = -ctx.rxQueueIndex; x++; if (x > 1) return XDP.DROP;")],
  ["BinaryExpression ConditionalExpression", body("return ctx.rxQueueIndex > 1 ? XDP.DROP : XDP.PASS;")],
  ["YieldExpression", top("function* f() { yield 1; }"), "BPF1024"],
  ["ClassExpression", body("const C = class {};"), "BPF1020"],
  ["AsExpression", body("const x = ctx.rxQueueIndex as u32; if (x > 1) return XDP.DROP;")],
  ["NonNullExpression", body("pairs.get(1)!.low = 2;"), "BPF1037"],
  ["MetaProperty", body("const m = import.meta;"), "BPF1044"],
  ["SatisfiesExpression", body("const x = ctx.rxQueueIndex satisfies number; if (x > 1) return XDP.DROP;")],
  // Statements.
  ["EmptyStatement", body(";")],
  [
    "VariableStatement VariableDeclarationList VariableDeclaration",
    body("let x = 1; if (ctx.rxQueueIndex > x) x = 2;"),
  ],
  ["ExpressionStatement", body("ctx.getPrandomU32();")],
  ["IfStatement", body("if (ctx.rxQueueIndex > 1) return XDP.DROP; else return XDP.PASS;")],
  ["DoStatement", body("let i = 0; do { i++; } while (i < 4);")],
  ["WhileStatement", body("let i = 0; while (i < 4) i++;")],
  ["ForStatement", body("for (let i = 0; i < 4; i++) {}")],
  ["ForInStatement", body("for (const name in ctx) {}"), "BPF1031"],
  ["ForOfStatement", body("for (const x of [1, 2]) if (ctx.rxQueueIndex === x) return XDP.DROP;")],
  [
    "ContinueStatement BreakStatement LabeledStatement",
    body("out: for (let i = 0; i < 4; i++) { if (i === ctx.rxQueueIndex) continue out; break out; }"),
  ],
  ["WithStatement", body("with (ctx) {}"), "BPF1042"],
  [
    "SwitchStatement CaseBlock CaseClause DefaultClause",
    body("switch (ctx.rxQueueIndex) { case 1: return XDP.DROP; default: return XDP.PASS; }"),
  ],
  ["ThrowStatement", body("throw 1;"), "BPF1021"],
  ["TryStatement CatchClause", body("try {} catch {}"), "BPF1022"],
  ["DebuggerStatement", body("debugger;"), "BPF1043"],
  // Modules.
  ["EnumDeclaration EnumMember", top("const enum E { A, B }")],
  ["ModuleDeclaration ModuleBlock", top("namespace N { export const x = 1; }"), "BPF1039"],
  ["NamespaceExportDeclaration", top("export as namespace N;"), "BPF1039"],
  ["ImportEqualsDeclaration ExternalModuleReference", top('import x = require("./limits.ts");'), "BPF1017"],
  [
    "ImportDeclaration ImportClause NamedImports ImportSpecifier SourceFile",
    `import { limit } from "./limits.ts";\n${top("const most = limit;")}`,
  ],
  ["NamespaceImport", `import * as limits from "./limits.ts";\n${top("const most = limits.limit;")}`],
  [
    "ImportAttributes ImportAttribute",
    `import { limit } from "./limits.ts" with { type: "x" };\n${top("")}`,
    "BPF1017",
  ],
  ["ExportAssignment", top("export default 4;"), "BPF1009"],
  ["ExportDeclaration NamedExports ExportSpecifier", top('export { limit } from "./limits.ts";')],
  ["NamespaceExport", top('export * as limits from "./limits.ts";')],
];

/** Kinds that no text of a `.ts` module gives. */
const unreachable: ReadonlyMap<string, RegExp> = new Map([
  ["JSX is for .tsx files", /^Jsx/],
  [
    "made by TypeScript itself, not by its parser",
    /^(Synthetic|Missing|NotEmitted|PartiallyEmitted|CommaList|Bundle|SyntaxList)/,
  ],
]);

function kindsOf(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    found.add(nameOf(node.kind));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(PATH, text, ts.ScriptTarget.ESNext, true));
  return found;
}

const names = new Map(
  Object.entries(SyntaxKind).flatMap(([name, kind]) =>
    typeof kind === "number" && !/^(First|Last|Assert|ImportTypeAssertion)/.test(name) ? [[kind, name] as const] : [],
  ),
);

function nameOf(kind: number): string {
  return names.get(kind) ?? "";
}

describe("each kind compiles or is refused", () => {
  test.each(rows.map(([kinds, text, code]) => ({ kinds, text, code })))("$kinds", async ({ kinds, text, code }) => {
    const present = kindsOf(text);
    expect(kinds.split(" ").filter((kind) => !present.has(kind))).toEqual([]);
    const virtualFiles = new Map([
      [PATH, text],
      ["/given/limits.ts", limits],
    ]);
    const { object, diagnostics } = await compileFile(PATH, { virtualFiles });
    expect([...new Set(diagnostics.map((one) => one.code))]).toEqual(code === undefined ? [] : [code]);
    expect(object === undefined).toBe(code !== undefined);
  });
});

test("every kind of node has a row, or a reason why it cannot be", () => {
  const known = new Set(rows.flatMap(([kinds]) => kinds.split(" ")));
  const isNode = (kind: number): boolean => kind >= SyntaxKind.FirstNode && kind < SyntaxKind.FirstJSDocNode;
  const missing = [...names]
    .filter(([kind]) => isNode(kind))
    .map(([, name]) => name)
    .filter((name) => !known.has(name) && ![...unreachable.values()].some((pattern) => pattern.test(name)));
  expect(missing).toEqual([]);
});
