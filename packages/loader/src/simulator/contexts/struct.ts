// The context of programs without a packet, by its rows: a struct of integers that a run may set by name. The kernel lets
// programs read parts of a field and write it whole (the *_is_valid_access functions, Linux 6.12). A context without rows
// (what an author says that it holds, or of another compiler) is plain memory.
import type { ContextFieldRow } from "@typebpf/abi";
import type { RunInput } from "../../backend.ts";
import { type ContextPlace, contextPlaces, setContextPlace, writtenPlaces } from "../../context-fields.ts";
import { Fault } from "../fault.ts";
import type { ContextAccess } from "../machine.ts";
import { addressHigh, type Memory, segment } from "../memory.ts";

/** Bytes of a context that no row describes: as many as the longest has (a record of an event, a page). */
const PLAIN_BYTES = 4096;

/** A context by rows. One serves all programs of the machine: `begin` says whose turn it is. */
export class StructContext implements ContextAccess {
  readonly image = new Uint8Array(PLAIN_BYTES);
  readonly view = new DataView(this.image.buffer);
  /** Upper half of the context's address. */
  readonly high: number;
  private rows: readonly ContextFieldRow[] = [];
  private places: readonly ContextPlace[] = [];
  private struct = "";

  constructor(memory: Memory) {
    // No plain memory: every access is outside of its zero bytes, and so comes to `load` and `store`.
    this.high = addressHigh(memory.add(segment("context", "the context", new Uint8Array(0), { atomics: false })), 0);
  }

  /** Sets a run up. @throws DiagnosticError BPF6008 for a field that is not there, or does not fit */
  begin(struct: string, rows: readonly ContextFieldRow[], { context = {}, contextBytes }: RunInput): void {
    this.struct = struct;
    this.rows = rows;
    this.places = contextPlaces(rows);
    this.image.fill(0);
    if (contextBytes) this.image.set(contextBytes.subarray(0, PLAIN_BYTES));
    for (const [name, value] of Object.entries(context)) setContextPlace(this.places, this.view, name, value);
  }

  /** The integers that programs may write, by DSL name; 64-bit ones as bigints. */
  output(): Readonly<Record<string, number | bigint>> {
    return writtenPlaces(this.places, this.view);
  }

  private check(access: "read" | "write", offset: number, size: number): void {
    const what = `${access} of ${size} byte${size === 1 ? "" : "s"} at offset ${offset} of the context`;
    if (this.rows.length === 0) {
      if (offset >= 0 && offset + size <= PLAIN_BYTES) return;
      throw new Fault("contextAccess", what, [`the context has at most ${PLAIN_BYTES} bytes`]);
    }
    // Fields may lie in one place, each with its own access.
    const there = this.rows.filter((one) => offset >= one.offset && offset < one.offset + one.size * (one.count ?? 1));
    const [first] = there;
    if (!first) throw new Fault("contextAccess", what, [`such programs have no field of ${this.struct} there`]);
    const row = access === "write" ? there.find((one) => one.access === "readWrite") : first;
    if (!row) throw new Fault("contextAccess", what, [`such programs may only read ${this.struct}.${first.name}`]);
    const inItem = (offset - row.offset) % row.size;
    // Of the record of an event any piece may be read that is aligned (tp_prog_is_valid_access).
    if (this.struct === "trace_entry" && offset % size === 0) return;
    if (offset % size === 0 && inItem + size <= row.size) return;
    throw new Fault("contextAccess", what, [
      `${this.struct}.${row.name} is at ${row.offset} and has ${row.size} bytes`,
    ]);
  }

  load(offset: number, size: number, registers: Int32Array, d: number): void {
    this.check("read", offset, size);
    registers[d + 1] = size === 8 ? this.view.getInt32(offset + 4, true) : 0;
    if (size === 1) registers[d] = this.view.getUint8(offset);
    else if (size === 2) registers[d] = this.view.getUint16(offset, true);
    else registers[d] = this.view.getInt32(offset, true);
  }

  store(offset: number, size: number, low: number, high: number): void {
    this.check("write", offset, size);
    if (size === 1) this.view.setUint8(offset, low);
    else if (size === 2) this.view.setUint16(offset, low, true);
    else this.view.setInt32(offset, low, true);
    if (size === 8) this.view.setInt32(offset + 4, high, true);
  }
}
