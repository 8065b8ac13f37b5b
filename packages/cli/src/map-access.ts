// Maps of a loaded object as JSON: entries in and out by the map's schema, the same on both back ends and in files.
// Values of per-CPU maps are arrays with one value for each CPU; going in, anything but an array is for every CPU.
import { type MapSpec, type MapTypeRow, mapCreateFlags, mapTypes, nearest, type UserOperation } from "@typebpf/abi";
import {
  type AnyMapHandle,
  decode,
  fromJson,
  type Json,
  type MapHandle,
  type PerCpuMapHandle,
  toJson,
  type UpdateMode,
  type Value,
} from "@typebpf/loader";
import { cliError } from "./diagnostics.ts";
import { holdsObjects, type NamedObjects, noObjects, objectJson, objectValue } from "./map-objects.ts";
import { mapTypeName } from "./output/names.ts";

/** An entry as it goes into a document. */
export interface JsonEntry {
  readonly key: Json;
  readonly value: Json;
}

/** Handles of an object's maps by name. */
export type MapHandles = Readonly<Record<string, AnyMapHandle>>;

/** Whether user space can do something with a map. */
function can({ spec }: AnyMapHandle, operation: UserOperation): boolean {
  const { user }: MapTypeRow = mapTypes[spec.type];
  return user.includes(operation);
}

/** The map with entries of that name. @throws DiagnosticError BPF6330 with those there are. */
export function findMap(maps: MapHandles, name: string): AnyMapHandle {
  const found = Object.hasOwn(maps, name) ? maps[name] : undefined;
  const withEntries = Object.values(maps).filter((map) => can(map, "get") || can(map, "set"));
  if (found && withEntries.includes(found)) return found;
  if (found)
    throw cliError("noMap", { message: `"${name}" is a ${mapTypeName(found.spec.type)}, which has no entries` });
  const names = withEntries.map((map) => map.name);
  const near = nearest(name, names);
  throw cliError("noMap", {
    message: `the filter has no map "${name}"`,
    notes: [names.length === 0 ? "it has no maps" : `its maps: ${names.join(", ")}`],
    ...(near !== undefined && { help: `did you mean "${near}"?` }),
  });
}

/** Bytes from one CPU's copy of a value to the next. */
export function copyStride(spec: MapSpec): number {
  return mapTypes[spec.type].perCpu ? Math.ceil(spec.value.size / 8) * 8 : spec.value.size;
}

/** The copies of a value in a back end's buffer: one, or one for each CPU. */
export function copiesOf(map: AnyMapHandle, buffer: Uint8Array): readonly Uint8Array[] {
  const { spec, raw } = map;
  const stride = copyStride(spec);
  return Array.from({ length: raw.copies }, (_, cpu) => buffer.subarray(cpu * stride, cpu * stride + spec.value.size));
}

function isPerCpu(map: AnyMapHandle): map is PerCpuMapHandle<Value, Value, Value, Value> {
  return mapTypes[map.spec.type].perCpu;
}

/** Writes objects, which are named, one by one. */
function writeObjects(
  map: AnyMapHandle,
  entries: readonly JsonEntry[],
  where: string,
  mode: UpdateMode,
  objects: NamedObjects,
): void {
  const { spec, name } = map;
  for (const [index, { key, value }] of entries.entries()) {
    const path = entries.length === 1 ? `${where}${name}` : `${where}${name}[${index}]`;
    const at = decode(spec.key, fromJson(spec.key, key, `${path} key`));
    map.set(at, objectValue(map, value, `${path} value`, objects), mode);
  }
}

/** Writes entries in their JSON form; `objects` are what entries may name. @throws DiagnosticError with the path of what is wrong. */
export function writeEntries(
  map: AnyMapHandle,
  entries: readonly JsonEntry[],
  where: string,
  mode: UpdateMode = 0,
  objects: NamedObjects = noObjects,
): void {
  const { spec, name } = map;
  if (holdsObjects(spec)) {
    writeObjects(map, entries, where, mode, objects);
    return;
  }
  const read = (json: Json, path: string): Value => decode(spec.value, fromJson(spec.value, json, path));
  const all = entries.map(({ key, value }, index) => {
    const path = entries.length === 1 ? `${where}${name}` : `${where}${name}[${index}]`;
    const decoded = decode(spec.key, fromJson(spec.key, key, `${path} key`));
    if (!isPerCpu(map)) return [decoded, read(value, `${path} value`)] as const;
    const copies = Array.isArray(value)
      ? value.map((one: Json, cpu) => read(one, `${path} value of CPU ${cpu}`))
      : new Array<Value>(map.raw.copies).fill(read(value, `${path} value`));
    return [decoded, copies] as const;
  });
  if (mode !== 0) {
    for (const [key, value] of all) map.set(key, value, mode);
    return;
  }
  if (isPerCpu(map)) map.setMany(all as (readonly [Value, Value[]])[]);
  else (map as MapHandle<Value, Value, Value, Value>).setMany(all);
}

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  for (let at = 0; at < left.length; at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareKeys(spec: MapSpec): (left: Uint8Array, right: Uint8Array) => number {
  if (spec.key.kind !== "scalar") return compareBytes;
  return (left, right) => {
    const [a, b] = [decode(spec.key, left), decode(spec.key, right)];
    return a < b ? -1 : a > b ? 1 : 0;
  };
}

/** An entry as bytes. */
export type ByteEntry = readonly [key: Uint8Array, value: Uint8Array];

/** Entries as bytes, ordered by key: all of them, so that both back ends list them alike, or those that are given. */
export function sortedEntries(
  map: AnyMapHandle,
  entries: Iterable<ByteEntry> = map.raw.entries(),
): readonly ByteEntry[] {
  const compare = compareKeys(map.spec);
  return [...entries].sort(([left], [right]) => compare(left, right));
}

/** An entry as a document has it. */
export function jsonEntry(map: AnyMapHandle, [key, buffer]: ByteEntry): JsonEntry {
  const { spec } = map;
  const copies = copiesOf(map, buffer).map((copy) => objectJson(spec, copy));
  return { key: toJson(spec.key, key), value: isPerCpu(map) ? copies : (copies[0] ?? null) };
}

/** All entries of a map as a document has them. */
export function jsonEntries(map: AnyMapHandle): readonly JsonEntry[] {
  return sortedEntries(map).map((entry) => jsonEntry(map, entry));
}

/** Maps whose entries can be visited; records are read once, and some maps do not tell what they hold. */
export function mapsWithEntries(maps: MapHandles): readonly AnyMapHandle[] {
  const isReadable = ({ spec }: AnyMapHandle): boolean => (spec.flags & mapCreateFlags.WRONLY) === 0;
  return Object.values(maps).filter((map) => can(map, "walk") && isReadable(map));
}

/** The contents of all maps with entries by name, as a document has them. */
export function mapDocuments(maps: MapHandles): Record<string, { key: Json; value: Json }[]> {
  return Object.fromEntries(mapsWithEntries(maps).map((map) => [map.name, [...jsonEntries(map)]]));
}
