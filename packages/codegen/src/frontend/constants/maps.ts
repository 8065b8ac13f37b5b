// Maps as constants of a program: what a call of a map's constructor makes, by the DSL's own constructor, which checks it.
import type { MapSpec, MapTemplate } from "@typebpf/abi";
import type { ts } from "ts-morph";
import { type Constant, type MapConstant, type ProgramConstant, poisonConstant } from "../values.ts";
import type { Evaluation } from "./evaluation.ts";
import { toRuntime } from "./runtime.ts";

/** The map that a call of a constructor makes; `name` says what it is called, and `declaration` which map it is. */
export function mapConstant(
  name: ts.Node & { readonly text: string },
  declaration: ts.Node,
  call: ts.CallExpression,
  evaluation: Evaluation,
): Constant {
  const { reporter } = evaluation;
  const callee = evaluation.evaluate(call.expression);
  const entry = callee?.kind === "dsl" ? callee.entry : undefined;
  const intrinsic = entry?.intrinsic;
  if (!entry || intrinsic?.kind !== "mapConstructor" || typeof entry.value !== "function") return poisonConstant;
  const [argument] = call.arguments;
  const options = argument && evaluation.evaluate(argument);
  if (options?.kind === "poison") return options;
  if (!argument || !options) {
    reporter.report("notConstant", argument ?? call, { message: `the options of ${entry.name}() are not constant` });
    return poisonConstant;
  }
  const make = entry.value;
  let made: unknown;
  try {
    made = Reflect.apply(make, undefined, [toRuntime(options)]);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    reporter.report("schema", call, { message: error.message });
    return poisonConstant;
  }
  const spec = mapSpec(name.text, made, evaluation.reporter.spans.of(name));
  const { slots, programs } = made as MadeMap;
  const inner = options.kind === "object" ? options.members.get("inner") : undefined;
  return {
    kind: "map",
    spec,
    operations: intrinsic.operations,
    ...(inner?.kind === "map" && { inner }),
    ...(slots && { slots }),
    ...(programs && { programs: programs.map(programOf) }),
    declaration,
    value: made,
  } satisfies MapConstant;
}

interface MadeMap {
  readonly type: MapSpec["type"];
  readonly key: { readonly layout: MapSpec["key"] };
  readonly value: { readonly layout: MapSpec["value"] };
  readonly maxEntries: number;
  readonly flags: number;
  readonly extra?: number;
  readonly record?: { readonly layout: MapSpec["value"] };
  readonly inner?: MadeMap;
  readonly slots?: readonly string[];
  readonly programs?: readonly (string | null | { readonly constant: ProgramConstant })[];
}

function programOf(made: NonNullable<MadeMap["programs"]>[number]): ProgramConstant | string | null {
  return made === null || typeof made === "string" ? made : made.constant;
}

function mapSpec(name: string, made: unknown, at: MapSpec["at"]): MapSpec {
  const { record, inner } = made as MadeMap;
  return {
    name,
    ...templateOf(made as MadeMap),
    ...(inner && { inner: templateOf(inner) }),
    ...(record && { record: record.layout }),
    ...(at && { at }),
  };
}

/** What a map is like, whatever its name. */
function templateOf({ type, key, value, maxEntries, flags, extra }: MadeMap): MapTemplate {
  return { type, key: key.layout, value: value.layout, maxEntries, flags, ...(extra !== undefined && { extra }) };
}
