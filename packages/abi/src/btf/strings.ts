// The string section of BTF: zero-terminated UTF-8, each text once, in the order of first use; offset 0 is the empty
// text. `.BTF` and `.BTF.ext` of one object share it.

/** Collects the texts of one string section. */
export class BtfStrings {
  readonly #offsets = new Map<string, number>([["", 0]]);
  readonly #parts: Uint8Array[] = [Uint8Array.of(0)];
  readonly #encoder = new TextEncoder();
  #length = 1;

  /** Where a text stands, in bytes. What follows a zero in it is left out. */
  offset(text: string): number {
    const known = this.#offsets.get(text);
    if (known !== undefined) return known;
    const end = text.indexOf("\0");
    if (end >= 0) return this.offset(text.slice(0, end));
    const offset = this.#length;
    const bytes = this.#encoder.encode(`${text}\0`);
    this.#offsets.set(text, offset);
    this.#parts.push(bytes);
    this.#length += bytes.length;
    return offset;
  }

  /** The section as it is now. */
  bytes(): Uint8Array {
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}
