// A text that lies behind the fields of an event's record (`__data_loc`), as its context has it. A type only.
import type { RefTo, Schema } from "./schema.ts";

/** A text of an event: `read` copies it. */
export interface EventText {
  /** Bytes, the NUL at the end included. */
  readonly length: number;
  /** A copy, up to its NUL and as long as the schema; the rest is zero. Undefined where it cannot be read. Since Linux 5.5. */
  read<T>(schema: Schema<T>): RefTo<T> | undefined;
}
