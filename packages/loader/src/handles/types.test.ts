import {
  bloomFilter,
  cpuMap,
  devMap,
  hashMap,
  hashOfMaps,
  perfEventArray,
  progArray,
  queue,
  ringBuffer,
  socketFilter,
  struct,
  TC,
  tc,
  u32,
  u64,
  XDP,
  xdp,
  xskMap,
} from "@typebpf/dsl";
import { expectTypeOf, test } from "vitest";
import type { Link } from "./program.ts";
import type { MapsOf, ProgramsOf } from "./types.ts";

const filter = {
  events: ringBuffer({ value: struct("event", { at: u64, length: u32 }), maxEntries: 4096 }),
  jumps: progArray({ maxEntries: 4 }),
  samples: perfEventArray({ value: struct("sample", { at: u64 }) }),
  routes: hashOfMaps({ key: u32, inner: hashMap({ key: u32, value: u64, maxEntries: 8 }), maxEntries: 4 }),
  jobs: queue({ value: u64, maxEntries: 8 }),
  seen: bloomFilter({ value: u32, maxEntries: 8 }),
  devices: devMap({ maxEntries: 4 }),
  cpus: cpuMap({ maxEntries: 4 }),
  sockets: xskMap({ maxEntries: 4 }),
  shape: tc(() => TC.OK),
  listen: socketFilter(() => 0),
  drop: xdp(() => XDP.DROP),
};

type Maps = MapsOf<typeof filter>;
type Programs = ProgramsOf<typeof filter>;

test("a ring buffer gives records of its schema, and nothing that maps have", () => {
  expectTypeOf<ReturnType<Maps["events"]["drain"]>>().toEqualTypeOf<{ at: bigint; length: number }[]>();
  expectTypeOf<Maps["events"]>().toExtend<AsyncIterable<{ at: bigint; length: number }>>();
  expectTypeOf<Maps["events"]>().not.toHaveProperty("get");
});

test("attach takes the options of the program's type only", () => {
  type Options<Name extends keyof Programs> = Parameters<Programs[Name]["attach"]>[0];
  expectTypeOf<{ interface: string; direction: "egress" }>().toExtend<Options<"shape">>();
  expectTypeOf<{ interface: string }>().not.toExtend<Options<"shape">>();
  expectTypeOf<{ interface: string; mode: "generic" }>().toExtend<Options<"drop">>();
  expectTypeOf<{ interface: string; mode: "tcx" }>().not.toExtend<Options<"drop">>();
  expectTypeOf<{ socket: number }>().toExtend<Options<"listen">>();
  expectTypeOf<{ socket: number }>().not.toExtend<Options<"drop">>();
  expectTypeOf<ReturnType<Programs["shape"]["attach"]>>().toEqualTypeOf<Link>();
});

test("maps of objects take objects, and give what the kernel tells of them", () => {
  expectTypeOf<Programs["drop"]>().toExtend<Parameters<Maps["jumps"]["set"]>[1]>();
  expectTypeOf<ReturnType<Maps["jumps"]["get"]>>().toEqualTypeOf<number | undefined>();
  expectTypeOf<{ interface: "eth0"; program: Programs["drop"] }>().toExtend<Parameters<Maps["devices"]["set"]>[1]>();
  expectTypeOf<{ queueSize: number }>().toExtend<Parameters<Maps["cpus"]["set"]>[1]>();
  expectTypeOf<{ interface: string }>().not.toExtend<Parameters<Maps["cpus"]["set"]>[1]>();
  expectTypeOf<Maps["sockets"]>().not.toHaveProperty("get");
});

test("maps without keys have operations of their own", () => {
  expectTypeOf<Parameters<Maps["jobs"]["push"]>[0]>().toEqualTypeOf<bigint>();
  expectTypeOf<ReturnType<Maps["jobs"]["pop"]>>().toEqualTypeOf<bigint | undefined>();
  expectTypeOf<Maps["jobs"]>().not.toHaveProperty("set");
  expectTypeOf<Parameters<Maps["seen"]["has"]>>().toEqualTypeOf<[value: number]>();
  type Samples = ReturnType<ReturnType<Maps["samples"]["read"]>["drain"]>;
  expectTypeOf<Samples[number]["value"]>().toEqualTypeOf<{ at: bigint }>();
});

test("maps of maps give handles of their template's type", () => {
  type Inner = NonNullable<ReturnType<Maps["routes"]["get"]>>;
  expectTypeOf<ReturnType<Maps["routes"]["create"]>>().toEqualTypeOf<Inner>();
  expectTypeOf<ReturnType<Inner["get"]>>().toEqualTypeOf<bigint | undefined>();
  expectTypeOf<Inner>().toExtend<Parameters<Maps["routes"]["set"]>[1]>();
});
