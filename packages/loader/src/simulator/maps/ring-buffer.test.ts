// The ring buffer by itself: room, order, wrapping, discarded and busy records, waits.
import { type MapSpec, noKey, scalarLayouts } from "@typebpf/abi";
import { expect, test } from "vitest";
import { errno } from "../../errno.ts";
import { Memory, REGION_START } from "../memory.ts";
import { RingBuffer } from "./ring-buffer.ts";

const spec: MapSpec = {
  name: "events",
  type: "ringBuffer",
  key: noKey,
  value: scalarLayouts.u64,
  maxEntries: 4096,
  flags: 0,
};

/** A record of 16 bytes: 8 of header, 8 of data. */
function record(number: number): Uint8Array {
  return Uint8Array.of(number, 0, 0, 0, 0, 0, 0, 1);
}

function write(memory: Memory, high: number, bytes: Uint8Array): void {
  memory.bytes(high, REGION_START, bytes.length, "write").set(bytes);
}

test("holds one byte less than its size, gives room back as it is read, and goes on at the start", () => {
  const ring = new RingBuffer(spec, new Memory());
  const reader = ring.ringBuffer();
  for (let round = 0; round < 5; round++) {
    let held = 0;
    while (ring.output(record(held), 0) === 0) held += 1;
    expect(held).toBe(255);
    expect(ring.output(record(0), 0)).toBe(-errno.EAGAIN);
    expect(reader.consume(1)).toEqual([record(0)]);
    expect(ring.output(record(9), 0)).toBe(0);
    expect(reader.consume()).toEqual([...Array.from({ length: 254 }, (_, index) => record(index + 1)), record(9)]);
  }
  expect([0, 1, 2, 3, 4].map((what) => ring.query(what))).toEqual([0, 4096, 5 * 256 * 16, 5 * 256 * 16, 0]);
});

test("records of odd sizes keep their length, also over the end", () => {
  const ring = new RingBuffer(spec, new Memory());
  const reader = ring.ringBuffer();
  const bytes = Uint8Array.from({ length: 1001 }, (_, index) => index);
  for (let round = 0; round < 9; round++) {
    expect(ring.output(bytes, 0)).toBe(0);
    expect(reader.consume()).toEqual([bytes]);
  }
});

test("gives what lies behind a reserved record only when that is done, and never a discarded one", () => {
  const memory = new Memory();
  const ring = new RingBuffer(spec, memory);
  const reader = ring.ringBuffer();
  const first = ring.reserve(8, 0);
  const second = ring.reserve(8, 0);
  if (first === undefined || second === undefined) throw new Error("no room");
  expect(ring.output(record(3), 0)).toBe(0);
  write(memory, second, record(2));
  expect(ring.release(second, 0, true)).toBe(true);
  expect(reader.consume()).toEqual([]);
  write(memory, first, record(1));
  expect(ring.release(first, 0, false)).toBe(true);
  expect(reader.consume()).toEqual([record(1), record(3)]);
  expect(ring.release(first, 0, false)).toBe(false);
  expect(() => write(memory, first, record(4))).toThrow("no longer exists");
});

test("a reserved record holds what was in the ring, and a program that stops loses its records", () => {
  const memory = new Memory();
  const ring = new RingBuffer(spec, memory);
  const reader = ring.ringBuffer();
  for (let index = 0; index < 256; index++) {
    expect(ring.output(record(index), 0)).toBe(0);
    expect(reader.consume()).toHaveLength(1);
  }
  const again = ring.reserve(8, 0);
  if (again === undefined) throw new Error("no room");
  expect([...memory.bytes(again, REGION_START, 8, "read")]).toEqual([...record(0)]);
  expect(() => memory.bytes(again, REGION_START, 9, "read")).toThrow("outside");
  ring.endRun();
  expect(reader.consume()).toEqual([]);
  expect(ring.query(0)).toBe(0);
});

test("refuses flags and sizes that the kernel refuses", () => {
  const ring = new RingBuffer(spec, new Memory());
  expect(ring.reserve(8, 1)).toBeUndefined();
  expect(ring.reserve(4096, 0)).toBeUndefined();
  expect(ring.reserve(4088, 0)).toBeUndefined();
  expect(ring.output(record(0), 4)).toBe(-errno.EINVAL);
  expect(() => new RingBuffer({ ...spec, maxEntries: 6000 }, new Memory())).toThrow("6000 bytes");
});

test("one reader at a time; a wait ends with a record, a close, or its time", async () => {
  const ring = new RingBuffer(spec, new Memory());
  const reader = ring.ringBuffer();
  expect(() => ring.ringBuffer()).toThrow("already has a reader");
  expect(await reader.wait(0)).toBe(false);
  const waited = reader.wait(60_000);
  ring.output(record(1), 0);
  expect(await waited).toBe(true);
  expect(reader.consume()).toHaveLength(1);
  const closing = reader.wait(60_000);
  reader.close();
  expect(await closing).toBe(false);
  expect(() => reader.consume()).toThrow("closed");
  expect(ring.ringBuffer().closed).toBe(false);
});

test("a record with NO_WAKEUP wakes nobody, one with FORCE_WAKEUP does though others wait before it", async () => {
  const ring = new RingBuffer(spec, new Memory());
  const reader = ring.ringBuffer();
  const ends: string[] = [];
  const waiting = reader.wait(60_000).then(() => ends.push("wait"));
  ring.output(record(1), 1);
  await Promise.resolve();
  expect(ends).toEqual([]);
  ring.output(record(2), 2);
  await waiting;
  expect(reader.consume()).toEqual([record(1), record(2)]);
});
