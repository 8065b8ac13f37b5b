// What a run of a program did beside its verdict, as the simulator reports it.

/** A line that a program traced, as the trace pipe would show it. */
export interface TraceEvent {
  /** The whole line, formatted. */
  readonly text: string;
  /** What it was made from: the format of printf with `%lld` and the like. */
  readonly format: string;
  /** The values of the line in order, unsigned 64 bits as the registers had them. */
  readonly values: readonly bigint[];
}

/** Where a program sent its packet by a map. */
export interface MapRedirect {
  readonly map: string;
  readonly key: number;
  /** What the program said beside that: `RedirectMap` of the DSL. */
  readonly flags: number;
}
