// Records of ring buffers: read once, in order, by the map's schema, while they come and at the end.
import { type MapSpec, scalarLayouts, structLayout } from "@typebpf/abi";
import type { AnyMapHandle } from "@typebpf/loader";
import { describe, expect, test } from "vitest";
import { stylesFor } from "./output/style.ts";
import { formatRecords, openRecords, recordDocuments, recordText } from "./records.ts";

const { u8, u32be, u64 } = scalarLayouts;
const spec: MapSpec = {
  name: "events",
  type: "hash",
  key: u8,
  value: structLayout("event", { source: u32be, bytes: u64 }),
  maxEntries: 4096,
  flags: 0,
};
const record = Uint8Array.of(10, 0, 0, 7, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0);

/** A ring buffer that holds what is pushed. */
function fakeRing() {
  const waiting: Uint8Array[] = [];
  let closed = false;
  const ring = {
    get closed() {
      return closed;
    },
    consume: () => waiting.splice(0),
    wait: async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return waiting.length > 0;
    },
    close: () => {
      closed = true;
    },
    [Symbol.dispose]: () => undefined,
  };
  const map = { name: spec.name, spec, raw: { spec, ringBuffer: () => ring } } as unknown as AnyMapHandle;
  const other = { name: "other", spec, raw: { spec } } as unknown as AnyMapHandle;
  return { maps: { events: map, other }, map, waiting, isClosed: () => closed };
}

describe("records", () => {
  test("are drained once, in order", () => {
    const { maps, waiting, isClosed } = fakeRing();
    const seen: number[] = [];
    const reader = openRecords(maps, (_, bytes) => seen.push(bytes[3] ?? 0));
    waiting.push(Uint8Array.of(0, 0, 0, 1), Uint8Array.of(0, 0, 0, 2));
    reader.drain();
    reader.drain();
    expect(seen).toEqual([1, 2]);
    reader[Symbol.dispose]();
    expect(isClosed()).toBe(true);
  });

  test("are followed until the reader is closed", async () => {
    const { maps, waiting } = fakeRing();
    const reader = openRecords(maps, (_, bytes) => {
      if (bytes[0] === 9) reader[Symbol.dispose]();
    });
    const following = reader.follow();
    waiting.push(Uint8Array.of(1), Uint8Array.of(9));
    await following;
    expect(waiting).toEqual([]);
  });

  test("have the schema's form; of another length, they are bytes", () => {
    const { maps, map } = fakeRing();
    expect(recordText(map, record)).toBe("{ source: 10.0.0.7, bytes: 5 }");
    expect(recordText(map, record.subarray(0, 3))).toBe("0a0000");
    const records = new Map([["events", [record, record.subarray(0, 1)]]]);
    expect(recordDocuments(maps, records)).toEqual({ records: { events: [{ source: 0x0a000007, bytes: "5" }, "0a"] } });
    expect(formatRecords(maps, records, stylesFor(false))).toBe(
      "\nevents (2 records)\n{ source: 10.0.0.7, bytes: 5 }\n0a\n",
    );
    expect(recordDocuments({ other: maps.other }, records)).toEqual({});
  });
});
