// What to write instead, for what TypeScript found: names that are near or that the DSL has elsewhere, the check that a value
// needs, the cast that an integer needs, with the author's own expression in it.
import { nearest } from "@typebpf/abi";
import { ts } from "ts-morph";
import type { FrontendDiagnostic } from "../diagnostics.ts";
import { assignedPair, isWide, operandPair } from "./assignability.ts";
import { dslExport, dslModuleNames, dslNames } from "./dsl.ts";
import type { Knowledge } from "./typescript-knowledge.ts";

/** What people who know the kernel, C or JavaScript write, and what it is here. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ["lookup", "get"],
  ["lookupElem", "get"],
  ["update", "set"],
  ["updateElem", "set"],
  ["put", "set"],
  ["remove", "delete"],
  ["deleteElem", "delete"],
  ["console", "trace`…`, imported from @typebpf/dsl"],
  ["printk", "trace`…`, imported from @typebpf/dsl"],
  ["Date", "ctx.ktimeGetNs()"],
  ["performance", "ctx.ktimeGetNs()"],
  ["random", "ctx.getPrandomU32()"],
  ["htons", "the field itself: big-endian fields read and write in host order"],
  ["ntohs", "the field itself: big-endian fields read and write in host order"],
  ["htonl", "the field itself: big-endian fields read and write in host order"],
  ["ntohl", "the field itself: big-endian fields read and write in host order"],
]);

const mostMembers = 16;
const longestText = 40;

/** The help for a finding; undefined where its row says all there is. */
export function helpFor(
  one: ts.Diagnostic,
  name: FrontendDiagnostic,
  message: string,
  knowledge: Knowledge | undefined,
): string | undefined {
  const node = nodeAt(one);
  const suggested = /Did you mean (?:the (?:static|instance) member )?'([^']+)'/.exec(message)?.[1];
  switch (name) {
    case "unknownName":
      return nameHelp(message, suggested);
    case "unknownProperty":
      return suggested ? `did you mean ${suggested}?` : memberHelp(message, node, knowledge);
    case "possiblyUndefined":
      return checkHelp(message, node, knowledge);
    case "narrowing":
    case "mixedSigns":
      return castHelp(message, node);
    case "mixedIntegers":
      return castHelp(message, node) ?? operandHelp(message, node);
    case "mixedComparison":
      return operandHelp(message, node);
    default:
      return suggested && `did you mean ${suggested}?`;
  }
}

function nameHelp(message: string, suggested: string | undefined): string | undefined {
  const missing = /(?:name|exported member|exported member named) '([^']+)'/.exec(message)?.[1];
  if (missing === undefined) return suggested && `did you mean ${suggested}?`;
  const owner = dslModuleNames.find((module) => dslExport(module, missing));
  if (owner) return `import it: import { ${missing} } from "${owner}"`;
  const other = otherNames.get(missing);
  if (other) return `write ${other}`;
  const near = suggested ?? nearName(missing, dslModuleNames.flatMap(dslNames));
  return near ? `did you mean ${near}?` : `${missing} is neither declared nor imported, and the kernel has none`;
}

/** The candidate that differs in case or underscores only, else the nearest. */
function nearName(name: string, candidates: readonly string[]): string | undefined {
  const bare = (text: string): string =>
    text
      .replace(/^_*(bpf|BPF)_/, "")
      .replaceAll("_", "")
      .toLowerCase();
  return candidates.find((one) => bare(one) === bare(name)) ?? nearest(name, candidates);
}

/** More constructors than this are not named. */
const mostMakers = 3;

function memberHelp(message: string, node: ts.Node | undefined, knowledge: Knowledge | undefined): string | undefined {
  const missing = /[Pp]roperty '([^']+)'/.exec(message)?.[1] ?? (node && ts.isIdentifier(node) ? node.text : undefined);
  if (missing === undefined || !node || !knowledge) return undefined;
  const type = ownerOf(node, knowledge.checker);
  const members = type ? namesOf(type) : [];
  const other = otherNames.get(missing);
  if (other && (members.includes(other) || !/^\w+$/.test(other))) return `write ${other}`;
  const having = [...knowledge.contexts()].filter(([, context]) => context.getProperty(missing));
  if (having.length > 0 && [...knowledge.contexts().values()].some((context) => type && context === type)) {
    const makers = having.map(([maker]) => maker);
    const named = makers.length > mostMakers ? [...makers.slice(0, mostMakers), "others"] : makers;
    return `this program type has no ${missing}; ${named.join(", ")} ${named.length > 1 ? "have" : "has"} it`;
  }
  const near = nearName(missing, members);
  if (near) return `did you mean ${near}?`;
  if (members.length === 0 || members.length > mostMembers) return undefined;
  return `there is: ${members.join(", ")}`;
}

/** The type whose member is missing: of the object before the dot, or the one that a literal must have. */
function ownerOf(node: ts.Node, checker: ts.TypeChecker): ts.Type | undefined {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) {
    return checker.getNonNullableType(checker.getTypeAtLocation(parent.expression));
  }
  if (ts.isObjectLiteralElement(parent) && ts.isObjectLiteralExpression(parent.parent)) {
    const expected = checker.getContextualType(parent.parent);
    return expected && checker.getNonNullableType(expected);
  }
  return ts.isBindingElement(parent) ? checker.getTypeAtLocation(parent.parent) : undefined;
}

/** Names that can be written; not those of phantom properties. */
function namesOf(type: ts.Type): readonly string[] {
  const names = type.getProperties().map(({ name }) => name);
  return names.filter((name) => /^[A-Za-z_$][\w$]*$/.test(name) && !name.startsWith("__"));
}

function checkHelp(message: string, node: ts.Node | undefined, knowledge: Knowledge | undefined): string | undefined {
  const source = node && sourceOf(node);
  const text = /^'([^']+)' is possibly/.exec(message)?.[1] ?? textOf(source);
  if (text === undefined || text === "undefined") return undefined;
  // Zero is a value.
  const isInteger = source && knowledge && holdsInteger(knowledge.checker.getTypeAtLocation(source), knowledge.checker);
  const check = (name: string): string => `if (${isInteger ? `${name} === undefined` : `!${name}`}) return …`;
  if (/^[\w$.]+$/.test(text)) return `check it first: ${check(text)}`;
  return `keep it and check it: const found = ${text}; ${check("found")}`;
}

function holdsInteger(type: ts.Type, checker: ts.TypeChecker): boolean {
  const { NumberLike, BigIntLike } = ts.TypeFlags;
  const found = checker.getNonNullableType(type);
  const parts = found.isUnionOrIntersection() ? found.types : [found];
  return parts.some(({ flags }) => (flags & (NumberLike | BigIntLike)) !== 0);
}

/** The cast of what is assigned to the type of the place. */
function castHelp(message: string, node: ts.Node | undefined): string | undefined {
  const pair = assignedPair(message);
  const source = node && sourceOf(node);
  if (!pair || !source) return undefined;
  if (ts.isNumericLiteral(source) && isWide(pair.target)) return `write ${source.text}n`;
  if (ts.isBigIntLiteral(source) && !isWide(pair.target)) return `write ${source.text.slice(0, -1)}`;
  const target =
    pair.target.split(" | ").find((one) => /^[ui]\d+(be)?$/.test(one)) ?? (isWide(pair.target) ? "u64" : "u32");
  return `cast it: ${target}(${textOf(source) ?? "…"})`;
}

/** The operand to write otherwise, of two of which one is bigint. */
function operandHelp(message: string, node: ts.Node | undefined): string | undefined {
  const pair = operandPair(message);
  if (!pair || !node || !ts.isBinaryExpression(node)) return undefined;
  const number = isWide(pair.source) ? node.right : node.left;
  const bigint = number === node.left ? node.right : node.left;
  if (ts.isNumericLiteral(number)) return `write ${number.text}n`;
  if (ts.isBigIntLiteral(bigint)) return `write ${bigint.text.slice(0, -1)}`;
  return `cast one side: u64(${textOf(number) ?? "…"})`;
}

/** The expression whose type does not fit, where the finding marks the place that it goes to. */
function sourceOf(node: ts.Node): ts.Expression | undefined {
  const { parent } = node;
  if (ts.isBinaryExpression(parent) && parent.left === node) return parent.right;
  if (ts.isVariableDeclaration(parent) && parent.name === node) return parent.initializer;
  if (ts.isPropertyAssignment(parent) && parent.name === node) return parent.initializer;
  if (ts.isReturnStatement(node)) return node.expression;
  return ts.isExpression(node) ? node : undefined;
}

function textOf(node: ts.Node | undefined): string | undefined {
  const text = node?.getText();
  return text !== undefined && text.length <= longestText && !text.includes("\n") ? text : undefined;
}

/** The outermost node that the finding marks. */
function nodeAt({ file, start, length }: ts.Diagnostic): ts.Node | undefined {
  if (!file || start === undefined || length === undefined) return undefined;
  const within = (node: ts.Node): ts.Node | undefined => {
    if (node.getStart(file) === start && node.end === start + length) return node;
    return ts.forEachChild(node, (child) =>
      child.pos <= start && child.end >= start + length ? within(child) : undefined,
    );
  };
  return within(file);
}
