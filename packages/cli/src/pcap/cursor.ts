// A position in the bytes of a capture. Every read is checked against the end of the file first, so that a wrong length
// is a diagnostic with packet and offset, never a read outside or an allocation.
import type { DiagnosticError } from "@typebpf/abi";
import { type CliDiagnosticName, cliError } from "../diagnostics.ts";

/** Which packet is being read, from 1; shared with the caller that counts. */
export interface Position {
  packet: number;
}

/** The bytes of a capture and how far they have been read. */
export class Cursor {
  readonly name: string;
  readonly view: DataView;
  readonly size: number;
  offset = 0;
  private readonly bytes: Uint8Array;
  private readonly position: Position;

  constructor(bytes: Uint8Array, name: string, position: Position) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.size = bytes.length;
    this.name = name;
    this.position = position;
  }

  /** Bytes that are left. */
  get left(): number {
    return this.size - this.offset;
  }

  /** An error at a packet and an offset, by default the present ones. */
  error(row: CliDiagnosticName, what: string, offset = this.offset): DiagnosticError {
    const message = `${this.name}: packet ${this.position.packet}, at byte ${offset}: ${what}`;
    return cliError(row, { message });
  }

  /** Makes sure that `count` more bytes are there. */
  need(count: number, what: string): void {
    if (count > this.left)
      throw this.error("truncated", `${what} takes ${count} bytes, but only ${this.left} are left`);
  }

  /** A view of the next `count` bytes, and goes on behind them. */
  take(count: number, what: string): Uint8Array {
    this.need(count, what);
    const taken = this.bytes.subarray(this.offset, this.offset + count);
    this.offset += count;
    return taken;
  }
}
