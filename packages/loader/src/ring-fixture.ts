// A ring buffer for unit tests: records are put in by hand, the reader is like those of the back ends.
import { type MapSpec, noKey, scalarLayouts } from "@typebpf/abi";
import type { BackendMap, BackendRingBuffer } from "./backend.ts";
import { loaderError } from "./diagnostics.ts";

/** A ring of u32 records, filled by `put`. */
export function fakeRing(...first: readonly Uint8Array[]) {
  const waiting = [...first];
  const spec: MapSpec = {
    name: "events",
    type: "ringBuffer",
    key: noKey,
    value: scalarLayouts.u32,
    maxEntries: 4096,
    flags: 0,
  };
  let open: BackendRingBuffer | undefined;
  let wake: ((ready: boolean) => void) | undefined;
  const openReader = (): BackendRingBuffer => {
    if (open) throw loaderError("ringReader");
    const reader: BackendRingBuffer = {
      get closed() {
        return open !== reader;
      },
      consume: (limit = Number.POSITIVE_INFINITY) => waiting.splice(0, limit),
      wait: () =>
        new Promise((resolve) => {
          if (waiting.length > 0) resolve(true);
          else wake = resolve;
        }),
      close: () => {
        open = undefined;
        wake?.(false);
      },
      [Symbol.dispose]: () => reader.close(),
    };
    open = reader;
    return reader;
  };
  const map = { spec, copies: 1, bufferSize: 0, entries: () => [], ringBuffer: openReader } as unknown as BackendMap;
  const put = (...numbers: readonly number[]): void => {
    for (const one of numbers) waiting.push(new Uint8Array(Uint32Array.of(one).buffer));
    wake?.(true);
  };
  return { map, put, left: () => waiting.length, isOpen: () => open !== undefined };
}
