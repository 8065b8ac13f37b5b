// The table of events: names, offsets behind the header, and what is not known.
import { expect, test } from "vitest";
import { arrayLayout, scalarLayouts, structLayout } from "../../layout.ts";
import { fieldsOf } from "../contexts.ts";
import { nearestTracepoint, tracepointFields } from "./events.ts";

function short(target: string) {
  return tracepointFields(target)?.map(({ as, offset, size, is, signed, count }) => [
    as,
    offset,
    size,
    is,
    signed,
    count,
  ]);
}

test("arguments of system calls are as wide as their types", () => {
  expect(short("syscalls:sys_enter_openat")).toEqual([
    ["syscallNr", 8, 4, "integer", true, undefined],
    ["dfd", 16, 4, "integer", true, undefined],
    ["filename", 24, 8, "integer", undefined, undefined],
    ["flags", 32, 4, "integer", true, undefined],
    ["mode", 40, 2, "integer", undefined, undefined],
  ]);
  expect(short("syscalls/sys_exit_openat")?.[1]).toEqual(["ret", 16, 8, "integer", true, undefined]);
});

test("arrays, and texts that lie behind the fields", () => {
  expect(short("sched:sched_switch")?.[0]).toEqual(["prevComm", 8, 1, "integer", undefined, 16]);
  expect(short("sched:sched_process_exec")?.[0]).toEqual(["filename", 8, 4, "text", undefined, undefined]);
});

test("an event that is not known has the nearest name", () => {
  expect(tracepointFields("sched:sched_swich")).toBeUndefined();
  expect(nearestTracepoint("sched:sched_swich")).toBe("sched:sched_switch");
  expect(nearestTracepoint("syscals/sys_enter_openat")).toBe("syscalls:sys_enter_openat");
});

test("fields by a schema begin behind the header", () => {
  const { u8, u32, u64 } = scalarLayouts;
  const schema = structLayout("mine", { a: u32, b: u64, c: arrayLayout(u8, 4) });
  const fields = fieldsOf({ kind: "tracepoint", target: "no:such", schema });
  expect(fields.map(({ as, offset, size, count }) => [as, offset, size, count])).toEqual([
    ["a", 8, 4, undefined],
    ["b", 16, 8, undefined],
    ["c", 24, 1, 4],
  ]);
});
