// The integers of a context by name, in its bytes: what a run is given and what it leaves, the same for both back ends.
import type { ContextFieldRow } from "@typebpf/abi";
import { loaderError } from "./diagnostics.ts";

/** One integer that a run can set. */
export interface ContextPlace {
  readonly name: string;
  readonly row: ContextFieldRow;
  readonly offset: number;
}

/** The integers of rows; items of arrays as `args[0]`. */
export function contextPlaces(rows: readonly ContextFieldRow[]): readonly ContextPlace[] {
  return rows.flatMap((row): readonly ContextPlace[] => {
    const { as, count, offset, offsets, size } = row;
    if (as === undefined || row.is !== "integer") return [];
    if (count === undefined) return [{ name: as, row, offset }];
    return Array.from({ length: count }, (_, item) => ({
      name: `${as}[${item}]`,
      row,
      offset: offsets?.[item] ?? offset + item * size,
    }));
  });
}

/** Bytes of a field's value: those of the field, or fewer. */
function widthOf({ bits, size }: ContextFieldRow): number {
  return bits === 16 ? 2 : size;
}

function refuseField(name: string, value: unknown, why: string): never {
  throw loaderError("contextField", { message: `context field "${name}" cannot be ${value}`, notes: [why] });
}

/** Writes one integer by name. @throws DiagnosticError BPF6008 for a field that is not there, or does not fit */
export function setContextPlace(
  places: readonly ContextPlace[],
  view: DataView,
  name: string,
  value: number | bigint,
): void {
  const place = places.find((one) => one.name === name);
  if (!place) {
    const notes = [`can be set: ${places.map((one) => one.name).join(", ") || "nothing"}`];
    throw loaderError("contextField", { message: `there is no context field "${name}" to set`, notes });
  }
  const width = widthOf(place.row);
  const whole = typeof value === "bigint" || Number.isInteger(value);
  const fits = whole && [BigInt.asUintN, BigInt.asIntN].some((cut) => cut(width * 8, BigInt(value)) === BigInt(value));
  if (!fits) refuseField(name, value, `the field is an integer of ${width * 8} bits`);
  const bits = BigInt.asUintN(width * 8, BigInt(value));
  const little = place.row.bigEndian !== true;
  if (width === 8) view.setBigUint64(place.offset, bits, little);
  else if (width === 4) view.setUint32(place.offset, Number(bits), little);
  else if (width === 2) view.setUint16(place.offset, Number(bits), little);
  else view.setUint8(place.offset, Number(bits));
}

/** Reads one integer; 64-bit ones are bigints. */
function getContextPlace({ row, offset }: ContextPlace, view: DataView): number | bigint {
  const little = row.bigEndian !== true;
  switch (widthOf(row)) {
    case 8:
      return row.signed ? view.getBigInt64(offset, little) : view.getBigUint64(offset, little);
    case 4:
      return row.signed ? view.getInt32(offset, little) : view.getUint32(offset, little);
    case 2:
      return row.signed ? view.getInt16(offset, little) : view.getUint16(offset, little);
    default:
      return row.signed ? view.getInt8(offset) : view.getUint8(offset);
  }
}

/** The integers that programs may write, by name. */
export function writtenPlaces(
  places: readonly ContextPlace[],
  view: DataView,
): Readonly<Record<string, number | bigint>> {
  const written = places.filter(({ row }) => row.access === "readWrite");
  return Object.fromEntries(written.map((place) => [place.name, getContextPlace(place, view)]));
}
