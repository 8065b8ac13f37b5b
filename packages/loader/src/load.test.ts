// Typed handles over the simulator: values by schema, errors that say what to do, types of a module's exports.
import { DiagnosticError, type MapSpec, scalarLayouts, structLayout } from "@typebpf/abi";
import { array, arrayMap, hashMap, perCpuArray, struct, u8, u32, u32be, u64, XDP, xdp } from "@typebpf/dsl";
import { describe, expect, expectTypeOf, test } from "vitest";
import { ipv4 } from "./address.ts";
import { type Loaded, load } from "./load.ts";
import { objectOf } from "./object-fixture.ts";
import { simulator } from "./simulator/index.ts";

const Flow = struct("flow", { packets: u64, mac: array(u8, 6), ports: array(u32, 2) });
const module = {
  blocked: hashMap({ key: u32be, value: u64, maxEntries: 3 }),
  flows: hashMap({ key: Flow, value: Flow, maxEntries: 4 }),
  totals: arrayMap({ value: u64, maxEntries: 2 }),
  counters: perCpuArray({ value: u32, maxEntries: 2 }),
  firewall: xdp(() => XDP.PASS),
  odd: xdp(() => XDP.PASS),
  port: 53,
};
type Module = typeof module;

const maps = Object.entries(module).flatMap(([name, one]): MapSpec[] =>
  typeof one === "object" && one.kind === "map"
    ? [
        {
          name,
          type: one.type,
          key: one.key.layout,
          value: one.value.layout,
          maxEntries: one.maxEntries,
          flags: one.flags,
        },
      ]
    : [],
);

function open(cpus = 2): Promise<Loaded<Module>> {
  return load<Module>(objectOf({ firewall: "r0 = 1\nexit", odd: "r0 = 77\nexit" }, maps), simulator({ cpus }));
}

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof DiagnosticError)
      return `${error.diagnostics[0]?.code} ${error.diagnostics[0]?.notes[0] ?? error.diagnostics[0]?.message}`;
    throw error;
  }
  return "accepted";
}

describe("maps", () => {
  test("set, get, has, delete, size, iteration", async () => {
    using fw = await open();
    const { blocked } = fw.maps;
    expect(blocked.get(1)).toBeUndefined();
    blocked.set(ipv4("10.0.0.1"), 0n);
    blocked.set(ipv4("10.0.0.2"), 5n);
    expect([blocked.get(ipv4("10.0.0.2")), blocked.has(1), blocked.size]).toEqual([5n, false, 2]);
    expect([...blocked].sort()).toEqual([
      [0x0a000001, 0n],
      [0x0a000002, 5n],
    ]);
    expect([...blocked.keys()].sort()).toEqual([0x0a000001, 0x0a000002]);
    expect([...blocked.values()].sort()).toEqual([0n, 5n]);
    expect([blocked.delete(0x0a000001), blocked.delete(0x0a000001)]).toEqual([true, false]);
    blocked.clear();
    expect(blocked.size).toBe(0);
    blocked.setMany([
      [1, 1n],
      [2, 2n],
    ]);
    expect(blocked.size).toBe(2);
  });

  test("structs are partial when written and whole when read", async () => {
    using fw = await open();
    fw.maps.flows.set({ packets: 1n }, { mac: Uint8Array.of(1, 2, 3, 4, 5, 6), ports: [7] });
    expect(fw.maps.flows.get({ packets: 1n })).toEqual({
      packets: 0n,
      mac: Uint8Array.of(1, 2, 3, 4, 5, 6),
      ports: [7, 0],
    });
  });

  test("per-CPU maps take and give one value for each CPU", async () => {
    using fw = await open(3);
    fw.maps.counters.set(1, [1, 2, 3]);
    fw.maps.counters.setAll(0, 9);
    expect([...fw.maps.counters]).toEqual([
      [0, [9, 9, 9]],
      [1, [1, 2, 3]],
    ]);
    expect(codeOf(() => fw.maps.counters.set(1, [1]))).toContain("BPF6153");
    fw.maps.counters.clear();
    expect(fw.maps.counters.get(1)).toEqual([0, 0, 0]);
  });

  test("errors name the map, the key and the cure", async () => {
    using fw = await open();
    fw.maps.blocked.setMany([
      [1, 1n],
      [2, 2n],
      [3, 3n],
    ]);
    expect(codeOf(() => fw.maps.blocked.set(4, 4n))).toBe('BPF6160 set on map "blocked" with key 4 gave E2BIG');
    expect(
      codeOf(() =>
        fw.maps.blocked.setMany([
          [1, 9n],
          [5, 5n],
        ]),
      ),
    ).toBe('BPF6160 setMany on map "blocked" with key 5 gave E2BIG');
    expect(codeOf(() => fw.maps.blocked.set(1, 4n, 1))).toBe('BPF6162 set on map "blocked" with key 1 gave EEXIST');
    expect(codeOf(() => fw.maps.blocked.set(9, 4n, 2))).toBe('BPF6163 set on map "blocked" with key 9 gave ENOENT');
    expect(codeOf(() => fw.maps.blocked.set(1, 4n, 3 as 2))).toBe(
      'BPF6165 set on map "blocked" with key 1 gave EINVAL',
    );
    expect(codeOf(() => fw.maps.totals.set(2, 4n))).toBe('BPF6161 set on map "totals" with key 2 gave E2BIG');
    expect(codeOf(() => fw.maps.blocked.set(-1, 4n))).toBe(
      "BPF6150 blocked key: -1 does not fit u32be (0 to 4294967295)",
    );
    const untyped = await load(objectOf({}, maps), simulator());
    expect(codeOf(() => untyped.maps.totals?.delete(1))).toBe('BPF6164 delete on map "totals" with key 1 gave EINVAL');
  });
});

describe("programs", () => {
  test("give the verdict by name, and the number", async () => {
    await using fw = await open();
    const packet = new Uint8Array(60);
    const result = fw.programs.firewall.run(packet);
    expect([result.action, result.retval, result.packet, result.instructions]).toEqual(["DROP", 1, packet, 2]);
    expect(result.durationNs).toBeGreaterThanOrEqual(0);
    expect(fw.programs.odd.run({ packet, context: { ingressIfindex: 3 } }, { repeat: 3 }).action).toBeUndefined();
    expect(fw.backend).toBe("simulator");
  });

  test.each(["00ff", [1, 2], null, undefined, {}, { packet: "00" }])("do not run on %j", async (input) => {
    using fw = await open();
    expect(codeOf(() => fw.programs.firewall.run(input as unknown as Uint8Array))).toContain("BPF6151");
  });

  test("end with the object", async () => {
    const fw = await open();
    fw.close();
    expect(codeOf(() => fw.programs.firewall.run(new Uint8Array(60)))).toContain("BPF6005");
  });
});

test("what is no object is refused", async () => {
  await expect(load(JSON.parse("{}"), simulator())).rejects.toThrow("BPF6001");
  await expect(load(JSON.parse("null"), simulator())).rejects.toThrow("BPF6001");
});

test("names without meaning are undefined", async () => {
  using untyped = await load(
    objectOf({}, [
      {
        name: "m",
        type: "array",
        key: scalarLayouts.u32,
        value: structLayout("s", { a: scalarLayouts.u8 }),
        maxEntries: 1,
        flags: 0,
      },
    ]),
    simulator(),
  );
  expect([untyped.maps.constructor, untyped.maps.valueOf, untyped.programs.toString]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("types follow the module", () => {
  type Maps = Loaded<Module>["maps"];
  expectTypeOf<keyof Maps>().toEqualTypeOf<"blocked" | "flows" | "totals" | "counters">();
  expectTypeOf<keyof Loaded<Module>["programs"]>().toEqualTypeOf<"firewall" | "odd">();
  expectTypeOf<ReturnType<Maps["blocked"]["get"]>>().toEqualTypeOf<bigint | undefined>();
  expectTypeOf<ReturnType<Maps["counters"]["get"]>>().toEqualTypeOf<number[] | undefined>();
  expectTypeOf<ReturnType<Maps["flows"]["get"]>>().toEqualTypeOf<
    { packets: bigint; mac: Uint8Array; ports: number[] } | undefined
  >();
  expectTypeOf<ReturnType<Loaded<Module>["programs"]["firewall"]["run"]>["action"]>().toEqualTypeOf<
    "ABORTED" | "DROP" | "PASS" | "TX" | "REDIRECT" | undefined
  >();
  expectTypeOf<Maps["totals"]>().not.toHaveProperty("delete");
  // @ts-expect-error a u64 is a bigint
  expectTypeOf<Maps["blocked"]["set"]>().toBeCallableWith(1, 5);
  // @ts-expect-error the struct has no such field
  expectTypeOf<Maps["flows"]["set"]>().toBeCallableWith({ nothing: 1 }, {});
});
