// Objects that other compilers made may have parts that no back end takes: each is refused by name before anything is
// loaded.
import { type BpfObject, type Diagnostic, DiagnosticError, displayText } from "@typebpf/abi";
import { loaderDiagnostic } from "./diagnostics.ts";

/** So many of one kind are named. */
const named = 20;

function each<T>(all: readonly T[], message: (one: T) => string, more: string): readonly Diagnostic[] {
  const first = all.slice(0, named).map((one) => loaderDiagnostic("foreign", { message: message(one) }));
  if (all.length <= named) return first;
  return [...first, loaderDiagnostic("foreign", { message: `and ${all.length - named} more ${more}` })];
}

/** @throws DiagnosticError BPF6020 with every part that cannot be loaded. */
export function refuseForeign({ foreign }: BpfObject): void {
  if (!foreign) return;
  if (foreign.bigEndian) {
    const message = "the object is for big-endian machines: it can be read and listed, not loaded";
    throw new DiagnosticError([loaderDiagnostic("foreign", { message })]);
  }
  const shown = displayText;
  const references = new Map(foreign.references.map((one) => [`${one.function} ${one.kind} ${one.name}`, one]));
  throw new DiagnosticError([
    ...each(
      foreign.programs,
      ({ name, type, section }) =>
        type === "unknown"
          ? `program "${shown(name)}": its section "${shown(section)}" names no type of program`
          : `program "${shown(name)}" of section "${shown(section)}": programs of type ${type} cannot be loaded yet`,
      "programs",
    ),
    ...each(foreign.maps, ({ name, why }) => `map "${shown(name)}": ${why} cannot be loaded yet`, "maps"),
    ...each(
      [...references.values()],
      ({ function: name, kind, name: symbol }) =>
        kind === "core"
          ? `"${shown(name)}" needs the layout of the kernel's "${shown(symbol)}" (CO-RE), which is not looked up yet`
          : `"${shown(name)}" needs "${shown(symbol)}" of the kernel (extern), which is not looked up yet`,
      "references",
    ),
  ]);
}
