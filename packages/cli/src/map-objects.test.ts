// Entries that name programs, maps, interfaces, CPUs and paths: what handles are given for their JSON forms, and back.
import { DiagnosticError, type MapSpec, type MapTypeName, scalarLayouts, structLayout } from "@typebpf/abi";
import type { AnyMapHandle, Json, ProgramHandle } from "@typebpf/loader";
import { describe, expect, test } from "vitest";
import { type NamedObjects, objectJson, objectValue } from "./map-objects.ts";

const { u32, u64 } = scalarLayouts;
const pair = structLayout("pair", { first: u32, program: u32 });
const specOf = (type: MapTypeName, value: MapSpec["value"] = u32): MapSpec => ({
  name: "m",
  type,
  key: u32,
  value,
  maxEntries: 4,
  flags: 0,
});
const handle = { name: "handle" } as ProgramHandle;
const other = { name: "other" } as AnyMapHandle;
const objects: NamedObjects = { programs: { handle }, maps: { other } };
const givenFor = (type: MapTypeName, json: Json): unknown =>
  objectValue({ spec: specOf(type) } as AnyMapHandle, json, "m value", objects);

const cases: readonly (readonly [MapTypeName, Json, unknown])[] = [
  ["progArray", "handle", handle],
  ["progArray", " 5 ", 5],
  ["arrayOfMaps", "other", other],
  ["devMap", "eth0", { interface: "eth0" }],
  ["devMapHash", "3", { interface: 3 }],
  ["devMap", { interface: "eth0", program: "handle" }, { interface: "eth0", program: handle }],
  ["devMap", { device: 1 }, { device: 1 }],
  ["cpuMap", "192", { queueSize: 192 }],
  ["cpuMap", { queueSize: 64, program: 7 }, { queueSize: 64, program: 7 }],
  ["cgroupArray", "/sys/fs/cgroup/web", "/sys/fs/cgroup/web"],
  ["sockMap", 12, 12],
];

describe("entries that name objects", () => {
  test.each(cases)("%s: %j", (type, json, value) => {
    expect(givenFor(type, json)).toEqual(value);
  });

  test("a name that nothing has", () => {
    expect(() => givenFor("progArray", "handel")).toThrow(DiagnosticError);
    expect(() => givenFor("progArray", "handel")).toThrow(/did you mean "handle"/);
    expect(() => givenFor("hashOfMaps", "nothing")).toThrow(/no map "nothing"/);
  });

  test("what is read has the form of what is written", () => {
    const bytes = Uint8Array.of(3, 0, 0, 0, 7, 0, 0, 0);
    expect(objectJson(specOf("devMap", pair), bytes)).toEqual({ interface: 3, program: 7 });
    expect(objectJson(specOf("cpuMap", pair), bytes)).toEqual({ queueSize: 3, program: 7 });
    expect(objectJson(specOf("progArray"), bytes.subarray(0, 4))).toBe(3);
    expect(objectJson(specOf("sockMap", u64), bytes)).toBe(`${3n + (7n << 32n)}`);
  });
});
