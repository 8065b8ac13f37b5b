// Whether a map of the kernel is the one that an object declares: type, sizes, number of entries, flags and, where both
// sides know them, the types of keys and values. Each difference is its own diagnostic. What the kernel itself changes
// when it makes a map is no difference (dev_map_alloc_check in kernel/bpf/devmap.c, htab_map_alloc in kernel/bpf/hashtab.c).
import {
  type Diagnostic,
  type DiagnosticRow,
  diagnostic,
  type FieldLayout,
  type Layout,
  type MapSpec,
  type MapTypeRow,
  mapTypes,
  uapi,
} from "@typebpf/abi";
import { objectDiagnostics } from "./diagnostics.ts";
import type { KernelMapInfo, MapLayouts } from "./map-info.ts";
import { mapTypeNameOf } from "./names.ts";

const { RDONLY_PROG, NO_COMMON_LRU } = uapi.mapFlags;
const { DEVMAP, DEVMAP_HASH } = uapi.mapType;

/** Bytes without a shape of their own: what BTF cannot say, or nobody has. */
function isBytes(layout: Layout): boolean {
  return layout.kind === "array" && layout.item.kind === "scalar" && layout.item.size === 1;
}

function fieldDifference(one: FieldLayout, other: FieldLayout): string | undefined {
  if (one.name !== other.name) return `the field "${one.name}" is called "${other.name}" there`;
  if (one.offset !== other.offset || one.bitOffset !== other.bitOffset) {
    return `the field "${one.name}" is at another place there`;
  }
  const inner = layoutDifference(one.layout, other.layout);
  return inner === undefined ? undefined : `${one.name}: ${inner}`;
}

function shown(layout: Layout): string {
  if (layout.kind === "scalar") return layout.name;
  if (layout.kind === "bits") return `${layout.count} bits`;
  return layout.kind === "array" ? `${shown(layout.item)}[${layout.length}]` : `struct ${layout.name}`;
}

/** The first place where two layouts of one size differ, in words. Names of structs do not count, those of fields do. */
export function layoutDifference(one: Layout, other: Layout): string | undefined {
  if (isBytes(one) || isBytes(other))
    return one.size === other.size ? undefined : `${one.size} and ${other.size} bytes`;
  if (one.kind === "struct" && other.kind === "struct") {
    const pairs = one.fields.map((field, index) => [field, other.fields[index]] as const);
    for (const [field, same] of pairs) {
      if (!same) return `the field "${field.name}" is missing there`;
      const difference = fieldDifference(field, same);
      if (difference !== undefined) return difference;
    }
    const more = other.fields[one.fields.length];
    return more === undefined ? undefined : `there is a field "${more.name}" there`;
  }
  if (one.kind === "array" && other.kind === "array" && one.length === other.length)
    return layoutDifference(one.item, other.item);
  const same =
    one.kind === other.kind &&
    one.size === other.size &&
    (one.kind !== "scalar" ||
      other.kind !== "scalar" ||
      (one.bigEndian === other.bigEndian && (one.signed === other.signed || one.size === 1))) &&
    (one.kind !== "bits" || other.kind !== "bits" || one.count === other.count) &&
    one.kind !== "array";
  return same ? undefined : `${shown(one)} here, ${shown(other)} there`;
}

/** Sizes that the kernel has for a map of an object: shared memory has no values there, and queues no keys. */
function kernelSizes({ key, value, type }: MapSpec): { readonly key: number; readonly value: number } {
  const { records, keys, counts }: MapTypeRow = mapTypes[type];
  return { key: keys === "none" ? 0 : key.size, value: records || counts === "pages" ? 0 : value.size };
}

function sameFlags(spec: MapSpec, info: KernelMapInfo): boolean {
  const own = info.typeNumber === DEVMAP || info.typeNumber === DEVMAP_HASH ? RDONLY_PROG : 0;
  return (spec.flags | own) === (info.flags | own);
}

function sameEntries(spec: MapSpec, info: KernelMapInfo, cpus: number): boolean {
  const { holds }: MapTypeRow = mapTypes[spec.type];
  if (spec.maxEntries === info.maxEntries) return true;
  if (holds === "perfEvent" && spec.maxEntries === 0) return info.maxEntries === cpus;
  return (spec.flags & NO_COMMON_LRU) !== 0 && Math.ceil(spec.maxEntries / cpus) * cpus === info.maxEntries;
}

/** What differs between a map of the kernel, which `where` names, and the one that an object declares. */
export function mapDifferences(
  spec: MapSpec,
  info: KernelMapInfo,
  layouts: MapLayouts,
  { cpus, where }: { readonly cpus: number; readonly where: string },
): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const tell = (row: DiagnosticRow, what: string): void => {
    const message = `the map "${spec.name}" is not what ${where} is: ${what}`;
    found.push(diagnostic(row, { message, ...(spec.at && { at: spec.at }) }));
  };
  const { pinnedType, pinnedKey, pinnedValue, pinnedEntries, pinnedFlags, pinnedLayout } = objectDiagnostics;
  const { number } = mapTypes[spec.type];
  const sizes = kernelSizes(spec);
  if (number !== info.typeNumber) tell(pinnedType, `${mapTypeNameOf(number)} here, ${info.type} there`);
  if (sizes.key !== info.keySize) tell(pinnedKey, `keys of ${sizes.key} bytes here, of ${info.keySize} there`);
  if (sizes.value !== info.valueSize)
    tell(pinnedValue, `values of ${sizes.value} bytes here, of ${info.valueSize} there`);
  if (!sameEntries(spec, info, cpus))
    tell(pinnedEntries, `maxEntries ${spec.maxEntries} here, ${info.maxEntries} there`);
  if (!sameFlags(spec, info))
    tell(pinnedFlags, `flags 0x${spec.flags.toString(16)} here, 0x${info.flags.toString(16)} there`);
  if (found.length > 0 || layouts.from !== "btf") return found;
  const key = layoutDifference(spec.key, layouts.key);
  if (key !== undefined) tell(pinnedLayout, `key: ${key}`);
  const value = sizes.value === 0 ? undefined : layoutDifference(spec.value, layouts.value);
  if (value !== undefined) tell(pinnedLayout, `value: ${value}`);
  return found;
}
