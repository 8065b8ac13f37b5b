// The packet as a filter sees it, and the same in plain JavaScript over given bytes.
import { addressableLayout } from "./define.ts";
import type { RefTo, Schema } from "./schema.ts";
import { viewOf } from "./view.ts";

/** The bytes of the packet. */
export interface Packet {
  /** Length in bytes. */
  readonly length: number;
  /** What lies at `offset`, to read and write in place; undefined where it does not fit into the packet. */
  at<T>(offset: number, schema: Schema<T>): RefTo<T> | undefined;
}

/** The bytes of a packet that the kernel lets no program of the type change. */
export interface ReadonlyPacket {
  /** Length in bytes. */
  readonly length: number;
  /** What lies at `offset`, to read in place; undefined where it does not fit into the packet. */
  at<T>(offset: number, schema: Schema<T>): Readonly<RefTo<T>> | undefined;
}

/** Farthest offset that a packet access may have. */
const MAX_OFFSET = 0xffff;

/** A packet over `bytes`: what the filter writes shows there. */
export function createPacket(bytes: Uint8Array): Packet {
  if (!(bytes instanceof Uint8Array)) throw new TypeError("A packet is made from a Uint8Array");
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Object.freeze({
    length: bytes.byteLength,
    at<T>(offset: number, schema: Schema<T>): RefTo<T> | undefined {
      const layout = addressableLayout(schema, "What a packet is read as");
      const outside =
        !Number.isInteger(offset) || offset < 0 || offset > MAX_OFFSET || offset + layout.size > data.byteLength;
      return outside ? undefined : (viewOf({ layout, data, offset }) as RefTo<T>);
    },
  });
}
