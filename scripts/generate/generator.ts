// What a generator is: a function without input of its own that returns one file's whole text. The same repository
// state gives the same bytes.

/** One generated file. */
export interface GeneratedFile {
  /** Relative to the repository's root, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Makes one file from the tables. */
export type Generator = () => GeneratedFile | Promise<GeneratedFile>;
