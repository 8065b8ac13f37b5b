// The rows of map types against the snapshot of the kernel's header, and the kernel's own rules between their columns.
import { expect, test } from "vitest";
import { type MapTypeName, mapTypes, withoutMapRow } from "./map-types.ts";
import type { MapTypeRow } from "./maps/row.ts";
import { uapi } from "./uapi.generated.ts";

const rows: readonly (readonly [string, MapTypeRow])[] = Object.entries(mapTypes);

test("every map type of the kernel's header has its row, or its reason", () => {
  const numbers = new Set<number>(rows.map(([, { number }]) => number));
  const missing = Object.entries(uapi.mapType).filter(([name, number]) => {
    const reason = Object.hasOwn(withoutMapRow, name);
    return reason ? name !== "UNSPEC" && !numbers.has(number) : !numbers.has(number);
  });
  expect(missing).toEqual([]);
  expect(numbers.size).toBe(rows.length);
});

test.each(rows)("%s: what its columns say fits together", (_, row) => {
  expect((row.requiredFlags ?? 0) & (row.refusedFlags ?? 0)).toBe(0);
  expect(row.reads === undefined || row.holds !== undefined).toBe(true);
  expect(row.inner === true).toBe(row.holds === "map");
  expect(row.records === true).toBe(row.counts === "bytes");
  if (row.keys === "none") for (const one of ["get", "set", "delete", "walk"]) expect(row.user).not.toContain(one);
  if (row.keys === "owner") expect(row.counts).toBe("none");
});

test("names follow the naming rule", () => {
  const irregular: Partial<Record<MapTypeName, string>> = {
    ringBuffer: "RINGBUF",
    userRingBuffer: "USER_RINGBUF",
    cgroupStorage: "CGRP_STORAGE",
    deprecatedCgroupStorage: "CGROUP_STORAGE_DEPRECATED",
    deprecatedPerCpuCgroupStorage: "PERCPU_CGROUP_STORAGE_DEPRECATED",
  };
  for (const [name, { number }] of rows) {
    const plain = name.replace(/([A-Z])/g, "_$1").toUpperCase();
    const kernel = Object.entries(uapi.mapType).find(([, one]) => one === number)?.[0] ?? "";
    const own = irregular[name as MapTypeName] ?? plain;
    expect(kernel.replaceAll("_", "")).toBe(own.replaceAll("_", ""));
  }
});
