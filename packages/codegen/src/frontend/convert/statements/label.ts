// Labels of statements.
import { ts } from "ts-morph";

/** The label right before a statement. */
export function labelOf(node: ts.Statement): string | undefined {
  return ts.isLabeledStatement(node.parent) ? node.parent.label.text : undefined;
}

/** True for statements that `continue` may name. */
export function isLoop(node: ts.Statement): boolean {
  return ts.isIterationStatement(node, false);
}
