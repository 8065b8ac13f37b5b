// Runs a case file as plain JavaScript: the oracle of what compiles. The DSL runs as it is; the documented differences
// from JavaScript are made explicit and nothing else: an operation on bigints wraps to 64 bits, division by zero gives 0
// and remainder by zero the dividend (RFC 9669), and a spread copies bytes deeply. Takes a file; gives its exports.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import * as dsl from "@typebpf/dsl";
import * as net from "@typebpf/dsl/net";
import ts from "typescript";
import { construct, memoryOf } from "../../packages/dsl/src/view.ts";

/** What stands for operators in the rewritten source. */
interface Operators {
  binary(operator: string, left: unknown, right: unknown): unknown;
  unary(operator: string, operand: unknown): unknown;
  spread(operator: string, source: unknown): unknown;
  /** `target[key] op= value`: target and key are evaluated once, and the old value is read before the new one. */
  update(operator: string, target: unknown, key: unknown, value: unknown): unknown;
}

/** What a spread of a struct in memory copies: its members, structs and arrays with all their bytes. */
function snapshot(source: unknown): unknown {
  const memory = memoryOf(source);
  if (!memory || typeof source !== "object" || source === null) return source;
  if (memory.layout.kind === "struct" && memory.layout.union) return construct(memory.layout, source);
  return Object.fromEntries(Object.entries(source).map(([name, value]) => [name, copyOf(value)]));
}

function copyOf(value: unknown): unknown {
  const memory = memoryOf(value);
  const isAggregate = memory?.layout.kind === "struct" || memory?.layout.kind === "array";
  return isAggregate ? construct(memory.layout, value) : value;
}

const onNumbers: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "**": (a, b) => a ** b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
  "&": (a, b) => a & b,
  "|": (a, b) => a | b,
  "^": (a, b) => a ^ b,
  "<<": (a, b) => a << b,
  ">>": (a, b) => a >> b,
  ">>>": (a, b) => a >>> b,
};

const onBigints: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  "+": (a, b) => a + b,
  "**": (a, b) => a ** b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => (b === 0n ? 0n : a / b),
  "%": (a, b) => (b === 0n ? a : a % b),
  "&": (a, b) => a & b,
  "|": (a, b) => a | b,
  "^": (a, b) => a ^ b,
  // JavaScript gives up on huge shifts; after wrapping they are 0. Negative counts go the other way.
  "<<": (a, b) => (b >= 64n ? 0n : a << b),
  ">>": (a, b) => (b <= -64n ? 0n : a >> b),
};

function operators(signed: boolean): Operators {
  const wrap = (value: bigint): bigint => (signed ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value));
  const binary = (operator: string, left: unknown, right: unknown): unknown => {
    const wide = onBigints[operator];
    if (typeof left === "bigint" && typeof right === "bigint" && wide) return wrap(wide(left, right));
    const narrow = onNumbers[operator];
    if (typeof left === "number" && typeof right === "number" && narrow) return narrow(left, right);
    throw new TypeError(`${typeof left} ${operator} ${typeof right}`);
  };
  return {
    binary,
    unary: (operator, operand) => {
      if (typeof operand === "bigint") return wrap(operator === "-" ? -operand : ~operand);
      if (typeof operand === "number") return operator === "-" ? -operand : ~operand;
      throw new TypeError(`${operator}${typeof operand}`);
    },
    spread: (_, source) => snapshot(source),
    update: (operator, target, key, value) => {
      const place = target as Record<string, unknown>;
      const old = place[String(key)];
      const next = binary(operator, old, (value as () => unknown)());
      place[String(key)] = next;
      return next;
    },
  };
}

const assignments: ReadonlySet<string> = new Set(Object.keys(onNumbers).map((operator) => `${operator}=`));

/** True for a literal that is the pattern of an assignment. */
function isTarget(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isBinaryExpression(parent)) {
    return parent.left === node && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  }
  if (ts.isForOfStatement(parent)) return parent.initializer === node;
  const part = ts.isPropertyAssignment(parent) || ts.isSpreadElement(parent) || ts.isParenthesizedExpression(parent);
  const list = ts.isArrayLiteralExpression(parent) || ts.isObjectLiteralExpression(parent);
  return (part || list) && isTarget(parent);
}

/** Calls the operators by name; `a op= b` becomes `a = a op b`. */
function rewrite(context: ts.TransformationContext): (file: ts.SourceFile) => ts.SourceFile {
  const { factory } = context;
  const call = (name: keyof Operators, operator: string, ...operands: readonly ts.Expression[]): ts.Expression =>
    factory.createCallExpression(
      factory.createPropertyAccessExpression(factory.createIdentifier("$"), name),
      undefined,
      [factory.createStringLiteral(operator), ...operands],
    );
  const visit = (node: ts.Node): ts.Node => {
    if (ts.isBinaryExpression(node)) {
      const operator = node.operatorToken.getText();
      const left = ts.visitNode(node.left, visit) as ts.Expression;
      const right = ts.visitNode(node.right, visit) as ts.Expression;
      if (operator in onNumbers) return call("binary", operator, left, right);
      if (assignments.has(operator)) {
        const name = operator.slice(0, -1);
        if (ts.isIdentifier(left)) return factory.createAssignment(left, call("binary", name, left, right));
        const thunk = factory.createArrowFunction(undefined, undefined, [], undefined, undefined, right);
        if (ts.isPropertyAccessExpression(left))
          return call("update", name, left.expression, factory.createStringLiteral(left.name.text), thunk);
        if (ts.isElementAccessExpression(left))
          return call("update", name, left.expression, left.argumentExpression, thunk);
        throw new Error(`harness: ${node.getText()}`);
      }
    }
    if (ts.isPrefixUnaryExpression(node)) {
      const operand = ts.visitNode(node.operand, visit) as ts.Expression;
      if (node.operator === ts.SyntaxKind.MinusToken) return call("unary", "-", operand);
      if (node.operator === ts.SyntaxKind.TildeToken) return call("unary", "~", operand);
    }
    if (ts.isSpreadAssignment(node) && !isTarget(node.parent)) {
      return factory.createSpreadAssignment(
        call("spread", "...", ts.visitNode(node.expression, visit) as ts.Expression),
      );
    }
    return ts.visitEachChild(node, visit, context);
  };
  return (file) => ts.visitEachChild(file, visit, context);
}

/**
 * The exports of a module as JavaScript. `signed`: what bigints wrap to. `read` gives the text of a file; `newExports` makes
 * the object that holds the exports of a module. `instead`: exports of the DSL that others stand in for, as those that
 * only work in a kernel.
 */
export function loadJavaScript(
  path: string,
  signed: boolean,
  read: (file: string) => string = (file) => readFileSync(file, "utf8"),
  newExports: () => Record<string, unknown> = () => ({}),
  instead: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const packages: Readonly<Record<string, unknown>> = {
    "@typebpf/dsl": { ...dsl, ...instead },
    "@typebpf/dsl/net": net,
  };
  const loaded = new Map<string, Record<string, unknown>>();
  const load = (file: string): Record<string, unknown> => {
    const known = loaded.get(file);
    if (known) return known;
    const exports: Record<string, unknown> = newExports();
    loaded.set(file, exports);
    const { outputText } = ts.transpileModule(read(file), {
      compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.CommonJS },
      transformers: { before: [rewrite] },
    });
    const require = (name: string): unknown => packages[name] ?? load(resolve(dirname(file), name));
    new Function("require", "exports", "$", outputText)(require, exports, operators(signed));
    return exports;
  };
  return load(path);
}
