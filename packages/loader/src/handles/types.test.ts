import { ringBuffer, socketFilter, struct, TC, tc, u32, u64, XDP, xdp } from "@typebpf/dsl";
import { expectTypeOf, test } from "vitest";
import type { Link } from "./program.ts";
import type { MapsOf, ProgramsOf } from "./types.ts";

const filter = {
  events: ringBuffer({ value: struct("event", { at: u64, length: u32 }), maxEntries: 4096 }),
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
