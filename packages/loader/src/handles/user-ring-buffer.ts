// The handle of a user ring buffer: user space writes records that filters drain, in order (bpf_user_ringbuf_drain).
import type { BackendMap, BackendUserRing } from "../backend.ts";
import { encode } from "../codec.ts";
import { loaderError } from "../diagnostics.ts";
import { errno, errnoName } from "../errno.ts";
import { EntriesHandle, type NamedMap } from "./map.ts";

/** A user ring buffer: records that user space writes and filters read once, in order. */
export interface UserRingBufferHandle<VI> extends NamedMap, Disposable {
  /** Hands a record to the filters; false where there is no room before they have drained some. @throws DiagnosticError BPF6160 where it never fits */
  write(record: VI): boolean;
  /** Bytes that no filter has taken yet, 8 for each record included. */
  readonly used: number;
  /** Gives the writer's memory back. A later write opens the ring again. */
  close(): void;
}

/** A user ring buffer of either back end. */
export class UserRingHandle extends EntriesHandle implements UserRingBufferHandle<unknown> {
  private writer: BackendUserRing | undefined;

  private open(): BackendUserRing {
    if (this.writer && !this.writer.closed) return this.writer;
    const writer = this.raw.userRing?.();
    if (!writer) throw loaderError("noOperation", { message: `"${this.name}" cannot be written by this back end` });
    this.writer = writer;
    return writer;
  }

  write(record: unknown): boolean {
    const { value } = this.spec;
    // Objects of other compilers do not say what the records are.
    const isBytes = value.size === 0 && record instanceof Uint8Array;
    const bytes = isBytes ? record : encode(value, record, `${this.name} record`);
    const status = this.open().write(bytes);
    if (status === 0) return true;
    if (status === -errno.ENOSPC) return false;
    if (status !== -errno.E2BIG) throw loaderError("mapOperation", { message: `${this.name}: ${errnoName(status)}` });
    const message = `a record of ${bytes.length} bytes never fits into "${this.name}", which has ${this.spec.maxEntries}`;
    throw loaderError("mapFull", { message, help: "raise `maxEntries`, the size of the ring in bytes" });
  }

  get used(): number {
    return this.open().used;
  }

  close(): void {
    this.writer?.close();
    this.writer = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The handle of a user ring buffer. */
export function userRingHandle(raw: BackendMap): UserRingHandle {
  return new UserRingHandle(raw);
}
