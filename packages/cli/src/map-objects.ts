// Entries of maps that hold objects as JSON: programs and maps by their names in the filter, interfaces by name or index,
// CPUs by the length of their queue, anything else by its path or an open descriptor. Read back they are what the kernel
// tells: ids, cookies, indices.
import { type MapSpec, type MapTypeRow, mapTypes, nearest } from "@typebpf/abi";
import { type AnyMapHandle, decode, type Json, type ProgramHandle, toJson, type Value } from "@typebpf/loader";
import { cliError } from "./diagnostics.ts";

/** What entries may name. */
export interface NamedObjects {
  readonly programs: Readonly<Record<string, ProgramHandle>>;
  readonly maps: Readonly<Record<string, AnyMapHandle>>;
}

/** Nothing that could be named: a map of the running kernel, without its filter. */
export const noObjects: NamedObjects = { programs: {}, maps: {} };

/** Whether values of a map are objects. */
export function holdsObjects({ type }: MapSpec): boolean {
  const { holds }: MapTypeRow = mapTypes[type];
  return holds !== undefined;
}

function named<T>(kind: "program" | "map", all: Readonly<Record<string, T>>, name: string, path: string): T {
  const found = Object.hasOwn(all, name) ? all[name] : undefined;
  if (found !== undefined) return found;
  const names = Object.keys(all);
  const near = nearest(name, names);
  throw cliError(kind === "program" ? "noProgram" : "noMap", {
    message: `${path}: there is no ${kind} "${name}" here`,
    notes: [names.length === 0 ? `no ${kind} can be named` : `it has: ${names.join(", ")}`],
    ...(near !== undefined && { help: `did you mean "${near}"?` }),
  });
}

/** A number, also where it was typed as text. */
function numberOr<T>(json: Json, other: (text: string) => T): T | number | Json {
  if (typeof json !== "string") return json;
  const text = json.trim();
  return /^\d+$/.test(text) ? Number(text) : other(text);
}

/** An entry of two parts: the first alone, or an object with both. */
function parts(json: Json, first: string, program: (json: Json) => unknown): unknown {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return { [first]: numberOr(json, String) };
  return Object.fromEntries(
    Object.entries(json).map(([name, member]): [string, unknown] => {
      if (name === "program") return [name, program(member)];
      return [name, name === first ? numberOr(member, String) : member];
    }),
  );
}

/** What a handle takes for a value in JSON. @throws DiagnosticError BPF6306, BPF6330 for a name that nothing has. */
export function objectValue({ spec }: AnyMapHandle, json: Json, path: string, objects: NamedObjects): unknown {
  const { holds }: MapTypeRow = mapTypes[spec.type];
  const program = (one: Json): unknown => numberOr(one, (name) => named("program", objects.programs, name, path));
  switch (holds) {
    case "program":
      return program(json);
    case "map":
      return numberOr(json, (name) => named("map", objects.maps, name, path));
    case "device":
      return parts(json, "interface", program);
    case "cpu":
      return parts(json, "queueSize", program);
    default:
      return numberOr(json, String);
  }
}

/** A value as a document has it: interfaces and CPUs in the form in which they are written. */
export function objectJson({ type, value }: MapSpec, bytes: Uint8Array): Json {
  const { holds }: MapTypeRow = mapTypes[type];
  const first = holds === "device" ? "interface" : holds === "cpu" ? "queueSize" : undefined;
  if (first === undefined || value.kind !== "struct") return toJson(value, bytes);
  const [one = 0, program = 0]: readonly Value[] = Object.values(decode(value, bytes));
  return { [first]: Number(one), program: Number(program) };
}
