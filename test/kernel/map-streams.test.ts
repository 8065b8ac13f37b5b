// Perf event arrays and user ring buffers by their handles: typed samples, what lies behind them, how many were lost, and how
// many records fit. The same in the simulator and in the kernel.
import { arrayLayout, noKey, scalarLayouts, structLayout } from "@typebpf/abi";
import { expect, test } from "vitest";
import type { PerfEventArrayHandle } from "../../packages/loader/src/handles/perf-event-array.ts";
import type { UserRingBufferHandle } from "../../packages/loader/src/handles/user-ring-buffer.ts";
import { type AnyLoaded, describeBoth } from "./both.ts";
import { diagnosticOf, map, object, present, program } from "./objects.ts";

const { u32, u64 } = scalarLayouts;
const sample = structLayout("sample", { first: u64, second: u32 });
interface Sample {
  readonly first: bigint;
  readonly second: number;
}

/** Sends 16 bytes, `first` 7 and `second` 9, and 20 bytes of the packet where `more` says so. */
const output = (size: number, more: number): string => `
  r6 = r1
  *(u64 *)(r10 -16) = 7
  *(u64 *)(r10 -8) = 9
  r2 = map events
  r3 = ${more}
  r3 <<= 32
  w4 = -1
  r3 |= r4
  r4 = r10
  r4 += -16
  r5 = ${size}
  call 25
  exit`;
const watching = object(
  [program("plain", output(16, 0)), program("packet", output(16, 20)), program("short", output(8, 0))],
  [map("events", { type: "perfEventArray", value: u32, maxEntries: 64, record: sample })],
);

const packet = Uint8Array.from({ length: 60 }, (_, at) => at);
const run = (loaded: AnyLoaded, name: string, repeat = 1): number =>
  present(loaded.programs[name]).run(packet, { repeat }).retval | 0;
const eventsOf = (loaded: AnyLoaded): PerfEventArrayHandle<Sample> =>
  present(loaded.maps.events) as unknown as PerfEventArrayHandle<Sample>;

describeBoth("a perf event array", (place) => {
  test("gives samples of its schema, and what the filter sent behind them", async () => {
    using loaded = await place.load(watching);
    const events = eventsOf(loaded);
    expect(run(loaded, "plain")).toBe(-2);
    using reader = events.read();
    expect([run(loaded, "plain"), run(loaded, "packet")]).toEqual([0, 0]);
    const [plain, whole, ...none] = reader.drain();
    expect(plain?.value).toEqual({ first: 7n, second: 9 });
    expect(whole?.value).toEqual({ first: 7n, second: 9 });
    expect([...(whole?.rest ?? [])].slice(0, 20)).toEqual([...packet.subarray(0, 20)]);
    expect([none, reader.lost, plain?.cpu]).toEqual([[], 0, whole?.cpu]);
    run(loaded, "short");
    expect((await diagnosticOf(() => reader.drain())).code).toBe("BPF6170");
    expect((await diagnosticOf(() => events.read())).code).toBe("BPF6171");
  });

  test("is followed as an async iterator", async () => {
    using loaded = await place.load(watching);
    const reader = eventsOf(loaded).read({ pages: 2 });
    const following = (async () => {
      const seen: bigint[] = [];
      for await (const { value } of reader) if (seen.push(value.first) === 3) break;
      return seen;
    })();
    for (let count = 0; count < 3; count++) run(loaded, "plain");
    expect(await following).toEqual([7n, 7n, 7n]);
    expect(run(loaded, "plain")).toBe(-2);
    using again = eventsOf(loaded).read();
    run(loaded, "plain");
    expect(again.drain()).toHaveLength(1);
  });

  test("says how many samples found no room", async () => {
    using loaded = await place.load(watching);
    using reader = eventsOf(loaded).read({ pages: 1 });
    run(loaded, "plain", 1000);
    const kept = reader.drain().length;
    expect(kept).toBeGreaterThan(50);
    run(loaded, "plain");
    expect(reader.drain()).toHaveLength(1);
    expect([reader.lost, [...reader.lostByCpu.values()]]).toEqual([1000 - kept, [1000 - kept]]);
  });
});

describeBoth("a user ring buffer", (place) => {
  const open = (value = sample) =>
    place.open<UserRingBufferHandle<Partial<Sample>>>("userRingBuffer", { key: noKey, value, maxEntries: 4096 });

  test("takes records until it is full", async () => {
    using opened = await open();
    const { m } = opened;
    expect(m.used).toBe(0);
    const written = Array.from({ length: 200 }, () => m.write({ first: 1n })).filter(Boolean).length;
    // 16 bytes, and 8 before each.
    expect([written, m.used]).toEqual([170, 170 * 24]);
    expect((await diagnosticOf(() => present(m.raw.userRing)())).code).toBe("BPF6171");
    m.close();
    expect([m.write({ second: 2 }), m.used]).toEqual([false, 170 * 24]);
    expect((await diagnosticOf(() => m.write({ third: 1 } as Partial<Sample>))).code).toBe("BPF6152");
  });

  test("refuses a record that never fits", async () => {
    using opened = await open(structLayout("sample", { first: u64, rest: arrayLayout(u64, 512) }));
    expect((await diagnosticOf(() => opened.m.write({ first: 1n }))).code).toBe("BPF6160");
  });
});
