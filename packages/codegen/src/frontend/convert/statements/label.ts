// Labels of statements.
import { ts } from "ts-morph";

/** All labels right before a statement. */
export function labelsOf(node: ts.Statement): readonly string[] {
  const labels: string[] = [];
  for (let { parent } = node; ts.isLabeledStatement(parent); parent = parent.parent) labels.push(parent.label.text);
  return labels;
}

/** True for statements that `continue` may name, behind labels too. */
export function isLoop(node: ts.Statement): boolean {
  return ts.isIterationStatement(node, true);
}
