// `.BTF` and `.BTF.ext` of an object: its types, the definitions of its maps as libbpf reads them, and for the code of
// each section where functions begin and lines change. The relocations are those that compilers write; offsets stand in
// place already, and every relocation is against the start of a section, so that doing them changes nothing.
import { BtfBuilder } from "../../btf/build.ts";
import { codeInfo, SourceLines } from "../../btf/code-info.ts";
import { BTF_HEADER_BYTES, encodeBtf } from "../../btf/encode.ts";
import { type ExtFunction, type ExtLine, type ExtSection, encodeBtfExt } from "../../btf/ext.ts";
import { btfInteger, layoutType } from "../../btf/from-layout.ts";
import { btfName } from "../../btf/names.ts";
import { objectTypes } from "../../btf/object-types.ts";
import { BtfStrings } from "../../btf/strings.ts";
import { type BtfId, type BtfMember, type BtfType, btfKinds, type ObjectTypes } from "../../btf/types.ts";
import { mapTypes } from "../../kernel/map-types.ts";
import type { MapTypeRow } from "../../kernel/maps/row.ts";
import type { BpfObject, FunctionSpec, MapSpec, MapTemplate } from "../object.ts";

/** A word of `.BTF` or `.BTF.ext` that counts from the start of a section. */
export interface SectionOffset {
  /** Of the word, in bytes. */
  readonly at: number;
  /** Name of the section. */
  readonly section: string;
}

/** The functions of one section in order, each with its place in bytes. */
export interface PlacedCode {
  readonly section: string;
  readonly functions: readonly { readonly code: FunctionSpec; readonly start: number }[];
}

/** A map's place in ".maps", and the places there of the programs that lie in its slots. */
export interface PlacedMap {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly programs: readonly { readonly offset: number; readonly name: string }[];
}

/** The two sections, and the place of each map in ".maps". */
export interface WrittenBtf {
  readonly btf: Uint8Array;
  readonly btfOffsets: readonly SectionOffset[];
  readonly ext: Uint8Array;
  readonly extOffsets: readonly SectionOffset[];
  readonly maps: readonly PlacedMap[];
}

/** `__uint(name, value)` of libbpf's bpf_helpers.h. */
function numberMember(
  builder: BtfBuilder,
  name: string,
  value: number,
): { readonly name: string; readonly type: BtfId } {
  // The kernel refuses arrays of 4 GiB and more (btf_array_resolve); only their length counts here.
  const type = builder.add(value < 2 ** 30 ? btfInteger(4, true) : btfInteger(1, false));
  const index = builder.add({ ...btfInteger(4, false), name: "__ARRAY_SIZE_TYPE__" });
  const array = builder.add({ kind: "array", type, index, length: value });
  return { name, type: builder.add({ kind: "ptr", type: array }) };
}

interface KeyAndValue {
  readonly key: BtfId;
  readonly value: BtfId;
}

/** `__array(values, …)` of libbpf's bpf_helpers.h: pointers to functions, or to what an inner map is. */
function valuesMember(builder: BtfBuilder, { type, inner, programs }: Partial<MapSpec>) {
  const holds = inner ? templateType(builder, inner) : type === "progArray" && programs ? functionType(builder) : 0;
  if (holds === 0) return [];
  const item = builder.add({ kind: "ptr", type: holds });
  const index = builder.add({ ...btfInteger(4, false), name: "__ARRAY_SIZE_TYPE__" });
  return [{ name: "values", type: builder.add({ kind: "array", type: item, index, length: 0 }) }];
}

function functionType(builder: BtfBuilder): BtfId {
  const context = builder.add({ kind: "ptr", type: 0 });
  return builder.add({
    kind: "func_proto",
    type: builder.add(btfInteger(4, true)),
    parameters: [{ name: "", type: context }],
  });
}

function templateType(builder: BtfBuilder, inner: MapTemplate): BtfId {
  const types = { key: layoutType(builder, inner.key), value: layoutType(builder, inner.value) };
  return builder.add(definition(builder, inner, types));
}

function definition(builder: BtfBuilder, map: MapTemplate & Partial<MapSpec>, types: KeyAndValue): BtfType {
  const { number, keys, records, counts }: MapTypeRow = mapTypes[map.type];
  const pointer = (name: string, type: BtfId) => ({ name, type: builder.add({ kind: "ptr", type }) });
  const members = [numberMember(builder, "type", number), numberMember(builder, "max_entries", map.maxEntries)];
  if (keys !== "none") members.push(pointer("key", types.key));
  // The kernel wants no size of values from maps of records and pages.
  if (!records && counts !== "pages") members.push(pointer("value", types.value));
  if (map.flags !== 0) members.push(numberMember(builder, "map_flags", map.flags));
  if (map.extra !== undefined) members.push(numberMember(builder, "map_extra", map.extra));
  members.push(...valuesMember(builder, map));
  const placed = members.map((one, index): BtfMember => ({ ...one, bitOffset: index * 64, bitSize: 0 }));
  // The array at the end has no length of its own.
  const sized = members.filter(({ name }) => name !== "values").length;
  return { kind: "struct", name: "", size: sized * 8, members: placed };
}

function addMaps(builder: BtfBuilder, object: BpfObject, types: ObjectTypes): WrittenBtf["maps"] {
  const ids = new Map(types.maps.map((one) => [one.name, one]));
  let size = 0;
  const placed = object.maps.map((map) => {
    const struct = definition(builder, map, ids.get(map.name) ?? { key: 0, value: 0 });
    const values = "size" in struct ? struct.size : 0;
    const bytes = values + (map.programs?.length ?? 0) * 8;
    const variable = { kind: "var", name: btfName(map.name), type: builder.add(struct), linkage: "global" } as const;
    const programs = (map.programs ?? []).flatMap((name, slot) =>
      name === null ? [] : [{ offset: size + values + slot * 8, name }],
    );
    const entry = { name: map.name, type: builder.add(variable), offset: size, size: bytes, programs };
    size += bytes;
    return entry;
  });
  if (placed.length > 0) {
    const variables = placed.map(({ type, offset, size: bytes }) => ({ type, offset, size: bytes }));
    builder.add({ kind: "datasec", name: ".maps", size, variables });
  }
  return placed;
}

function extOf(codes: readonly PlacedCode[], object: BpfObject, types: ObjectTypes) {
  const sources = new SourceLines(object.sources);
  const functions: ExtSection<ExtFunction>[] = [];
  const lines: ExtSection<ExtLine>[] = [];
  for (const { section, functions: all } of codes) {
    const infos = all.map(({ code, start }) => {
      const { name, insns, lines: entries, stackBytes } = code;
      const flat = { insns, relocations: [], lines: entries, functions: [{ name, slot: 0, stackBytes }] };
      return { start, info: codeInfo(flat, types, sources) };
    });
    const starts = infos.flatMap(({ start, info }) =>
      info.functions.map(({ slot, type }) => ({ offset: start + slot * 8, type })),
    );
    const places = infos.flatMap(({ start, info }) =>
      info.lines.map(({ slot, ...line }) => ({ offset: start + slot * 8, ...line })),
    );
    if (starts.length > 0) functions.push({ name: section, records: starts });
    if (places.length > 0) lines.push({ name: section, records: places });
  }
  return { functions, lines, relocations: [] };
}

/** How many `each` parts of its row a type has. */
function lengthOf(type: BtfType): number {
  switch (type.kind) {
    case "struct":
    case "union":
      return type.members.length;
    case "enum":
    case "enum64":
      return type.values.length;
    case "func_proto":
      return type.parameters.length;
    case "datasec":
      return type.variables.length;
    default:
      return 0;
  }
}

function offsetsInTypes(types: readonly BtfType[]): readonly SectionOffset[] {
  const offsets: SectionOffset[] = [];
  let at = BTF_HEADER_BYTES;
  for (const type of types) {
    const row = btfKinds[type.kind];
    if (type.kind === "datasec") {
      for (const index of type.variables.keys()) offsets.push({ at: at + 12 + index * 12 + 4, section: type.name });
    }
    at += 12 + row.fixed + row.each * lengthOf(type);
  }
  return offsets;
}

function offsetsInExt(bytes: Uint8Array, ext: ReturnType<typeof extOf>): readonly SectionOffset[] {
  const view = new DataView(bytes.buffer);
  const header = view.getUint32(4, true);
  const parts = [ext.functions, ext.lines] as const;
  return parts.flatMap((sections, part) => {
    // Each part begins with the size of its records; each section with its name and the number of records.
    let at = header + view.getUint32(8 + part * 8, true);
    if (sections.length === 0) return [];
    const record = view.getUint32(at, true);
    at += 4;
    return sections.flatMap(({ name, records }) => {
      const first = at + 8;
      at = first + records.length * record;
      return records.map((_, index) => ({ at: first + index * record, section: name }));
    });
  });
}

/** Writes both sections. */
export function writeBtf(object: BpfObject, codes: readonly PlacedCode[]): WrittenBtf {
  const { btf: _, ...derived } = object;
  const types = objectTypes(derived);
  const builder = new BtfBuilder();
  for (const type of types.types) builder.add(type);
  const maps = addMaps(builder, object, types);
  const strings = new BtfStrings();
  const records = extOf(codes, object, types);
  const ext = encodeBtfExt(records, strings);
  const btf = encodeBtf(builder.types, { strings });
  return { btf, btfOffsets: offsetsInTypes(builder.types), ext, extOffsets: offsetsInExt(ext, records), maps };
}
