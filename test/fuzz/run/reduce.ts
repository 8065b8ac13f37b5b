// Makes a failing module small: parts of it are left out or replaced by less as long as it still fails. Works on the
// syntax tree of the source and knows nothing of how the source was made.
import ts from "typescript";

/** A part of the source and what would stand there instead. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function statementEdits(node: ts.Statement): readonly string[] {
  if (ts.isIfStatement(node))
    return ["", ...[node.thenStatement, node.elseStatement].flatMap((one) => (one ? [one.getText()] : []))];
  if (ts.isIterationStatement(node, false)) return ["", node.statement.getText()];
  if (ts.isLabeledStatement(node)) return ["", node.statement.getText()];
  if (ts.isBlock(node)) return ["", node.statements.map((one) => one.getText()).join("\n")];
  return [""];
}

/** What an expression could be replaced by: its operands, and constants. */
function expressionEdits(node: ts.Expression): readonly string[] {
  const operands: ts.Node[] = [];
  ts.forEachChild(node, (child) => {
    if (ts.isExpression(child) && !ts.isIdentifier(child)) operands.push(child);
  });
  const inside = operands.map((one) => one.getText());
  if (ts.isIdentifier(node) || ts.isPropertyAccessExpression(node)) return [];
  if (ts.isNumericLiteral(node)) return node.text === "0" ? [] : ["0"];
  if (ts.isBigIntLiteral(node)) return node.text === "0n" ? [] : ["0n"];
  if (ts.isParenthesizedExpression(node) && ts.isIdentifier(node.expression)) return inside;
  if (ts.isObjectLiteralExpression(node) || ts.isArrayLiteralExpression(node)) return [];
  return ["0", "1", "0n", "true", "false", ...inside];
}

/** Members of lists: fields, elements, clauses, arguments of schemas. */
function memberEdits(node: ts.Node): boolean {
  return (
    ts.isPropertyAssignment(node) ||
    ts.isSpreadAssignment(node) ||
    ts.isCaseOrDefaultClause(node) ||
    ts.isBindingElement(node)
  );
}

/** Edits, those of large parts first. */
function editsOf(source: string): readonly Edit[] {
  const file = ts.createSourceFile("module.ts", source, ts.ScriptTarget.ES2023, true);
  const found: Edit[] = [];
  const visit = (node: ts.Node): void => {
    const [start, end] = [node.getStart(), node.getEnd()];
    const add = (text: string, until = end): void => {
      if (text.length < until - start) found.push({ start, end: until, text });
    };
    if (ts.isImportDeclaration(node)) return;
    if (ts.isStatement(node)) for (const text of statementEdits(node)) add(text);
    else if (memberEdits(node)) add("", source[end] === "," ? end + 1 : end);
    else if (ts.isExpression(node) && !ts.isFunctionLike(node)) for (const text of expressionEdits(node)) add(text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found.sort((a, b) => b.end - b.start - b.text.length - (a.end - a.start - a.text.length));
}

export interface ReduceOptions {
  /** Milliseconds after which it stops with what it has. */
  readonly within: number;
}

/** The smallest source found that still fails. */
export async function reduce(
  source: string,
  fails: (source: string) => Promise<boolean>,
  { within }: ReduceOptions,
): Promise<string> {
  const end = performance.now() + within;
  const tried = new Set<string>();
  let best = source;
  for (let smaller = true; smaller && performance.now() < end; ) {
    smaller = false;
    for (let next = 0, edits = editsOf(best); next < edits.length && performance.now() < end; next++) {
      const edit = edits[next];
      if (!edit) break;
      const candidate = best.slice(0, edit.start) + edit.text + best.slice(edit.end);
      if (tried.has(candidate)) continue;
      tried.add(candidate);
      if (!(await fails(candidate))) continue;
      best = candidate;
      smaller = true;
      // Places have moved; what is left of the edits is made anew, and what was tried in vain is not tried again.
      edits = editsOf(best);
      next = Math.max(-1, Math.floor(next / 2) - 1);
    }
  }
  return best;
}
