// What the kernel tells about a map (struct bpf_map_info), and how its keys and values lie in memory: by its BTF where it
// has some, else as integers where the map's type says what they are, else as bytes.
import {
  arrayLayout,
  BtfLayouts,
  cpuLayout,
  deviceLayout,
  type Layout,
  type MapTypeName,
  type MapTypeRow,
  mapTypes,
  noKey,
  prefixAddress,
  scalarLayouts,
  socketLayout,
  structLayout,
} from "@typebpf/abi";
import type { Sys } from "../sys.ts";
import type { BtfCache, KernelBtfTypes } from "./btf.ts";
import { fdFields, memoryOf } from "./fdinfo.ts";
import { readInfo } from "./info.ts";
import { objectLayouts } from "./layouts.ts";
import { mapTypeNameOf } from "./names.ts";

/** Facts about a map in the kernel. */
export interface KernelMapInfo {
  readonly id: number;
  /** The kernel's name of the type in lower case, as `bpftool` prints it; the number where it is not known. */
  readonly type: string;
  /** `BPF_MAP_TYPE_*` */
  readonly typeNumber: number;
  /** At most 15 bytes. */
  readonly name: string;
  /** Bytes. */
  readonly keySize: number;
  /** Bytes of one value; of a per-CPU map of one copy. */
  readonly valueSize: number;
  readonly maxEntries: number;
  /** `BPF_F_*` */
  readonly flags: number;
  /** What some types have beyond that: number of hash functions of a Bloom filter. */
  readonly extra: bigint;
  /** Bytes of memory that it takes, if the kernel tells. */
  readonly memoryBytes: number | undefined;
  /** User space can write no more. */
  readonly frozen: boolean;
  /** Types of its keys and values by id; 0 where there is none. */
  readonly btf: { readonly object: number; readonly key: number; readonly value: number };
}

/** How keys and values lie in memory. */
export interface MapLayouts {
  readonly key: Layout;
  readonly value: Layout;
  /** Where that is known from: the map's BTF, a schema of the caller's, or only the sizes. */
  readonly from: "btf" | "schema" | "sizes";
}

/** Facts about the map behind a descriptor, or a negative errno. */
export function readMap(sys: Sys, fd: number): KernelMapInfo | number {
  const info = readInfo(sys, fd, objectLayouts.map);
  if (typeof info === "number") return info;
  const typeNumber = info.get("type");
  return {
    id: info.get("id"),
    type: mapTypeNameOf(typeNumber),
    typeNumber,
    name: info.text("name"),
    keySize: info.get("key_size"),
    valueSize: info.get("value_size"),
    maxEntries: info.get("max_entries"),
    flags: info.get("map_flags"),
    extra: info.wide("map_extra"),
    memoryBytes: memoryOf(fd),
    frozen: fdFields(fd).get("frozen") === "1",
    btf: { object: info.get("btf_id"), key: info.get("btf_key_type_id"), value: info.get("btf_value_type_id") },
  };
}

/** The name of the row of a map type. */
export function mapTypeRowName(number: number): MapTypeName | undefined {
  return (Object.keys(mapTypes) as MapTypeName[]).find((name) => mapTypes[name].number === number);
}

/** What user space reads of the objects that a map holds, where no BTF says so. */
function heldLayout(row: MapTypeRow | undefined, size: number): Layout | undefined {
  if (row?.holds === undefined) return undefined;
  if (size === 4) return scalarLayouts.u32;
  const wide = { device: deviceLayout, cpu: cpuLayout, socket: socketLayout };
  const layout = row.holds in wide ? wide[row.holds as keyof typeof wide] : undefined;
  return layout?.size === size ? layout : undefined;
}

function bytesOf(size: number): Layout {
  return size === 0 ? noKey : arrayLayout(scalarLayouts.u8, size);
}

function fromBtf(btf: KernelBtfTypes | undefined, type: number, size: number): Layout | undefined {
  if (!btf || type === 0) return undefined;
  const layout = new BtfLayouts(btf.types).layout(type);
  return layout?.size === size ? layout : undefined;
}

/** Addresses of tries are compared from their first byte on, whatever C calls them. */
const addressOrder: Readonly<Record<string, Layout>> = { u32: scalarLayouts.u32be, u64: scalarLayouts.u64be };

/** The key of a trie under the names that prefixes have here, so that it can be written as one. */
function prefixLayout(layout: Layout | undefined, size: number): Layout {
  const bytes = structLayout("prefix", { prefixLength: scalarLayouts.u32, address: bytesOf(Math.max(1, size - 4)) });
  if (layout?.kind !== "struct" || prefixAddress(layout)) return layout ?? bytes;
  const [length, address] = layout.fields;
  const whole = layout.fields.length === 2 && length?.offset === 0 && address?.offset === 4 && !layout.union;
  if (!whole || length.layout.kind !== "scalar" || length.layout.name !== "u32") return layout;
  const inner =
    address.layout.kind === "scalar" ? (addressOrder[address.layout.name] ?? address.layout) : address.layout;
  return {
    ...layout,
    fields: [
      { ...length, name: "prefixLength" },
      { ...address, name: "address", layout: inner },
    ],
  };
}

/** How keys and values of a map lie in memory. */
export function layoutsOf(info: KernelMapInfo, cache: BtfCache): MapLayouts {
  const { typeNumber, keySize, valueSize, btf } = info;
  const types = cache.get(btf.object);
  const name = mapTypeRowName(typeNumber);
  const row: MapTypeRow | undefined = name && mapTypes[name];
  const [key, value] = [fromBtf(types, btf.key, keySize), fromBtf(types, btf.value, valueSize)];
  const index = row?.keys === "index" && keySize === 4 ? scalarLayouts.u32 : undefined;
  const plainKey = index ?? key ?? bytesOf(keySize);
  return {
    key: row?.keys === "prefix" && keySize > 4 ? prefixLayout(key, keySize) : plainKey,
    value: value ?? heldLayout(row, valueSize) ?? bytesOf(valueSize),
    from: key || value ? "btf" : "sizes",
  };
}
