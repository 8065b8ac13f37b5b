// Global data on the command line: `--config NAME=VALUE` before the object is loaded, `--set NAME=VALUE` after, and what
// the variables hold, for people and for documents. Members of `config` are NAME.MEMBER.
import { type BpfObject, type GlobalVariable, type Layout, nearest } from "@typebpf/abi";
import { type ConfigValues, decode, encode, fromJson, type Json, toJson, type Value } from "@typebpf/loader";
import { cliError } from "./diagnostics.ts";
import { sideOf } from "./input/assignment.ts";
import type { AnyLoaded } from "./loading.ts";
import { valueText } from "./output/maps.ts";
import type { Styles } from "./output/style.ts";
import { formatTable } from "./output/table.ts";

/** The layout of a variable, or of a member of one: `cfg.limit`. */
function layoutOf(variables: readonly GlobalVariable[], name: string): Layout | undefined {
  const variable = variables.find((one) => one.name === name);
  const dot = name.lastIndexOf(".");
  if (variable || dot < 0) return variable?.layout;
  const outer = layoutOf(variables, name.slice(0, dot));
  if (outer?.kind !== "struct") return undefined;
  return outer.fields.find((one) => one.name === name.slice(dot + 1))?.layout;
}

type Group = { [name: string]: unknown };

/** Puts a value into groups within groups: those of `a` and `b` for `a.b.c`. */
function put(group: Group, [name = "", ...inner]: readonly string[], value: unknown): void {
  if (inner.length === 0) {
    group[name] = value;
    return;
  }
  const known = group[name];
  const next: Group = Object.assign(Object.create(null), typeof known === "object" ? known : {});
  group[name] = next;
  put(next, inner, value);
}

/** What `--config` gives, as `load` takes it. @throws DiagnosticError for text that is no NAME=VALUE, or no value of the schema */
export function configOf(object: BpfObject, texts: readonly string[] = []): ConfigValues {
  const variables = object.sections.filter((one) => one.readOnly).flatMap((one) => one.variables);
  const values: Group = Object.create(null);
  for (const text of texts) {
    const equals = text.indexOf("=");
    const name = text.slice(0, Math.max(0, equals)).trim();
    const json = sideOf(text.slice(equals + 1));
    if (name === "" || json === undefined || json === "")
      throw cliError("assignment", { message: `"${text}" is not of the form NAME=VALUE` });
    const layout = layoutOf(variables, name);
    const value: unknown = layout ? decode(layout, fromJson(layout, json, `--config ${name}`)) : json;
    put(values, name.split("."), value);
  }
  return values;
}

/** Sets a variable. @throws DiagnosticError for one that is not there or read-only, and for a value that does not fit */
export function setGlobal({ globals, object }: AnyLoaded, name: string, value: Json): void {
  const handle = Object.hasOwn(globals, name) ? globals[name] : undefined;
  if (handle?.set && handle.layout) {
    handle.set(decode(handle.layout, fromJson(handle.layout, value, `--set ${name}`)));
    return;
  }
  const writable = object.sections.filter((one) => !one.readOnly).flatMap((one) => one.variables);
  const near = nearest(
    name,
    writable.map((one) => one.name),
  );
  throw cliError("noMap", {
    message: handle ? `"${name}" cannot change` : `the filter has no global "${name}"`,
    help: handle
      ? `set it when loading: --config ${name}=…`
      : near === undefined
        ? "maps take --set MAP[KEY]=VALUE"
        : `did you mean "${near}"?`,
  });
}

interface Read {
  readonly variable: GlobalVariable;
  readonly value: Value;
}

function readAll({ object, globals }: AnyLoaded): readonly Read[] {
  return object.sections.flatMap(({ variables }) =>
    variables.flatMap((variable): readonly Read[] => {
      const [group = "", member] = variable.name.split(".");
      const value = globals[group]?.get();
      const own = member === undefined ? value : (value as Readonly<Record<string, Value>> | undefined)?.[member];
      return own === undefined ? [] : [{ variable, value: own }];
    }),
  );
}

/** What the variables hold by name, as a document has it; absent where there are none. */
export function globalDocuments(loaded: AnyLoaded): { readonly globals?: Record<string, Json> } {
  const all = readAll(loaded).map(({ variable: { name, layout }, value }) => {
    return [name, toJson(layout, encode(layout, value, name))] as const;
  });
  return all.length === 0 ? {} : { globals: Object.fromEntries(all) };
}

/** What the variables hold, for people. */
export function formatGlobals(loaded: AnyLoaded, styles: Styles): string {
  const rows = readAll(loaded).map(({ variable: { name, layout }, value }) => [name, valueText(layout, value)]);
  if (rows.length === 0) return "";
  return `\n${formatTable([{ title: "global" }, { title: "value", align: "right" }], rows, styles)}`;
}
