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

/** Where a program sent its packet by a map, or which socket it chose. */
export interface MapRedirect {
  readonly map: string;
  /** The index; 0 where the key is no number of 32 bits. */
  readonly key: number;
  /** The key as it lies in memory, of maps of sockets. */
  readonly keyBytes?: Uint8Array;
  /** What the program said beside that: `RedirectMap` of the DSL. */
  readonly flags: number;
}
