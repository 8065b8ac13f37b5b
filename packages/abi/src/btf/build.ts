// Makes lists of types: equal ones are added once, so that what is built from equal input is equal, byte for byte.
import type { BtfId, BtfType } from "./types.ts";

/** A list of types that grows. */
export class BtfBuilder {
  readonly types: BtfType[] = [];
  readonly #known = new Map<string, BtfId>();

  /** The id of a type; one that is there already keeps its own. */
  add(type: BtfType): BtfId {
    const key = JSON.stringify(type, (_, value) => (typeof value === "bigint" ? `${value}n` : value));
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const id = this.types.push(type);
    this.#known.set(key, id);
    return id;
  }
}
