// Batch operations on maps (BPF_MAP_LOOKUP_BATCH, BPF_MAP_UPDATE_BATCH; kernel/bpf/syscall.c, kernel/bpf/hashtab.c).
// Not every map type and kernel has them: then the answer is "unsupported" and the caller goes element by element.
import { type MapSpec, uapi } from "@typebpf/abi";
import { Attr, attrLayouts } from "./attr.ts";
import { errnos } from "./errno.ts";
import type { Fd } from "./fd.ts";
import type { Sys } from "./sys.ts";

/** An open map and the sizes of its entries as the system call has them. */
export interface MapHandle {
  readonly sys: Sys;
  readonly fd: Fd;
  readonly spec: MapSpec;
  readonly bufferSize: number;
}

/** Some entries, or why there are none. */
export type BatchChunk =
  | { readonly kind: "entries"; readonly entries: readonly (readonly [key: Uint8Array, value: Uint8Array])[] }
  | { readonly kind: "unsupported" }
  | { readonly kind: "failed"; readonly status: number };

/** Bytes of keys and values that one system call may carry. */
const chunkBytes = 1 << 20;

function isUnsupported(status: number): boolean {
  return status === -errnos.ENOTSUPP || status === -errnos.EINVAL || status === -errnos.EOPNOTSUPP;
}

function chunkSize(handle: MapHandle): number {
  const fits = Math.floor(chunkBytes / (handle.spec.key.size + handle.bufferSize));
  return Math.max(1, Math.min(handle.spec.maxEntries, fits));
}

/** Walks over the map chunk by chunk. A hash bucket longer than the chunk makes the chunk grow (ENOSPC). */
export function* lookupBatches(handle: MapHandle): Generator<BatchChunk, void> {
  const { sys, fd, spec, bufferSize } = handle;
  // The kernel's cursor is a bucket number or a key.
  const cursors = [sys.allocate(Math.max(spec.key.size, 8)), sys.allocate(Math.max(spec.key.size, 8))] as const;
  const attr = new Attr(sys, attrLayouts.mapBatch);
  let room = chunkSize(handle);
  let keys = sys.allocate(room * spec.key.size);
  let values = sys.allocate(room * bufferSize);
  let first = true;
  for (;;) {
    attr.set("in_batch", first ? 0n : cursors[0]).set("out_batch", cursors[1]);
    attr.set("keys", keys).set("values", values).set("count", room).set("map_fd", fd.number);
    const status = attr.call(uapi.command.MAP_LOOKUP_BATCH);
    if (status === -errnos.ENOSPC) {
      room *= 2;
      keys = sys.allocate(room * spec.key.size);
      values = sys.allocate(room * bufferSize);
      continue;
    }
    const atEnd = status === -errnos.ENOENT;
    if (status < 0 && !atEnd) {
      yield first && isUnsupported(status) ? { kind: "unsupported" } : { kind: "failed", status };
      return;
    }
    const count = attr.get("count");
    const entries = Array.from({ length: count }, (_, index) => {
      const key = keys.bytes.slice(index * spec.key.size, (index + 1) * spec.key.size);
      return [key, values.bytes.slice(index * bufferSize, (index + 1) * bufferSize)] as const;
    });
    yield { kind: "entries", entries };
    if (atEnd) return;
    cursors[0].bytes.set(cursors[1].bytes);
    first = false;
  }
}

/** Writes entries of the right sizes; `undefined` when the kernel cannot do it for this map. */
export function updateBatches(
  handle: MapHandle,
  entries: readonly (readonly [key: Uint8Array, value: Uint8Array])[],
  flags: number,
): { readonly status: number; readonly written: number } | undefined {
  const { sys, fd, spec, bufferSize } = handle;
  const room = Math.min(chunkSize(handle), entries.length);
  const keys = sys.allocate(room * spec.key.size);
  const values = sys.allocate(room * bufferSize);
  const attr = new Attr(sys, attrLayouts.mapBatch).set("keys", keys).set("values", values);
  attr.set("elem_flags", flags);
  let written = 0;
  while (written < entries.length) {
    const chunk = entries.slice(written, written + room);
    for (const [index, [key, value]] of chunk.entries()) {
      keys.bytes.set(key, index * spec.key.size);
      values.bytes.set(value, index * bufferSize);
    }
    attr.set("count", chunk.length).set("map_fd", fd.number);
    const status = attr.call(uapi.command.MAP_UPDATE_BATCH);
    // The kernel counts what it wrote, but leaves the count alone when it refuses the command itself.
    if (status < 0 && written === 0 && isUnsupported(status)) return undefined;
    if (status < 0) return { status, written: written + Math.min(attr.get("count"), chunk.length) };
    written += chunk.length;
  }
  return { status: 0, written };
}
