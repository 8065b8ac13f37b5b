// Global data in the simulator: the value of an array map with one entry, which programs reach by its address.
import { type DataSection, sectionBytes } from "@typebpf/abi";
import type { BackendSection } from "../backend.ts";
import { errno } from "../errno.ts";
import { addressHigh, type Memory, segment } from "./memory.ts";

/** A section of the simulated memory. */
export class SimulatedSection implements BackendSection {
  readonly spec: DataSection;
  /** Upper half of its address. */
  readonly high: number;
  readonly #bytes: Uint8Array;
  readonly #closed: () => boolean;

  constructor(spec: DataSection, memory: Memory, closed: () => boolean) {
    this.spec = spec;
    this.#bytes = sectionBytes(spec);
    this.#closed = closed;
    const name = `the data section "${spec.name}"`;
    this.high = addressHigh(memory.add(segment("value", name, this.#bytes, { writable: !spec.readOnly })), 0);
  }

  read(offset: number, size: number): Uint8Array | number {
    return this.#closed() ? -errno.EBADF : this.#bytes.slice(offset, offset + size);
  }

  write(offset: number, bytes: Uint8Array): number {
    if (this.#closed()) return -errno.EBADF;
    if (this.spec.readOnly) return -errno.EPERM;
    this.#bytes.set(bytes, offset);
    return 0;
  }
}
