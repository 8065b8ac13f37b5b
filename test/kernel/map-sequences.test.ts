// Queues, stacks and Bloom filters by their handles, the same in the simulator and in the kernel.
import { noKey, scalarLayouts, structLayout } from "@typebpf/abi";
import { expect, test } from "vitest";
import type { BloomFilterHandle, SequenceHandle } from "../../packages/loader/src/handles/sequences.ts";
import { describeBoth } from "./both.ts";
import { diagnosticOf } from "./objects.ts";

const { u32, u64 } = scalarLayouts;
const job = structLayout("job", { at: u64, length: u32 });
interface Job {
  readonly at: bigint;
  readonly length: number;
}
const one: Job = { at: 1n, length: 10 };
const two: Job = { at: 2n, length: 20 };
const three: Job = { at: 3n, length: 30 };

describeBoth("queues and stacks", (place) => {
  const open = (type: "queue" | "stack", maxEntries = 2, flags = 0) =>
    place.open<SequenceHandle<Job, Partial<Job>>>(type, { key: noKey, value: job, maxEntries, flags });

  test.each(["queue", "stack"] as const)("a %s gives values back in its order", async (type) => {
    using opened = await open(type);
    const { m } = opened;
    expect([m.peek(), m.pop()]).toEqual([undefined, undefined]);
    m.push(one);
    m.push(two);
    const [first, second] = type === "queue" ? [one, two] : [two, one];
    expect([m.peek(), m.peek()]).toEqual([first, first]);
    expect([m.pop(), m.pop(), m.pop()]).toEqual([first, second, undefined]);
    m.push({ at: 9n });
    expect(m.drain()).toEqual([{ at: 9n, length: 0 }]);
  });

  test.each(["queue", "stack"] as const)("a full %s refuses a value, or drops its oldest", async (type) => {
    using opened = await open(type);
    const { m } = opened;
    m.push(one);
    m.push(two);
    expect((await diagnosticOf(() => m.push(three))).code).toBe("BPF6160");
    m.push(three, "dropOldest");
    expect(m.drain()).toEqual(type === "queue" ? [two, three] : [three, two]);
    expect((await diagnosticOf(() => m.push(one, "other" as "refuse"))).code).toBe("BPF6009");
  });

  test("the kernel's error numbers", async () => {
    using opened = await open("queue", 1);
    const { raw } = opened.m;
    const none = new Uint8Array(0);
    const value = new Uint8Array(16);
    expect([1, 3, 4].map((flags) => raw.update(none, value, flags))).toEqual([-22, -22, -22]);
    expect([raw.lookup(none), raw.lookupAndDelete?.(none), raw.delete(none)]).toEqual([-2, -2, -22]);
    expect([raw.update(Uint8Array.of(1), value, 0), raw.update(none, new Uint8Array(3), 0)]).toEqual([-22, -22]);
    expect([...raw.entries()]).toEqual([]);
  });

  test("a frozen queue can be looked at, and nothing else", async () => {
    using opened = await open("queue");
    const { m } = opened;
    m.push(one);
    m.freeze();
    expect(m.peek()).toEqual(one);
    expect((await diagnosticOf(() => m.push(two))).code).toBe("BPF6165");
    expect((await diagnosticOf(() => m.pop())).code).toBe("BPF6165");
  });

  test("a queue that user space may only read, or only write", async () => {
    using readOnly = await open("queue", 2, 8);
    expect((await diagnosticOf(() => readOnly.m.push(one))).code).toBe("BPF6165");
    expect(readOnly.m.peek()).toBeUndefined();
    using writeOnly = await open("queue", 2, 16);
    writeOnly.m.push(one);
    expect((await diagnosticOf(() => writeOnly.m.peek())).code).toBe("BPF6165");
  });

  test("after the end of the object", async () => {
    const opened = await open("queue");
    opened[Symbol.dispose]();
    expect((await diagnosticOf(() => opened.m.push(one))).code).toBe("BPF6005");
    expect((await diagnosticOf(() => opened.m.pop())).code).toBe("BPF6005");
  });
});

describeBoth("a Bloom filter", (place) => {
  const open = (extra: number) =>
    place.open<BloomFilterHandle<number>>("bloomFilter", { key: noKey, value: u32, maxEntries: 200, extra });

  test("has all that was added, and little else", async () => {
    using opened = await open(5);
    const { m } = opened;
    const added = Array.from({ length: 200 }, (_, index) => index * 7919);
    expect(m.has(5)).toBe(false);
    for (const value of added) m.add(value);
    expect(added.every((value) => m.has(value))).toBe(true);
    const wrong = Array.from({ length: 1000 }, (_, index) => index + 10_000_000).filter((value) => m.has(value));
    expect(wrong.length).toBeLessThan(200);
  });

  test("the kernel's error numbers", async () => {
    using opened = await open(0);
    const { raw } = opened.m;
    const [none, value] = [new Uint8Array(0), Uint8Array.of(1, 2, 3, 4)];
    expect([raw.contains?.(value), raw.update(none, value, 0), raw.contains?.(value)]).toEqual([-2, 0, 0]);
    expect([raw.update(none, value, 1), raw.update(none, value, 2), raw.delete(none)]).toEqual([-22, -22, -95]);
  });
});
