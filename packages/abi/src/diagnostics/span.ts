// Where something stands in a source file. Lines and columns count from 1, columns and lengths in UTF-16 code
// units, as editors do. `file` is relative to the nearest package.json, with `/`, so that objects are reproducible.

/** A range on one line of a source file. */
export interface Span {
  /** Path as shown to the user: relative to the package, forward slashes. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
  /** In UTF-16 code units; at least 1; never past the end of the line. */
  readonly length: number;
}
