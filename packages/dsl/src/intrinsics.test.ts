import { contexts, type MapTypeRow, mapTypes, programTypes } from "@typebpf/abi";
import { describe, expect, test } from "vitest";
import * as dsl from "./index.ts";
import { type Intrinsic, intrinsics } from "./intrinsics.ts";

const exported = new Map<string, unknown>(Object.entries(dsl));

describe("the table of intrinsics", () => {
  test("has a row for each value that the DSL exports, and no other", () => {
    expect(Object.keys(intrinsics).sort()).toEqual(Object.keys(dsl).sort());
  });

  test.each(Object.entries<Intrinsic>(intrinsics))("says of %s what it is in JavaScript", (name, row) => {
    const value = exported.get(name);
    if (row.kind === "constant") expect(value).toEqual(row.value);
    else if (row.kind === "scalar") expect(Object.entries(value ?? {})).toContainEqual(["layout", row.layout]);
    else if (row.kind === "schema") expect(value).toHaveProperty("layout");
    else if (row.kind === "program") {
      expect(Object.keys(value ?? {})).toEqual(Object.keys(row.members));
      expect(typeof value).toBe(row.program ? "function" : "object");
    } else expect(value).toBeTypeOf("function");
    if (row.kind !== "mapConstructor") return;
    const make = value as (options: object) => Record<string, unknown>;
    const plain = dsl.arrayMap({ value: dsl.u32, maxEntries: 1 });
    const { counts } = mapTypes[row.mapType] as MapTypeRow;
    const map = make({ key: dsl.u32be, value: dsl.u32, inner: plain, maxEntries: counts === "none" ? 0 : 4096 });
    const operations = Object.keys(map).filter(
      (key) => typeof map[key] === "function" && !["key", "value", "record"].includes(key),
    );
    expect([map.type, operations]).toEqual([row.mapType, row.operations]);
    const { keys } = mapTypes[row.mapType];
    if (row.operations.some((operation) => operation === "set"))
      expect(keys === "index" || keys === "none").toBe(!row.operations.some((operation) => operation === "delete"));
  });
});

test("verdicts are those of the program types, and their contexts exist", () => {
  expect(dsl.XDP).toEqual(programTypes.xdp.actions);
  expect(dsl.TC).toEqual(programTypes.sched_cls.actions);
  expect(dsl.SK).toEqual(programTypes.sk_msg.actions);
  expect(dsl.LWT).toEqual(programTypes.lwt_xmit.actions);
  expect(dsl.Flow).toEqual(programTypes.flow_dissector.actions);
  expect(dsl.NF).toEqual(programTypes.netfilter.actions);
  for (const { context } of Object.values(programTypes)) expect(Object.keys(contexts)).toContain(context);
});
