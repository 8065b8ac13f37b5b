// Small questions about syntax that several parts of the front end ask.
import { ts } from "ts-morph";

const { SyntaxKind } = ts;

/** True for `=` and the compound assignment operators. */
export function isAssignment(token: ts.SyntaxKind): boolean {
  return token >= SyntaxKind.FirstAssignment && token <= SyntaxKind.LastAssignment;
}

/** Calls `visit` on every node below `root`, parents first; where it gives false, what is below is left out. */
export function walk(root: ts.Node, visit: (node: ts.Node) => boolean): void {
  const open: ts.Node[] = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    if (!visit(node)) continue;
    const children: ts.Node[] = [];
    ts.forEachChild(node, (child) => {
      children.push(child);
    });
    for (const child of children.reverse()) open.push(child);
  }
}
