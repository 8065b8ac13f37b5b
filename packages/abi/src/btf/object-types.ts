// The BTF of an object: types of keys and values of its maps, of its global data and of its functions. An object that
// was read from a file may bring its own; for others the types follow from layouts and names, so that equal objects have
// equal types.
import { contexts } from "../kernel/contexts.ts";
import { mapTypes } from "../kernel/map-types.ts";
import type { MapTypeRow } from "../kernel/maps/row.ts";
import { programTypes } from "../kernel/program-types.ts";
import type { BpfObject, DataSection, FunctionSpec, MapSpec, ProgramSpec } from "../object/object.ts";
import { BtfBuilder } from "./build.ts";
import { btfInteger, layoutType } from "./from-layout.ts";
import { btfName } from "./names.ts";
import type { BtfId, BtfLinkage, MapTypes, NamedType, ObjectTypes } from "./types.ts";

interface Parameter {
  readonly name: string;
  readonly type?: BtfId;
}

type Typed = Pick<BpfObject, "maps" | "programs" | "functions" | "sections"> & Partial<Pick<BpfObject, "btf">>;

function mapTypesOf(builder: BtfBuilder, { name, type, key, value }: MapSpec): MapTypes {
  const { keys }: MapTypeRow = mapTypes[type];
  return { name, key: keys === "none" ? 0 : layoutType(builder, key), value: layoutType(builder, value) };
}

function sectionType(builder: BtfBuilder, { name, size, variables }: DataSection): NamedType {
  const sorted = [...variables].sort((one, other) => one.offset - other.offset);
  const sized = sorted.filter(({ layout }) => layout.size > 0);
  const entries = sized.map(({ name: own, offset, layout }) => {
    const type = builder.add({
      kind: "var",
      name: btfName(own),
      type: layoutType(builder, layout),
      linkage: "global",
    });
    return { type, offset, size: layout.size };
  });
  return { name, type: builder.add({ kind: "datasec", name, size, variables: entries }) };
}

/** Every value that a function takes is a register; only the context is known to be a pointer. */
function functionType(
  builder: BtfBuilder,
  one: FunctionSpec,
  linkage: BtfLinkage,
  names: readonly Parameter[],
): NamedType {
  const register = builder.add(btfInteger(8, false));
  const parameters = names.map(({ name, type = register }) => ({ name: btfName(name), type }));
  const proto = builder.add({ kind: "func_proto", type: builder.add(btfInteger(4, true)), parameters });
  return { name: one.name, type: builder.add({ kind: "func", name: btfName(one.name), type: proto, linkage }) };
}

function programType(builder: BtfBuilder, program: ProgramSpec): NamedType {
  const { struct } = contexts[programTypes[program.type].context];
  const pointee =
    struct === "" ? builder.add(btfInteger(8, false)) : builder.add({ kind: "fwd", name: struct, of: "struct" });
  const context = builder.add({ kind: "ptr", type: pointee });
  return functionType(builder, program, "global", [{ name: program.parameters?.[0] ?? "ctx", type: context }]);
}

/** The types of an object: its own, or those that follow from it. */
export function objectTypes(object: Typed): ObjectTypes {
  if (object.btf) return object.btf;
  const builder = new BtfBuilder();
  const maps = object.maps.map((map) => mapTypesOf(builder, map));
  const sections = object.sections.map((section) => sectionType(builder, section));
  const programs = object.programs.map((program) => programType(builder, program));
  const functions = object.functions.map((one) =>
    functionType(
      builder,
      one,
      "static",
      (one.parameters ?? []).map((name) => ({ name })),
    ),
  );
  return { types: builder.types, maps, sections, functions: [...programs, ...functions] };
}
