// The ids that a type refers to: read, and replaced. What walks, checks and renumbers types goes through here.
import type { BtfId, BtfType } from "./types.ts";

/** The ids in a type, in the order of its bytes; 0 for `void` among them. */
export function btfReferences(type: BtfType): readonly BtfId[] {
  switch (type.kind) {
    case "int":
    case "float":
    case "fwd":
    case "enum":
    case "enum64":
      return [];
    case "array":
      return [type.type, type.index];
    case "struct":
    case "union":
      return type.members.map((member) => member.type);
    case "func_proto":
      return [type.type, ...type.parameters.map((parameter) => parameter.type)];
    case "datasec":
      return type.variables.map((variable) => variable.type);
    default:
      return [type.type];
  }
}

/** The same type with every id replaced. */
export function withReferences(type: BtfType, replace: (id: BtfId) => BtfId): BtfType {
  const moved = <T extends { readonly type: BtfId }>(one: T): T => ({ ...one, type: replace(one.type) });
  switch (type.kind) {
    case "int":
    case "float":
    case "fwd":
    case "enum":
    case "enum64":
      return type;
    case "array":
      return { ...moved(type), index: replace(type.index) };
    case "struct":
    case "union":
      return { ...type, members: type.members.map(moved) };
    case "func_proto":
      return { ...moved(type), parameters: type.parameters.map(moved) };
    case "datasec":
      return { ...type, variables: type.variables.map(moved) };
    default:
      return moved(type);
  }
}
