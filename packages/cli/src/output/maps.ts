// Contents of maps for people: one table for each map, structs spread over columns, per-CPU values one row for each CPU.
// Entries of arrays that are all zero are left out, and said so. u32be values are shown as IPv4 addresses, six bytes as a
// MAC address: both can be typed in the same way.
import { type Layout, type MapTypeRow, mapTypes, prefixAddress } from "@typebpf/abi";
import { type AnyMapHandle, decode, toHex, type Value } from "@typebpf/loader";
import { type ByteEntry, copiesOf, type MapHandles, mapsWithEntries, sortedEntries } from "../map-access.ts";
import { mapTypeName } from "./names.ts";
import { counted, type Styles } from "./style.ts";
import { type Column, formatTable } from "./table.ts";

/** Rows of one map that are printed; --json has all of them. */
const mostRows = 40;

function scalarText(layout: Layout, value: number | bigint): string {
  if (layout.kind !== "scalar" || layout.name !== "u32be") return `${value}`;
  return [24, 16, 8, 0].map((shift) => (Number(value) >>> shift) & 0xff).join(".");
}

/** A value on one line. */
export function valueText(layout: Layout, value: Value): string {
  if (typeof value === "number" || typeof value === "bigint") return scalarText(layout, value);
  if (value instanceof Uint8Array) return toHex(value).replace(/(..)(?=.)/g, value.length === 6 ? "$1:" : "$1");
  if (layout.kind === "array" && Array.isArray(value)) {
    return `[${value.map((item: Value) => valueText(layout.item, item)).join(", ")}]`;
  }
  if (layout.kind !== "struct") return String(value);
  const members = value as Readonly<Record<string, Value>>;
  const shown = layout.fields.map((field) => `${field.name}: ${valueText(field.layout, members[field.name] ?? 0)}`);
  return `{ ${shown.join(", ")} }`;
}

interface Cells {
  readonly columns: readonly Column[];
  cells(bytes: Uint8Array): readonly string[];
}

/** Prefixes of IPv4 addresses take one column, as they can be typed. */
function keyCells(layout: Layout): Cells {
  const address = prefixAddress(layout);
  if (address?.kind !== "scalar") return cellsOf("key", layout);
  return {
    columns: [{ title: "key", align: "left" }],
    cells: (bytes) => {
      const { prefixLength, address: value = 0 } = decode(layout, bytes) as Readonly<Record<string, Value>>;
      return [`${valueText(address, value)}/${prefixLength}`];
    },
  };
}

/** A struct takes a column for each field, anything else one. */
function cellsOf(title: string, layout: Layout): Cells {
  const align = (one: Layout): "left" | "right" =>
    one.kind === "bits" || (one.kind === "scalar" && one.name !== "u32be") ? "right" : "left";
  if (layout.kind !== "struct") {
    return {
      columns: [{ title, align: align(layout) }],
      cells: (bytes) => [valueText(layout, decode(layout, bytes))],
    };
  }
  return {
    columns: layout.fields.map((field) => ({ title: field.name, align: align(field.layout) })),
    cells: (bytes) => {
      const members = decode(layout, bytes) as Readonly<Record<string, Value>>;
      return layout.fields.map((field) => valueText(field.layout, members[field.name] ?? 0));
    },
  };
}

interface Row {
  readonly key: Uint8Array;
  readonly copy: Uint8Array;
  readonly cpu: number;
}

/** Whether every entry always exists, as in arrays of values; those of arrays of objects come and go. */
function isFixed({ spec }: AnyMapHandle): boolean {
  const { keys, user }: MapTypeRow = mapTypes[spec.type];
  return keys === "index" && !user.includes("delete");
}

/** The copies worth a row: of an array those that are not zero, of other per-CPU maps the first as well if all are zero. */
function rowsOf(map: AnyMapHandle): readonly Row[] {
  const { perCpu } = mapTypes[map.spec.type];
  const fixed = isFixed(map);
  return sortedEntries(map).flatMap(([key, buffer]) => {
    const copies = copiesOf(map, buffer).map((copy, cpu) => ({ key, copy, cpu }));
    if (!fixed && !perCpu) return copies;
    const written = copies.filter(({ copy }) => copy.some((byte) => byte !== 0));
    return written.length === 0 && !fixed ? copies.slice(0, 1) : written;
  });
}

function formatRows({ spec }: AnyMapHandle, rows: readonly Row[], styles: Styles): string {
  const { perCpu } = mapTypes[spec.type];
  const key = keyCells(spec.key);
  const value = cellsOf("value", spec.value);
  const columns = [...key.columns, ...(perCpu ? [{ title: "cpu", align: "right" } as const] : []), ...value.columns];
  const cells = rows.map(({ key: bytes, copy, cpu }) => [
    ...key.cells(bytes),
    ...(perCpu ? [`${cpu}`] : []),
    ...value.cells(copy),
  ]);
  return formatTable(columns, cells, styles);
}

/** Entries as a table, with a row for each CPU where there are several values. */
export function formatEntries(map: AnyMapHandle, entries: readonly ByteEntry[], styles: Styles): string {
  const rows = entries.flatMap(([key, buffer]) => copiesOf(map, buffer).map((copy, cpu) => ({ key, copy, cpu })));
  return formatRows(map, rows, styles);
}

/** One map as text, with a title. */
export function formatMap(map: AnyMapHandle, styles: Styles): string {
  const { spec } = map;
  const fixed = isFixed(map);
  const rows = rowsOf(map);
  const kind = mapTypeName(spec.type);
  const entries = new Set(rows.map((row) => row.key)).size;
  const what = fixed ? `${spec.maxEntries} entries, those not zero` : `${entries} of ${spec.maxEntries} entries`;
  const title = `${styles.title(spec.name)} ${styles.faint(`(${kind}, ${what})`)}\n`;
  if (rows.length === 0) return `${title}${fixed ? "all zero" : "empty"}\n`;
  const cells = rows.slice(0, mostRows);
  const more = rows.length - cells.length;
  const rest = more > 0 ? styles.faint(`… ${counted(more, "more row")}; --json has all of them\n`) : "";
  return title + formatRows(map, cells, styles) + rest;
}

/** All maps with entries as text, a blank line before each. */
export function formatMaps(maps: MapHandles, styles: Styles): string {
  return mapsWithEntries(maps)
    .map((map) => `\n${formatMap(map, styles)}`)
    .join("");
}
