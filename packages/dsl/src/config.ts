// Values that are constants to a filter and set when it is loaded: they lie in read-only data, which is frozen before the
// program is verified, so that the kernel knows them and drops the code that they make unreachable.
// In plain JavaScript they have their defaults.
import { type Layout, structLayout } from "@typebpf/abi";
import { addressableLayout, checkName, describe } from "./define.ts";
import { loadScalar, storeScalar } from "./integers.ts";
import type { Infer, Init, Member, Schema } from "./schema.ts";
import { construct } from "./view.ts";

declare const configured: unique symbol;

/** Marks what `config` gave: loaders type the values by it. */
export interface Configured {
  readonly [configured]: true;
}

/** What `config` gives: the value itself, read-only. */
export type Config<T> = T extends number | bigint ? T & Configured : { readonly [K in keyof T]: T[K] } & Configured;

function integerDefault(layout: Extract<Layout, { kind: "scalar" }>, initial: unknown): unknown {
  const data = new DataView(new ArrayBuffer(8));
  if (initial !== undefined) storeScalar(layout, data, 0, initial);
  return loadScalar(layout, data, 0);
}

/**
 * Values that user space sets when it loads the filter, with defaults: `config({ port: u16, limit: u32 }, { port: 53 })`,
 * or one value, `config(u32, 100)`. What has no default is zero. At the top of a module.
 */
export function config<T>(schema: Schema<T>, initial?: Init<T>): Config<T>;
export function config<F extends Readonly<Record<string, Member<unknown>>>>(
  fields: F,
  initial?: Init<{ -readonly [K in keyof F]: Infer<F[K]> }>,
): Config<{ -readonly [K in keyof F]: Infer<F[K]> }>;
export function config(shape: unknown, initial?: unknown): unknown {
  if (typeof shape !== "object" || shape === null || "layout" in shape) {
    const layout = addressableLayout(shape, "What config takes");
    if (layout.kind === "struct" || layout.kind === "array") return construct(layout, initial);
    if (layout.kind === "scalar") return integerDefault(layout, initial);
    throw new TypeError("config takes no bit fields");
  }
  const layouts: Record<string, Layout> = {};
  for (const [name, schema] of Object.entries(shape)) {
    checkName(name, "The name of a configuration value");
    layouts[name] = addressableLayout(schema, `The configuration value ${name}`);
  }
  if (Object.keys(layouts).length === 0) throw new TypeError(`config needs a value at least, not ${describe(shape)}`);
  return construct(structLayout("config", layouts), initial);
}
