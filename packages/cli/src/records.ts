// Records of ring buffers: read as they come, and turned into text or JSON by the map's schema. A record of another length
// than the schema's is shown as bytes.
import { displayText } from "@typebpf/abi";
import { type AnyMapHandle, decode, type Json, toHex, toJson } from "@typebpf/loader";
import type { MapHandles } from "./map-access.ts";
import { valueText } from "./output/maps.ts";
import { counted, type Styles } from "./output/style.ts";

/** Maps that hold records, which are read once, in place of entries. */
export function ringBuffers(maps: MapHandles): readonly AnyMapHandle[] {
  return Object.values(maps).filter(({ raw }) => raw.ringBuffer !== undefined);
}

/** A record for people. */
export function recordText({ spec }: AnyMapHandle, record: Uint8Array): string {
  return record.length === spec.value.size ? valueText(spec.value, decode(spec.value, record)) : toHex(record);
}

/** A record as a document has it. */
function recordJson({ spec }: AnyMapHandle, record: Uint8Array): Json {
  return record.length === spec.value.size ? toJson(spec.value, record) : toHex(record);
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

/** Opens all ring buffers of an object. @throws DiagnosticError where one cannot be opened */
export function openRecords(maps: MapHandles, take: (map: AnyMapHandle, record: Uint8Array) => void): RecordReader {
  const open = ringBuffers(maps).flatMap((map) => {
    const ring = map.raw.ringBuffer?.();
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
