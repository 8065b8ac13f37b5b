// Maps of an object: variables of the section ".maps" whose BTF type says what they are, by libbpf's rules
// (parse_btf_map_def of src/libbpf.c). A map that no back end takes is kept by name, with the reason: so are those of the
// old section "maps", structs of numbers that libbpf 1.0 has dropped, and tables of struct_ops.

import { resolveBtf, sizeOfBtf } from "../../btf/size.ts";
import type { BtfComposite, BtfType } from "../../btf/types.ts";
import { abiDiagnostics } from "../../diagnostics/catalogue.ts";
import { displayText } from "../../diagnostics/display.ts";
import { type MapTypeName, mapTypes, noKey, ringSizeFor } from "../../kernel/map-types.ts";
import type { MapTypeRow } from "../../kernel/maps/row.ts";
import { uapi } from "../../kernel/uapi.generated.ts";
import { arrayLayout, type Layout, scalarLayouts } from "../../layout.ts";
import type { ForeignMap, MapSpec } from "../object.ts";
import { type ElfFile, refuse } from "./file.ts";
import { type ElfSection, symbolTypes } from "./format.ts";
import type { MapPlaces } from "./read-code.ts";
import { layoutOfSize, type ReadTypes } from "./read-layout.ts";

/** A map and where its variable lies in the section. */
export interface ReadMap {
  readonly offset: number;
  /** BTF ids of key and value; 0 where they have none. */
  readonly types: { readonly key: number; readonly value: number };
  readonly map:
    | { readonly kind: "known"; readonly spec: MapSpec }
    | { readonly kind: "foreign"; readonly map: ForeignMap };
}

/** What the members of the struct say; absent members are 0. */
interface Definition {
  readonly numbers: ReadonlyMap<string, number>;
  /** BTF ids of key and value. */
  readonly types: ReadonlyMap<string, number>;
  readonly inner: boolean;
}

const numberMembers = [
  "type",
  "max_entries",
  "map_flags",
  "numa_node",
  "key_size",
  "value_size",
  "pinning",
  "map_extra",
];

/** `__uint(name, n)` is a pointer to an array of n items; `__ulong` an enumeration with one value. */
function numberOf(types: readonly BtfType[], id: number): number | undefined {
  const type = resolveBtf(types, id);
  if (type?.kind === "ptr") {
    const array = resolveBtf(types, type.type);
    return array?.kind === "array" ? array.length : undefined;
  }
  if (type?.kind !== "enum" && type?.kind !== "enum64") return undefined;
  const value = type.values.length === 1 ? type.values[0]?.value : undefined;
  return value === undefined ? undefined : Number(value);
}

function definitionOf(types: readonly BtfType[], struct: BtfComposite, fail: (why: string) => never): Definition {
  const numbers = new Map<string, number>();
  const targets = new Map<string, number>();
  let inner = false;
  for (const { name, type } of struct.members) {
    if (numberMembers.includes(name)) {
      numbers.set(name, numberOf(types, type) ?? fail(`"${name}" is no number`));
    } else if (name === "key" || name === "value") {
      const pointer = resolveBtf(types, type);
      if (pointer?.kind !== "ptr") return fail(`"${name}" is no pointer`);
      targets.set(name, pointer.type);
      const size = sizeOfBtf(types, pointer.type) ?? fail(`the type of "${name}" has no size`);
      const said = numbers.get(`${name}_size`) ?? size;
      if (said !== size) return fail(`"${name}_size" is ${said}, but the type has ${size} bytes`);
      numbers.set(`${name}_size`, size);
    } else if (name === "values") {
      inner = true;
    } else {
      return fail(`"${displayText(name)}" is unknown`);
    }
  }
  return { numbers, types: targets, inner };
}

const namesByNumber: ReadonlyMap<number, MapTypeName> = new Map(
  (Object.keys(mapTypes) as MapTypeName[]).map((name) => [mapTypes[name].number, name]),
);

/** The kernel's name of a map type, in lower case. */
function kernelTypeName(type: number): string {
  const found = Object.entries(uapi.mapType).find(([, number]) => number === type);
  return found ? found[0].toLowerCase() : `number ${type}`;
}

/** Why no back end takes a map; undefined where one may. */
function whyForeign({ numbers, inner }: Definition): string | undefined {
  const type = numbers.get("type") ?? 0;
  if (!namesByNumber.has(type)) return `maps of type ${kernelTypeName(type)}`;
  if (inner) return "initial values of maps";
  if ((numbers.get("pinning") ?? 0) !== 0) return "pinned maps";
  if ((numbers.get("map_extra") ?? 0) !== 0) return "maps with map_extra";
  return numbers.has("numa_node") ? "maps on a NUMA node" : undefined;
}

/** The layout of a key or value: from its type, or bytes where only the size is known. */
function layoutFor(types: ReadTypes, { numbers, types: targets }: Definition, part: "key" | "value"): Layout {
  const size = numbers.get(`${part}_size`) ?? 0;
  const id = targets.get(part);
  return id === undefined ? arrayLayout(scalarLayouts.u8, size) : layoutOfSize(types, id, size);
}

function knownMap(name: string, types: ReadTypes, definition: Definition): MapSpec {
  const { numbers } = definition;
  const type = namesByNumber.get(numbers.get("type") ?? 0) ?? "hash";
  const row: MapTypeRow = mapTypes[type];
  const entries = numbers.get("max_entries") ?? 0;
  const key = layoutFor(types, definition, "key");
  const untypedIndex = row.keys === "index" && key.size === 4 && key.kind !== "scalar";
  return {
    name,
    type,
    key: row.keys === "none" ? noKey : untypedIndex ? scalarLayouts.u32 : key,
    value: layoutFor(types, definition, "value"),
    maxEntries: row.records ? ringSizeFor(entries) : entries,
    flags: numbers.get("map_flags") ?? 0,
  };
}

function readMap(read: ReadTypes, name: string, id: number): Omit<ReadMap, "offset"> {
  const { types } = read;
  const fail = (why: string): never => refuse(abiDiagnostics.elfMap, `map "${displayText(name)}": ${why}`);
  const struct = resolveBtf(types, id);
  if (struct?.kind !== "struct") return fail("its type is no struct");
  const definition = definitionOf(types, struct, fail);
  const { numbers } = definition;
  if ((numbers.get("type") ?? 0) === 0) return fail("it has no type");
  const why = whyForeign(definition);
  const ids = { key: definition.types.get("key") ?? 0, value: definition.types.get("value") ?? 0 };
  if (why === undefined) return { types: ids, map: { kind: "known", spec: knownMap(name, read, definition) } };
  const map: ForeignMap = {
    name,
    type: numbers.get("type") ?? 0,
    keySize: numbers.get("key_size") ?? 0,
    valueSize: numbers.get("value_size") ?? (definition.inner ? 4 : 0),
    maxEntries: numbers.get("max_entries") ?? 0,
    flags: numbers.get("map_flags") ?? 0,
    why,
  };
  return { types: ids, map: { kind: "foreign", map } };
}

/** The maps of the section, in the order of their places. */
function readSection(read: ReadTypes | undefined, size: number): readonly ReadMap[] {
  if (!read) return refuse(abiDiagnostics.elfMap, "the object has maps, but no BTF that says what they are");
  const { types } = read;
  const section = types.find((one) => one.kind === "datasec" && one.name === ".maps");
  if (section?.kind !== "datasec") return refuse(abiDiagnostics.elfMap, 'the BTF has no section ".maps"');
  const maps = section.variables.map(({ type, offset }) => {
    const variable = types[type - 1];
    if (variable?.kind !== "var") return refuse(abiDiagnostics.elfMap, '".maps" holds something that is no variable');
    const { name } = variable;
    if (offset >= size) refuse(abiDiagnostics.elfMap, `map "${displayText(name)}" lies outside of its section`);
    return { offset, ...readMap(read, name, variable.type) };
  });
  return maps.sort((a, b) => a.offset - b.offset);
}

/** Maps that are symbols of a section without types; numbers as the old form has them, where they lie inside. */
function fromSymbols(file: ElfFile, index: number, section: ElfSection): readonly ReadMap[] {
  const old = section.name === "maps";
  const view = new DataView(section.data.buffer, section.data.byteOffset, section.data.byteLength);
  const own = file.symbols.filter(
    (one) => one.section === index && one.type !== symbolTypes.section && one.name !== "",
  );
  return own.map(({ name, value: offset }) => {
    const word = (part: number): number => {
      const at = offset + part * 4;
      return old && at + 4 <= view.byteLength ? view.getUint32(at, !file.bigEndian) : 0;
    };
    const [type, keySize, valueSize, maxEntries, flags] = [word(0), word(1), word(2), word(3), word(4)] as const;
    const why = old ? 'maps of the old form (section "maps")' : "maps of type struct_ops";
    const map = { name, type: old ? type : uapi.mapType.STRUCT_OPS, keySize, valueSize, maxEntries, flags, why };
    return { offset, types: { key: 0, value: 0 }, map: { kind: "foreign", map } };
  });
}

/** The maps of an object and where they are. @throws DiagnosticError */
export function readMaps(
  file: ElfFile,
  read: ReadTypes | undefined,
): { readonly maps: readonly ReadMap[]; readonly places: MapPlaces } {
  const places = new Map<number, ReadonlyMap<number, string>>();
  const taken = new Set<string>();
  const maps = file.sections.flatMap((section, index) => {
    const typed = section.name === ".maps";
    if ((!typed && !/^(maps|\.struct_ops(\.link)?)$/.test(section.name)) || section.size === 0) return [];
    const found = typed ? readSection(read, section.size) : fromSymbols(file, index, section);
    const names = found.map(
      ({ offset, map }) => [offset, map.kind === "known" ? map.spec.name : map.map.name] as const,
    );
    for (const [, name] of names) {
      if (taken.has(name)) refuse(abiDiagnostics.elfMap, `two maps are called "${displayText(name)}"`);
      taken.add(name);
    }
    places.set(index, new Map(names));
    return found;
  });
  return { maps, places };
}
