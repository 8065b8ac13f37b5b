// Constant tables as read-only data: the bytes that programs index at run time, each table once. They have a section of
// their own, beside the one of `config`, and no names in user space.
import { type DataSection, sectionContents } from "@typebpf/abi";

const name = ".rodata.tables";

/** Where a table lies, and how its items are read. */
export interface TablePlace {
  readonly section: string;
  readonly offset: number;
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
}

/** Collects the tables of a module's programs. */
export class ReadOnlyData {
  readonly #places = new Map<string, TablePlace>();
  readonly #bytes: number[] = [];

  /** The place of a table with these values. */
  place(values: readonly bigint[]): TablePlace {
    const { size, signed } = widthOf(values);
    const key = `${size} ${values.join()}`;
    const known = this.#places.get(key);
    if (known) return known;
    while (this.#bytes.length % size !== 0) this.#bytes.push(0);
    const place: TablePlace = { section: name, offset: this.#bytes.length, size, signed };
    for (const value of values) {
      for (let byte = 0; byte < size; byte++) this.#bytes.push(Number((value >> BigInt(byte * 8)) & 0xffn));
    }
    this.#places.set(key, place);
    return place;
  }

  /** The section, where there is a table. */
  sections(): readonly DataSection[] {
    if (this.#bytes.length === 0) return [];
    const contents = sectionContents(Uint8Array.from(this.#bytes));
    const size = this.#bytes.length;
    return [{ name, readOnly: true, size, ...(contents !== undefined && { contents }), variables: [] }];
  }
}

/** The narrowest integer that holds all values. */
function widthOf(values: readonly bigint[]): Pick<TablePlace, "size" | "signed"> {
  const signed = values.some((value) => value < 0n);
  for (const size of [1, 2, 4] as const) {
    const fits = (value: bigint): boolean =>
      (signed ? BigInt.asIntN(size * 8, value) : BigInt.asUintN(size * 8, value)) === value;
    if (values.every(fits)) return { size, signed };
  }
  return { size: 8, signed };
}
