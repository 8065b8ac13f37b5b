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
import type { ForeignMap, MapSpec, MapTemplate } from "../object.ts";
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
  /** What the array at the end holds, and where it begins. */
  readonly values?: { readonly offset: number; readonly of: "programs" | Definition };
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
  let values: Definition["values"];
  for (const { name, type, bitOffset } of struct.members) {
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
      values = { offset: bitOffset / 8, of: valuesOf(types, type, fail) };
    } else {
      return fail(`"${displayText(name)}" is unknown`);
    }
  }
  return { numbers, types: targets, ...(values && { values }) };
}

/** An array of pointers to functions, or to a struct that says what an inner map is. */
function valuesOf(types: readonly BtfType[], id: number, fail: (why: string) => never): "programs" | Definition {
  const array = resolveBtf(types, id);
  const pointer = array?.kind === "array" ? resolveBtf(types, array.type) : undefined;
  const target = pointer?.kind === "ptr" ? resolveBtf(types, pointer.type) : undefined;
  if (target?.kind === "func_proto") return "programs";
  if (target?.kind !== "struct") return fail('"values" is no array of pointers to functions or maps');
  const inner = definitionOf(types, target, fail);
  return inner.values ? fail("its inner maps have inner maps") : inner;
}

const namesByNumber: ReadonlyMap<number, MapTypeName> = new Map(
  (Object.keys(mapTypes) as MapTypeName[]).map((name) => [mapTypes[name].number, name]),
);

/** The kernel's name of a map type, in lower case. */
function kernelTypeName(type: number): string {
  const found = Object.entries(uapi.mapType).find(([, number]) => number === type);
  return found ? found[0].toLowerCase() : `number ${type}`;
}

/** What the slots of the array at the end hold when the object is loaded, by number. */
type Contents = ReadonlyMap<number, string>;

/** Why no back end takes a map; undefined where one may. */
function whyForeign({ numbers, values }: Definition, contents: Contents): string | undefined {
  const type = numbers.get("type") ?? 0;
  const name = namesByNumber.get(type);
  if (name === undefined) return `maps of type ${kernelTypeName(type)}`;
  const row: MapTypeRow = mapTypes[name];
  const isExpected = values?.of === "programs" ? row.holds === "program" : row.holds === "map" && contents.size === 0;
  if (values && !isExpected) return "initial values of maps";
  if ([...contents.values()].includes("")) return "initial values of maps";
  if ((numbers.get("pinning") ?? 0) !== 0) return "pinned maps";
  if ((numbers.get("map_extra") ?? 0) !== 0 && !row.extra) return "maps with map_extra";
  if (numbers.has("numa_node")) return "maps on a NUMA node";
  return values && values.of !== "programs" ? whyForeign(values.of, new Map()) : undefined;
}

/** The layout of a key or value: from its type, or bytes where only the size is known. */
function layoutFor(types: ReadTypes, { numbers, types: targets }: Definition, part: "key" | "value"): Layout {
  const size = numbers.get(`${part}_size`) ?? 0;
  const id = targets.get(part);
  return id === undefined ? arrayLayout(scalarLayouts.u8, size) : layoutOfSize(types, id, size);
}

function knownMap(name: string, types: ReadTypes, definition: Definition, contents: Contents): MapSpec {
  const { values } = definition;
  const slots = contents.size === 0 ? 0 : Math.max(...contents.keys()) + 1;
  const programs = Array.from({ length: slots }, (_, slot) => contents.get(slot) ?? null);
  return {
    name,
    ...templateOf(types, definition),
    ...(values && values.of !== "programs" && { inner: templateOf(types, values.of) }),
    ...(slots > 0 && { programs }),
  };
}

function templateOf(types: ReadTypes, definition: Definition): MapTemplate {
  const { numbers } = definition;
  const type = namesByNumber.get(numbers.get("type") ?? 0) ?? "hash";
  const row: MapTypeRow = mapTypes[type];
  const entries = numbers.get("max_entries") ?? 0;
  const key = layoutFor(types, definition, "key");
  const untypedIndex = row.keys === "index" && key.size === 4 && key.kind !== "scalar";
  const extra = numbers.get("map_extra") ?? 0;
  return {
    type,
    key: row.keys === "none" ? noKey : untypedIndex ? scalarLayouts.u32 : key,
    value: layoutFor(types, definition, "value"),
    maxEntries: row.records ? ringSizeFor(entries) : entries,
    flags: numbers.get("map_flags") ?? 0,
    ...(extra !== 0 && { extra }),
  };
}

/** Names of what the relocations of a map say; empty for what has none. */
function contentsOf(file: ElfFile, section: number, start: number): Contents {
  const inside = (file.relocations.get(section) ?? []).filter(({ offset }) => offset >= start);
  return new Map(inside.map(({ offset, symbol }) => [(offset - start) / 8, file.symbols[symbol]?.name ?? ""]));
}

type Place = { readonly file: ElfFile; readonly section: number; readonly start: number; readonly end: number };

function readMap(read: ReadTypes, name: string, id: number, place: Place): Omit<ReadMap, "offset"> {
  const { types } = read;
  const fail = (why: string): never => refuse(abiDiagnostics.elfMap, `map "${displayText(name)}": ${why}`);
  const struct = resolveBtf(types, id);
  if (struct?.kind !== "struct") return fail("its type is no struct");
  const definition = definitionOf(types, struct, fail);
  const { numbers } = definition;
  if ((numbers.get("type") ?? 0) === 0) return fail("it has no type");
  const { file, section, start, end } = place;
  const all = contentsOf(file, section, start + (definition.values?.offset ?? 0));
  const contents = new Map([...all].filter(([slot]) => start + (definition.values?.offset ?? 0) + slot * 8 < end));
  const why = whyForeign(definition, contents);
  const ids = { key: definition.types.get("key") ?? 0, value: definition.types.get("value") ?? 0 };
  if (why === undefined)
    return { types: ids, map: { kind: "known", spec: knownMap(name, read, definition, contents) } };
  const map: ForeignMap = {
    name,
    type: numbers.get("type") ?? 0,
    keySize: numbers.get("key_size") ?? 0,
    valueSize: numbers.get("value_size") ?? (definition.values ? 4 : 0),
    maxEntries: numbers.get("max_entries") ?? 0,
    flags: numbers.get("map_flags") ?? 0,
    why,
  };
  return { types: ids, map: { kind: "foreign", map } };
}

/** The maps of the section, in the order of their places. */
function readSection(file: ElfFile, index: number, read: ReadTypes | undefined): readonly ReadMap[] {
  const size = file.sections[index]?.size ?? 0;
  if (!read) return refuse(abiDiagnostics.elfMap, "the object has maps, but no BTF that says what they are");
  const { types } = read;
  const section = types.find((one) => one.kind === "datasec" && one.name === ".maps");
  if (section?.kind !== "datasec") return refuse(abiDiagnostics.elfMap, 'the BTF has no section ".maps"');
  const maps = section.variables.map(({ type, offset, size: bytes }) => {
    const variable = types[type - 1];
    if (variable?.kind !== "var") return refuse(abiDiagnostics.elfMap, '".maps" holds something that is no variable');
    const { name } = variable;
    if (offset >= size) refuse(abiDiagnostics.elfMap, `map "${displayText(name)}" lies outside of its section`);
    const place = { file, section: index, start: offset, end: offset + bytes };
    return { offset, ...readMap(read, name, variable.type, place) };
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
    const found = typed ? readSection(file, index, read) : fromSymbols(file, index, section);
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
