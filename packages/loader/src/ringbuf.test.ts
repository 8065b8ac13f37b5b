import { DiagnosticError } from "@typebpf/abi";
import { expect, test } from "vitest";
import { mapHandle } from "./handles/registry.ts";
import { ringHandle } from "./handles/ring-buffer.ts";
import { fakeRing } from "./ring-fixture.ts";

test("drain gives what has come, decoded, and leaves the ring free", () => {
  const ring = fakeRing();
  const events = ringHandle(ring.map);
  expect(events.drain()).toEqual([]);
  ring.put(7, 0xffff_ffff);
  expect(events.drain()).toEqual([7, 0xffff_ffff]);
  expect(events.drain()).toEqual([]);
  expect(ring.isOpen()).toBe(false);
});

test("an iteration waits for records, gives each once, and closes when it is left", async () => {
  const ring = fakeRing();
  const events = ringHandle(ring.map);
  ring.put(1, 2);
  const seen: unknown[] = [];
  setTimeout(() => ring.put(3, 4), 5);
  for await (const event of events) {
    seen.push(event);
    if (event === 3) break;
  }
  expect(seen).toEqual([1, 2, 3]);
  expect(ring.isOpen()).toBe(false);
});

test("close ends a waiting iteration; another one can begin", async () => {
  const ring = fakeRing();
  const events = ringHandle(ring.map);
  const reading = collect(events);
  setTimeout(() => events.close(), 5);
  expect(await reading).toEqual([]);
  ring.put(5);
  expect((await events[Symbol.asyncIterator]().next()).value).toBe(5);
});

test("who reads slowly leaves records in the ring", async () => {
  const ring = fakeRing();
  ring.put(...Array.from({ length: 1000 }, (_, index) => index));
  const reading = ringHandle(ring.map)[Symbol.asyncIterator]();
  await reading.next();
  expect(ring.left()).toBe(1000 - 256);
  for (let index = 1; index < 256; index++) expect((await reading.next()).value).toBe(index);
  expect(ring.left()).toBe(1000 - 256);
  await reading.next();
  expect(ring.left()).toBe(1000 - 512);
  await reading.return();
  expect(ring.isOpen()).toBe(false);
});

test("a record of another size ends the iteration with a diagnostic, and the ring is free again", async () => {
  const ring = fakeRing(Uint8Array.of(1, 2, 3));
  await expect(collect(ringHandle(ring.map))).rejects.toBeInstanceOf(DiagnosticError);
  expect(ring.isOpen()).toBe(false);
});

test("without a module's types a ring is a map without entries, with records", () => {
  const ring = fakeRing();
  ring.put(9);
  const any = mapHandle(ring.map);
  expect([...any]).toEqual([]);
  expect(any.records?.drain()).toEqual([9]);
});

async function collect<T>(from: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of from) all.push(one);
  return all;
}
