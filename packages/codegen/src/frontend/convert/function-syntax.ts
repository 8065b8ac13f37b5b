// What the declaration of a function says about it beside its parameters and its body: its name, and what the author wishes.
import { ts } from "ts-morph";
import type { FunctionNode } from "../values.ts";

/** Name of a function for messages and for the typed AST: its own, or that of the constant or program it is. */
export function functionName(declaration: FunctionNode): string {
  if (declaration.name) return declaration.name.text;
  const { parent } = declaration;
  const owner = ts.isCallExpression(parent) && isModuleConstant(parent.parent) ? parent.parent : parent;
  return ts.isVariableDeclaration(owner) && ts.isIdentifier(owner.name) ? owner.name.text : "anonymous";
}

function isModuleConstant(node: ts.Node): boolean {
  return ts.isVariableDeclaration(node) && ts.isSourceFile(node.parent.parent.parent);
}

/** `@noinline` in the comment of the function, or of the constant that it is. */
export function isTaggedNoinline(declaration: FunctionNode): boolean {
  const statement = ts.findAncestor(declaration, ts.isStatement);
  const owner = ts.isFunctionDeclaration(declaration) ? declaration : statement;
  return owner !== undefined && ts.getJSDocTags(owner).some((tag) => tag.tagName.text === "noinline");
}
