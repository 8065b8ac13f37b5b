// A text that is the same for the same constants: what distinguishes the instances of a function that is given them.
import type { Constant } from "../values.ts";

/** The text. */
export function constantKey(constant: Constant): string {
  switch (constant.kind) {
    case "schema":
      return JSON.stringify(constant.layout);
    case "map":
      return `${constant.declaration.getSourceFile().fileName}:${constant.declaration.pos}`;
    case "function":
      return `${constant.declaration.getSourceFile().fileName}:${constant.declaration.pos}`;
    case "object":
      return `{${[...constant.members].map(([name, member]) => `${name}:${constantKey(member)}`).join()}}`;
    case "array":
      return `[${constant.items.map(constantKey).join()}]`;
    case "number":
    case "boolean":
    case "string":
    case "bigint":
      return `${constant.kind} ${constant.value}`;
    case "dsl":
      return constant.entry.name;
    case "global":
      return constant.name;
    default:
      return constant.kind;
  }
}
