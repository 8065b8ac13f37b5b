// Values of `config` and of globals that are given when an object is loaded: checked by their schemas and written into
// the first contents of their sections, so that no back end knows of them. Everything that is wrong is told at once.
import {
  type BpfObject,
  type DataSection,
  type Diagnostic,
  DiagnosticError,
  type GlobalVariable,
  type Layout,
  nearest,
  sectionBytes,
  sectionContents,
} from "@typebpf/abi";
import { decode, encode } from "./codec.ts";
import { loaderDiagnostic } from "./diagnostics.ts";

/** Values by name of the declaration: one value, or those of members by name. */
export type ConfigValues = Readonly<Record<string, unknown>>;

type Given = Map<GlobalVariable, unknown>;

function unknownName(name: string, known: readonly string[]): Diagnostic {
  const near = nearest(name, known);
  const names = known.length === 0 ? "the object has none" : `it has ${known.join(", ")}`;
  return loaderDiagnostic("configName", {
    message: `there is no configuration value ${name}`,
    notes: [names],
    ...(near !== undefined && { help: `did you mean ${near}?` }),
  });
}

/** Assigns the values to variables; gives what is wrong with the names. */
function assign(values: ConfigValues, variables: readonly GlobalVariable[], given: Given): readonly Diagnostic[] {
  const problems: Diagnostic[] = [];
  const byName = new Map(variables.map((one) => [one.name, one]));
  for (const [name, value] of Object.entries(values)) {
    const variable = byName.get(name);
    const prefix = `${name}.`;
    const members = variables.filter((one) => one.name.startsWith(prefix));
    if (variable) given.set(variable, value);
    else if (members.length === 0) problems.push(unknownName(name, [...byName.keys()]));
    else if (typeof value !== "object" || value === null) {
      const message = `${name} takes an object with ${members.map((one) => one.name.slice(prefix.length)).join(", ")}`;
      problems.push(loaderDiagnostic("valueKind", { message }));
    } else {
      const entries = Object.entries(value).filter(([, one]) => one !== undefined);
      const whole = Object.fromEntries(entries.map(([member, one]) => [`${prefix}${member}`, one]));
      problems.push(...assign(whole, members, given));
    }
  }
  return problems;
}

/** The value with what is now in place of the members that it leaves out. */
function completed(layout: Layout, value: unknown, now: unknown): unknown {
  const struct = layout.kind === "struct" && layout.union === undefined;
  if (!struct || typeof value !== "object" || value === null || typeof now !== "object" || now === null) return value;
  const given = new Map<string, unknown>(Object.entries(value));
  const known = new Map<string, unknown>(Object.entries(now));
  for (const field of layout.fields) {
    const [own, old] = [given.get(field.name), known.get(field.name)];
    if (old !== undefined) given.set(field.name, own === undefined ? old : completed(field.layout, own, old));
  }
  return Object.fromEntries(given);
}

function filled(section: DataSection, given: Given, problems: Diagnostic[]): DataSection {
  const bytes = sectionBytes(section);
  for (const variable of section.variables) {
    if (!given.has(variable)) continue;
    const { layout, name, offset } = variable;
    try {
      const now = decode(layout, bytes.slice(offset, offset + layout.size), name);
      bytes.set(encode(layout, completed(layout, given.get(variable), now), name), offset);
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      problems.push(...error.diagnostics);
    }
  }
  const { contents: _, ...rest } = section;
  const contents = sectionContents(bytes);
  return { ...rest, ...(contents !== undefined && { contents }) };
}

/**
 * The object with these values in its read-only sections.
 * @throws DiagnosticError with everything that is wrong with the values.
 */
export function withConfig(object: BpfObject, values: ConfigValues): BpfObject {
  const given: Given = new Map();
  const readOnly = object.sections.filter((one) => one.readOnly);
  const problems = [
    ...assign(
      values,
      readOnly.flatMap((one) => one.variables),
      given,
    ),
  ];
  const sections = object.sections.map((one) => (one.readOnly ? filled(one, given, problems) : one));
  if (problems.length > 0) throw new DiagnosticError(problems);
  return { ...object, sections };
}
