// What of the language random programs use: kinds of syntax and operators of TypeScript, counted in their sources, beside
// those that the language has. What is generated and stands in no row here is a row that is missing.
import ts from "typescript";

const { SyntaxKind } = ts;

/** Statements, expressions, patterns and members that filters can have. */
const kinds = [
  ...["ArrayLiteralExpression", "ArrowFunction", "BinaryExpression", "CallExpression", "ConditionalExpression"],
  ...[
    "ElementAccessExpression",
    "FunctionExpression",
    "NewExpression",
    "ObjectLiteralExpression",
    "ParenthesizedExpression",
  ],
  ...[
    "PostfixUnaryExpression",
    "PrefixUnaryExpression",
    "PropertyAccessExpression",
    "AsExpression",
    "SatisfiesExpression",
  ],
  ...["SpreadElement", "SpreadAssignment", "PropertyAssignment", "ShorthandPropertyAssignment", "ComputedPropertyName"],
  ...["NumericLiteral", "BigIntLiteral", "StringLiteral", "TrueKeyword", "FalseKeyword", "Identifier"],
  ...["NoSubstitutionTemplateLiteral", "TemplateExpression", "TaggedTemplateExpression"],
  ...["ArrayBindingPattern", "ObjectBindingPattern", "BindingElement", "OmittedExpression"],
  ...["Block", "BreakStatement", "ContinueStatement", "DoStatement", "EmptyStatement", "ExpressionStatement"],
  ...["ForStatement", "ForOfStatement", "IfStatement", "LabeledStatement", "ReturnStatement", "SwitchStatement"],
  ...["CaseClause", "DefaultClause", "VariableStatement", "VariableDeclaration", "WhileStatement"],
  ...["FunctionDeclaration", "InterfaceDeclaration", "TypeAliasDeclaration", "EnumDeclaration", "ImportDeclaration"],
] as const satisfies readonly (keyof typeof SyntaxKind)[];

/** Operators of one and of two operands. */
const operators = [
  ...["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", ">>>", "&&", "||", "??", ",", "="],
  ...["+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", ">>>=", "&&=", "||=", "??="],
  ...["===", "!==", "<", "<=", ">", ">=", "unary !", "unary -", "unary ~", "unary +"],
  ...["prefix ++", "prefix --", "postfix ++", "postfix --", "?.", "let", "const"],
] as const;

const prefixes: Readonly<Record<number, string>> = {
  [SyntaxKind.ExclamationToken]: "unary !",
  [SyntaxKind.MinusToken]: "unary -",
  [SyntaxKind.TildeToken]: "unary ~",
  [SyntaxKind.PlusToken]: "unary +",
  [SyntaxKind.PlusPlusToken]: "prefix ++",
  [SyntaxKind.MinusMinusToken]: "prefix --",
};

function operatorOf(node: ts.Node): string | undefined {
  if (ts.isBinaryExpression(node)) return node.operatorToken.getText();
  if (ts.isPrefixUnaryExpression(node)) return prefixes[node.operator];
  if (ts.isPostfixUnaryExpression(node))
    return node.operator === SyntaxKind.PlusPlusToken ? "postfix ++" : "postfix --";
  if (ts.isVariableDeclarationList(node)) return (node.flags & ts.NodeFlags.Const) !== 0 ? "const" : "let";
  return (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) && node.questionDotToken
    ? "?."
    : undefined;
}

/** The first names of kinds: a number of SyntaxKind has several. */
const nameOf: ReadonlyMap<ts.SyntaxKind, string> = new Map(kinds.map((name) => [SyntaxKind[name], name]));

/** Counts of what sources have, by name. */
export class Coverage {
  readonly #kinds = new Map<string, number>(kinds.map((name) => [name, 0]));
  readonly #operators = new Map<string, number>(operators.map((name) => [name, 0]));

  /** Counts one module. */
  add(source: string): void {
    const file = ts.createSourceFile("module.ts", source, ts.ScriptTarget.ES2023, true);
    const count = (counts: Map<string, number>, name: string): void => {
      const before = counts.get(name);
      if (before !== undefined) counts.set(name, before + 1);
    };
    const visit = (node: ts.Node): void => {
      count(this.#kinds, nameOf.get(node.kind) ?? "");
      const operator = operatorOf(node);
      if (operator !== undefined) count(this.#operators, operator);
      ts.forEachChild(node, visit);
    };
    visit(file);
  }

  /** Name and count of everything that the language has. */
  get rows(): {
    readonly kinds: readonly (readonly [string, number])[];
    readonly operators: readonly (readonly [string, number])[];
  } {
    return { kinds: [...this.#kinds], operators: [...this.#operators] };
  }
}
