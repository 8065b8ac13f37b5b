// Records of ring buffers and samples of perf event arrays: read as they come, and turned into text or JSON by the map's
// schema. A record of another length than the schema's is shown as bytes; bytes behind a sample's value are left out.
import { displayText, type Layout, type MapSpec } from "@typebpf/abi";
import { type AnyMapHandle, type BackendRingBuffer, decode, type Json, toHex, toJson } from "@typebpf/loader";
import type { MapHandles } from "./map-access.ts";
import { valueText } from "./output/maps.ts";
import { counted, type Styles } from "./output/style.ts";

/** Maps that hold records, which are read once, in place of entries. */
export function ringBuffers(maps: MapHandles): readonly AnyMapHandle[] {
  return Object.values(maps).filter(({ raw }) => raw.ringBuffer !== undefined || raw.perfReader !== undefined);
}

/** The layout of a record, where the map says it. */
function layoutOf({ type, record, value }: MapSpec): Layout | undefined {
  return type === "perfEventArray" ? record : value;
}

/** What of a record is the value: the kernel pads samples, and they may end with a part of the packet. */
function recordValue(
  { spec }: AnyMapHandle,
  bytes: Uint8Array,
): { readonly layout: Layout; readonly bytes: Uint8Array } | undefined {
  const layout = layoutOf(spec);
  if (!layout) return undefined;
  const value = spec.type === "perfEventArray" ? bytes.subarray(0, layout.size) : bytes;
  return value.length === layout.size ? { layout, bytes: value } : undefined;
}

/** A record for people. */
export function recordText(map: AnyMapHandle, record: Uint8Array): string {
  const value = recordValue(map, record);
  return value ? valueText(value.layout, decode(value.layout, value.bytes)) : toHex(record);
}

/** A record as a document has it. */
function recordJson(map: AnyMapHandle, record: Uint8Array): Json {
  const value = recordValue(map, record);
  return value ? toJson(value.layout, value.bytes) : toHex(record);
}

/** Reads of a set of ring buffers. */
export interface RecordReader extends Disposable {
  /** Gives the records that are there to whoever takes them. */
  drain(): void;
  /** Does so as they come, until the reader is disposed. */
  follow(): Promise<void>;
}

/** How long a wait goes on without a record. */
const waitMs = 200;

/** A reader of records, whichever kind of ring they lie in. */
type AnyReader = Pick<BackendRingBuffer, "closed" | "consume" | "wait" | "close">;

function readerOf(map: AnyMapHandle, lost: (map: AnyMapHandle, count: number) => void): AnyReader | undefined {
  const perf = map.raw.perfReader?.();
  if (!perf) return map.raw.ringBuffer?.();
  return {
    get closed() {
      return perf.closed;
    },
    consume: (limit) =>
      perf.consume(limit).flatMap((one) => {
        if (one.kind === "lost") lost(map, one.count);
        return one.kind === "sample" ? [one.bytes] : [];
      }),
    wait: (timeoutMs) => perf.wait(timeoutMs),
    close: () => perf.close(),
  };
}

/**
 * Opens all maps with records of an object. `lost` is told of samples that found no room in a perf event array.
 * @throws DiagnosticError where one cannot be opened
 */
export function openRecords(
  maps: MapHandles,
  take: (map: AnyMapHandle, record: Uint8Array) => void,
  lost: (map: AnyMapHandle, count: number) => void = () => {},
): RecordReader {
  const open = ringBuffers(maps).flatMap((map) => {
    const ring = readerOf(map, lost);
    return ring ? [{ map, ring }] : [];
  });
  const drainOne = ({ map, ring }: (typeof open)[number]): void => {
    for (const record of ring.consume()) take(map, record);
  };
  const close = (): void => {
    for (const { ring } of open) ring.close();
  };
  return {
    drain: () => open.forEach(drainOne),
    async follow() {
      const all = open.map(async (one) => {
        while (!one.ring.closed) if (await one.ring.wait(waitMs)) drainOne(one);
      });
      await Promise.all(all);
    },
    [Symbol.dispose]: close,
  };
}

/** Records by the name of their ring buffer. */
export type Records = ReadonlyMap<string, readonly Uint8Array[]>;

/** Records as a document has them; nothing where there are no ring buffers. */
export function recordDocuments(maps: MapHandles, records: Records): { readonly records?: Record<string, Json[]> } {
  const all = ringBuffers(maps).map((map) => {
    return [map.name, (records.get(map.name) ?? []).map((record) => recordJson(map, record))] as const;
  });
  return all.length === 0 ? {} : { records: Object.fromEntries(all) };
}

/** Records that are printed of each ring buffer; --json has all of them. */
const mostRecords = 40;

/** Records as text, a paragraph for each ring buffer. */
export function formatRecords(maps: MapHandles, records: Records, styles: Styles): string {
  const parts = ringBuffers(maps).map((map) => {
    const all = records.get(map.name) ?? [];
    const lines = all.slice(0, mostRecords).map((record) => `${displayText(recordText(map, record))}\n`);
    const more = all.length - lines.length;
    const rest = more > 0 ? styles.faint(`… ${counted(more, "more record")}; --json has all of them\n`) : "";
    const title = `${styles.title(map.name)} ${styles.faint(`(${counted(all.length, "record")})`)}`;
    return `\n${title}\n${lines.join("")}${rest}`;
  });
  return parts.join("");
}
