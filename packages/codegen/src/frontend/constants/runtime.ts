// Between constants of the program and the values of the DSL in plain JavaScript, which makes schemas and maps from them
// and checks every size, count and name.
import type { Layout } from "@typebpf/abi";
import type { Constant } from "../values.ts";

/** The JavaScript value of a constant; undefined as a result where it has none (functions). A program is its type alone. */
export function toRuntime(constant: Constant): unknown {
  switch (constant.kind) {
    case "number":
    case "bigint":
    case "boolean":
    case "string":
    case "schema":
    case "map":
      return constant.value;
    case "object": {
      const result: Record<string, unknown> = Object.create(null);
      for (const [name, member] of constant.members) result[name] = toRuntime(member);
      return result;
    }
    case "array":
      return constant.items.map(toRuntime);
    case "program":
      return { kind: constant.type, constant };
    default:
      return undefined;
  }
}

/** The constant that a value of the DSL stands for; undefined for functions that are no schemas. */
export function fromRuntime(value: unknown): Constant | undefined {
  switch (typeof value) {
    case "number":
      return { kind: "number", value };
    case "bigint":
      return { kind: "bigint", value, signed: undefined };
    case "boolean":
      return { kind: "boolean", value };
    case "string":
      return { kind: "string", value };
    case "undefined":
      return { kind: "nothing" };
    case "function":
      return schemaConstant(value);
    case "object":
      return value === null ? undefined : (schemaConstant(value) ?? plainConstant(value));
    default:
      return undefined;
  }
}

/** The schema or bit field that a value is. */
export function schemaConstant(value: object): Constant | undefined {
  if (!("layout" in value)) return undefined;
  return { kind: "schema", layout: value.layout as Layout, value };
}

function plainConstant(value: object): Constant | undefined {
  if (Array.isArray(value) || value instanceof Uint8Array) {
    const items = Array.from(value, fromRuntime);
    return items.every((item) => item !== undefined) ? { kind: "array", items } : undefined;
  }
  const members = new Map<string, Constant>();
  for (const [name, member] of Object.entries(value)) {
    const constant = fromRuntime(member);
    if (!constant) return undefined;
    members.set(name, constant);
  }
  return { kind: "object", members };
}

/** Properties of schemas that are constants of a program. */
const schemaProperties: ReadonlySet<string> = new Set(["size", "align", "length", "name", "fields", "item"]);

/** A property of a schema or a map, such as `Words.length`. */
export function runtimeProperty(value: unknown, name: string): Constant | undefined {
  if (!schemaProperties.has(name) || (typeof value !== "function" && typeof value !== "object") || value === null) {
    return undefined;
  }
  return fromRuntime((value as Readonly<Record<string, unknown>>)[name]);
}
