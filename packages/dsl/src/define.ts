// Makes schemas, and tells them from other values: a schema is a frozen function (a cast or a constructor) that
// carries its layout. Names and sizes are checked here, so that a wrong one fails where it is written.
import type { Layout } from "@typebpf/abi";

/** Size limit of one value in bytes: the farthest the kernel lets a pointer reach (BPF_MAX_VAR_OFF). */
const MAX_SIZE = 2 ** 29;

/** Longest name the kernel takes for a type or member (KSYM_NAME_LEN less its terminator). */
const MAX_NAME = 127;

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Describes any value in an error message, without running its code. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number" || typeof value === "boolean" || value === undefined || value === null)
    return `${value}`;
  return Array.isArray(value) ? "an array" : `a ${typeof value}`;
}

/** Gives `call` the properties of a schema and freezes it. The caller vouches that it is an `S`. */
export function defineSchema<S>(
  call: (value?: never) => unknown,
  name: string,
  layout: Layout,
  more: Readonly<Record<string, unknown>> = {},
): S {
  if (layout.size > MAX_SIZE) {
    throw new RangeError(`${name}: a value of ${layout.size} bytes is too large; the limit is ${MAX_SIZE}`);
  }
  Object.defineProperty(call, "name", { value: name });
  return Object.freeze(
    Object.assign(call, { size: layout.size, align: layout.align, layout, ...more }),
  ) as unknown as S;
}

/** The layout of a schema or bit field; `what` names the place in the error for anything else. */
export function layoutOf(value: unknown, what: string): Layout {
  if ((typeof value === "function" || typeof value === "object") && value !== null && "layout" in value) {
    const { layout } = value as { readonly layout: unknown };
    if (typeof layout === "object" && layout !== null && "kind" in layout) return layout as Layout;
  }
  throw new TypeError(`${what} must be a schema such as u32 or struct(…), not ${describe(value)}`);
}

/** As `layoutOf`, and refuses bit fields, which have no address of their own. */
export function addressableLayout(value: unknown, what: string): Layout {
  const layout = layoutOf(value, what);
  if (layout.kind === "bits")
    throw new TypeError(`${what} cannot be a bit field; bit fields are members of structs only`);
  return layout;
}

/** Checks that a name can stand in C and in BTF. */
export function checkName(name: unknown, what: string): void {
  if (typeof name !== "string") throw new TypeError(`${what} must be a string, not ${describe(name)}`);
  if (!IDENTIFIER.test(name)) {
    throw new TypeError(`${what} ${JSON.stringify(name)} must be letters, digits and _, and not begin with a digit`);
  }
  if (name.length > MAX_NAME)
    throw new RangeError(`${what} ${name.slice(0, 16)}… is longer than ${MAX_NAME} characters`);
}

/** Checks an integer option and its limits, both included. */
export function checkInteger(value: unknown, least: number, most: number, what: string): void {
  if (typeof value !== "number") throw new TypeError(`${what} must be a number, not ${describe(value)}`);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${what} must be an integer from ${least} to ${most}, not ${value}`);
  }
}
