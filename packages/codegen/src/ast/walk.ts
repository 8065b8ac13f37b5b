// A walk over the typed AST without knowing its nodes: plain data, in which expressions and statements are the objects
// with a `kind` and a span. Types, layouts and variables are leaves. Takes any part of a function's body.

/** Members that hold no nodes. */
const leaves: ReadonlySet<string> = new Set(["type", "at", "layout", "field", "variable", "record", "to", "fills"]);

/** A node, as far as a walk knows it. */
export interface AnyNode {
  readonly kind: string;
}

function isNode(value: object): value is AnyNode {
  return "kind" in value && typeof value.kind === "string";
}

/** Visits every node below, outer ones first. */
export function walkNodes(part: unknown, visit: (node: AnyNode) => void): void {
  if (typeof part !== "object" || part === null) return;
  if (Array.isArray(part)) {
    for (const one of part) walkNodes(one, visit);
    return;
  }
  if (isNode(part)) visit(part);
  for (const [name, member] of Object.entries(part)) if (!leaves.has(name)) walkNodes(member, visit);
}
