// What an annotation says about a register: the sign of a bigint, a reference to a schema, undefined. Only hints: types
// of values are inferred from values. Reads type nodes by resolved symbol and asks the checker for no types.
import { contextOf, contextTypeName, type ProgramKindName, programKindNames, programKinds } from "@typebpf/abi";
import { ts } from "ts-morph";
import { type AstType, booleanType, nothingType, numberType, signedBigint, unsignedBigint } from "../../ast/types.ts";
import { evaluate, type Scope } from "./context.ts";
import { joinTypes, typeOfLayout } from "./types.ts";

const { SyntaxKind } = ts;

const keywords: ReadonlyMap<ts.SyntaxKind, AstType> = new Map<ts.SyntaxKind, AstType>([
  [SyntaxKind.NumberKeyword, numberType],
  [SyntaxKind.BigIntKeyword, unsignedBigint],
  [SyntaxKind.BooleanKeyword, booleanType],
  [SyntaxKind.UndefinedKeyword, nothingType],
  [SyntaxKind.VoidKeyword, nothingType],
]);

/** Types of the DSL that stand for integers. */
const integers: Readonly<Record<string, AstType>> = {
  u8: numberType,
  u16: numberType,
  u32: numberType,
  i8: numberType,
  i16: numberType,
  i32: numberType,
  u64: unsignedBigint,
  i64: signedBigint,
  XdpAction: numberType,
  TcAction: numberType,
  SkAction: numberType,
  LwtAction: numberType,
  FlowAction: numberType,
  NfAction: numberType,
  MapUpdate: numberType,
};

/** Types of the DSL that are contexts, by name. */
const contextTypes: ReadonlyMap<string, ProgramKindName> = new Map(
  programKindNames.map((kind) => [contextTypeName(kind), kind]),
);

/** Deepest chain of aliases that is followed. */
const MAX_DEPTH = 20;

/** The type that an annotation names; undefined where it says nothing that matters here. */
export function typeHint(node: ts.TypeNode | undefined, scope: Scope, depth = 0): AstType | undefined {
  if (!node || depth > MAX_DEPTH) return undefined;
  const keyword = keywords.get(node.kind);
  if (keyword) return keyword;
  if (ts.isParenthesizedTypeNode(node)) return typeHint(node.type, scope, depth);
  if (ts.isTypeOperatorNode(node)) return typeHint(node.type, scope, depth);
  if (ts.isUnionTypeNode(node)) return unionHint(node, scope, depth);
  if (ts.isLiteralTypeNode(node)) return literalHint(node.literal);
  if (ts.isTypeLiteralNode(node)) return membersHint(node.members, scope, depth);
  if (ts.isTypeReferenceNode(node)) return referenceHint(node, scope, depth);
  return undefined;
}

function unionHint(node: ts.UnionTypeNode, scope: Scope, depth: number): AstType | undefined {
  let joined: AstType | undefined;
  for (const member of node.types) {
    const hint = typeHint(member, scope, depth + 1);
    if (!hint) return undefined;
    joined = joined ? joinTypes(joined, hint) : hint;
    if (!joined) return undefined;
  }
  return joined;
}

function literalHint(literal: ts.LiteralTypeNode["literal"]): AstType | undefined {
  if (literal.kind === SyntaxKind.NumericLiteral) return numberType;
  if (literal.kind === SyntaxKind.BigIntLiteral) return unsignedBigint;
  return literal.kind === SyntaxKind.TrueKeyword || literal.kind === SyntaxKind.FalseKeyword ? booleanType : undefined;
}

function membersHint(nodes: ts.NodeArray<ts.TypeElement>, scope: Scope, depth: number): AstType | undefined {
  const members: { readonly name: string; readonly type: AstType }[] = [];
  for (const member of nodes) {
    if (!ts.isPropertySignature(member) || !ts.isIdentifier(member.name)) return undefined;
    const hint = typeHint(member.type, scope, depth + 1);
    const type = hint && member.questionToken ? joinTypes(hint, nothingType) : hint;
    if (!type) return undefined;
    members.push({ name: member.name.text, type });
  }
  return { kind: "record", members };
}

function referenceHint(node: ts.TypeReferenceNode, scope: Scope, depth: number): AstType | undefined {
  const { symbols } = scope.module;
  const symbol = symbols.checker.getSymbolAtLocation(node.typeName);
  if (!symbol) return undefined;
  const name = symbols.dslType(symbol);
  if (name === "Ref" || name === "Infer" || name === "RefTo") return schemaHint(node.typeArguments?.[0], scope);
  const program = name === undefined ? undefined : contextTypes.get(name);
  if (program) {
    return { kind: "context", program: programKinds[program].type, context: contextOf(program), of: { kind: program } };
  }
  // A header of the DSL is an interface and a schema of one name.
  if (name !== undefined) return Object.hasOwn(integers, name) ? integers[name] : schemaReference(node.typeName, scope);
  const target = symbol.flags & ts.SymbolFlags.Alias ? symbols.checker.getAliasedSymbol(symbol) : symbol;
  const declaration = target.declarations?.find(
    (one) => ts.isTypeAliasDeclaration(one) || ts.isInterfaceDeclaration(one),
  );
  if (!declaration) return undefined;
  if (ts.isTypeAliasDeclaration(declaration) && !declaration.typeParameters) {
    return typeHint(declaration.type, scope, depth + 1);
  }
  if (ts.isInterfaceDeclaration(declaration) && !declaration.heritageClauses && !declaration.typeParameters) {
    return membersHint(declaration.members, scope, depth + 1);
  }
  return undefined;
}

/** `Ref<typeof Flow>`. */
function schemaHint(node: ts.TypeNode | undefined, scope: Scope): AstType | undefined {
  return node && ts.isTypeQueryNode(node) ? schemaReference(node.exprName, scope) : undefined;
}

/** A reference to what the schema of this name describes. */
function schemaReference(name: ts.EntityName, scope: Scope): AstType | undefined {
  if (!ts.isIdentifier(name)) return undefined;
  const schema = evaluate(name, scope);
  if (schema?.kind !== "schema") return undefined;
  const type = typeOfLayout(schema.layout);
  return type.kind === "ref" ? type : { kind: "ref", layout: schema.layout, nullable: false };
}
