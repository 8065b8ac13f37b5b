// Handles of maps without keys: queues, stacks and Bloom filters (kernel/bpf/{queue_stack_maps,bloom_filter}.c).

import type { Value } from "../codec.ts";
import { loaderError } from "../diagnostics.ts";
import { errno, type MapOperation, mapError } from "../errno.ts";
import { EntriesHandle, type NamedMap } from "./map.ts";

/** A queue or a stack. */
export interface SequenceHandle<V, VI> extends NamedMap {
  /** Adds a value; a full one refuses it, or drops its oldest. @throws DiagnosticError BPF6160 */
  push(value: VI, whenFull?: "refuse" | "dropOldest"): void;
  /** Takes the next value out; undefined where there is none. */
  pop(): V | undefined;
  /** The next value, which stays; undefined where there is none. */
  peek(): V | undefined;
  /** Takes all values out, in the order in which they leave. */
  drain(): V[];
  freeze(): void;
}

/** A set that may take what it has never held for a value of its own, but never the other way round. */
export interface BloomFilterHandle<VI> extends NamedMap {
  add(value: VI): void;
  /** False only where the value was never added. */
  has(value: VI): boolean;
}

const noKey = new Uint8Array(0);
/** `BPF_EXIST`: a full one drops its oldest value. */
const dropOldest = 2;

/** A queue or stack of either back end. */
export class ValuesHandle extends EntriesHandle {
  private given(operation: MapOperation, found: Uint8Array | number): Value | undefined {
    if (typeof found !== "number") return this.form.decode(found);
    if (found === -errno.ENOENT) return undefined;
    throw mapError(this.spec, operation, found);
  }

  push(value: unknown, whenFull: "refuse" | "dropOldest" = "refuse"): void {
    if (whenFull !== "refuse" && whenFull !== "dropOldest") {
      throw loaderError("option", { message: `whenFull is ${String(whenFull)}; it must be "refuse" or "dropOldest"` });
    }
    const status = this.raw.update(noKey, this.form.encode(value), whenFull === "dropOldest" ? dropOldest : 0);
    if (status !== 0) throw mapError(this.spec, "push", status);
  }

  pop(): Value | undefined {
    return this.given("pop", this.raw.lookupAndDelete?.(noKey) ?? -errno.EOPNOTSUPP);
  }

  peek(): Value | undefined {
    return this.given("peek", this.raw.lookup(noKey));
  }

  drain(): Value[] {
    const values: Value[] = [];
    // No more than there can be: a program may push meanwhile.
    for (let count = 0; count < this.spec.maxEntries; count++) {
      const value = this.pop();
      if (value === undefined) break;
      values.push(value);
    }
    return values;
  }

  override get size(): number {
    throw loaderError("noOperation", { message: `the kernel does not tell how many values "${this.name}" holds` });
  }

  override clear(): void {
    this.drain();
  }
}

/** A Bloom filter of either back end. */
export class BloomHandle extends EntriesHandle {
  add(value: unknown): void {
    const status = this.raw.update(noKey, this.form.encode(value), 0);
    if (status !== 0) throw mapError(this.spec, "add", status);
  }

  override has(value: unknown): boolean {
    const status = this.raw.contains?.(this.form.encode(value)) ?? -errno.EOPNOTSUPP;
    if (status !== 0 && status !== -errno.ENOENT) throw mapError(this.spec, "has", status);
    return status === 0;
  }

  override clear(): void {
    throw loaderError("noOperation", { message: `nothing can be taken out of the Bloom filter "${this.name}"` });
  }
}
