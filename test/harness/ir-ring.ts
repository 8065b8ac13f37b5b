// Ring buffers for the IR interpreter, written apart from the simulator's so that they can disagree: a list of records.
// Nothing is read during a run, so room is what all records so far leave of the ring.
import type { MapSpec } from "@typebpf/abi";

/** One record, with what may be written into while it is open. */
export interface IrRecord {
  readonly bytes: Uint8Array;
  state: "open" | "submitted" | "discarded";
}

/** A ring as the interpreter's helpers see it. */
export class IrRing {
  readonly spec: MapSpec;
  readonly #records: IrRecord[] = [];

  constructor(spec: MapSpec) {
    this.spec = spec;
  }

  get #used(): number {
    return this.#records.reduce((sum, { bytes }) => sum + 8 + Math.ceil(bytes.length / 8) * 8, 0);
  }

  /** A new open record, or undefined; it holds whatever was there, so that reading before writing shows. */
  reserve(size: number): IrRecord | undefined {
    const record: IrRecord = { bytes: new Uint8Array(size).fill(0xa5), state: "open" };
    this.#records.push(record);
    if (this.#used < this.spec.maxEntries) return record;
    this.#records.pop();
    return undefined;
  }

  /** 0, EINVAL, or EAGAIN. */
  output(bytes: Uint8Array, flags: bigint): number {
    if (flags > 3n) return -22;
    const record = this.reserve(bytes.length);
    if (!record) return -11;
    record.bytes.set(bytes);
    record.state = "submitted";
    return 0;
  }

  /** Bytes taken, the size, and the positions of who reads and who writes. */
  query(what: bigint): number {
    return [this.#used, this.spec.maxEntries, 0, this.#used][Number(what)] ?? 0;
  }

  /** The records for user space, in order. @throws Error where one was never released. */
  submitted(): readonly Uint8Array[] {
    if (this.#records.some(({ state }) => state === "open"))
      throw new Error(`a record of ${this.spec.name} was not released`);
    return this.#records.filter(({ state }) => state === "submitted").map(({ bytes }) => bytes);
  }
}
