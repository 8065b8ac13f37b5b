// Typed handles over the simulator: values by schema, errors that say what to do, types of a module's exports.
import { DiagnosticError, type MapSpec, scalarLayouts, structLayout } from "@typebpf/abi";
import {
  array,
  arrayMap,
  hashMap,
  lpmTrie,
  lruPerCpuHashMap,
  perCpuArray,
  perCpuHashMap,
  struct,
  u8,
  u32,
  u32be,
  u64,
  XDP,
  xdp,
} from "@typebpf/dsl";
import { describe, expect, expectTypeOf, test } from "vitest";
import { ipv4 } from "./address.ts";
import { type Loaded, load } from "./load.ts";
import { objectOf } from "./object-fixture.ts";
import { type AddressPrefix, ipv4Prefix, ipv6Prefix } from "./prefix.ts";
import { simulator } from "./simulator/index.ts";

const Flow = struct("flow", { packets: u64, mac: array(u8, 6), ports: array(u32, 2) });
const module = {
  blocked: hashMap({ key: u32be, value: u64, maxEntries: 3 }),
  flows: hashMap({ key: Flow, value: Flow, maxEntries: 4 }),
  totals: arrayMap({ value: u64, maxEntries: 2 }),
  counters: perCpuArray({ value: u32, maxEntries: 2 }),
  rules: lpmTrie({ key: u32be, value: u32, maxEntries: 2 }),
  rules6: lpmTrie({ key: array(u8, 16), value: Flow, maxEntries: 2 }),
  perSource: perCpuHashMap({ key: u32be, value: u64, maxEntries: 2 }),
  recent: lruPerCpuHashMap({ key: u32be, value: u64, maxEntries: 2 }),
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

  test("per-CPU hash maps as well, and they can be emptied", async () => {
    using fw = await open(3);
    const { perSource, recent } = fw.maps;
    for (const map of [perSource, recent]) {
      map.set(ipv4("10.0.0.1"), [1n, 2n, 3n]);
      map.setAll(ipv4("10.0.0.2"), 9n);
      expect(new Map(map)).toEqual(
        new Map([
          [0x0a000001, [1n, 2n, 3n]],
          [0x0a000002, [9n, 9n, 9n]],
        ]),
      );
    }
    expect(codeOf(() => perSource.setAll(3, 1n))).toContain("BPF6160");
    recent.setAll(3, 1n);
    expect([recent.size, recent.delete(3), recent.has(3)]).toEqual([2, true, false]);
    perSource.clear();
    expect(perSource.size).toBe(0);
  });

  test("tries match prefixes", async () => {
    using fw = await open();
    const { rules, rules6 } = fw.maps;
    rules.set(ipv4Prefix("10.0.0.0/8"), 1);
    rules.set({ prefixLength: 16, address: ipv4("10.1.0.0") }, 2);
    expect([rules.get(ipv4Prefix("10.1.2.3")), rules.get(ipv4Prefix("10.2.2.3")), rules.size]).toEqual([2, 1, 2]);
    expect([...rules.keys()]).toEqual([ipv4Prefix("10.1.0.0/16"), ipv4Prefix("10.0.0.0/8")]);
    expect(codeOf(() => rules.set(ipv4Prefix("1.2.3.4"), 1))).toContain("BPF6160 set on map");
    expect(codeOf(() => rules.get({ prefixLength: 33, address: 0 }))).toBe(
      "BPF6166 rules key: a prefix of 33 bits, the address has 32",
    );
    expect(codeOf(() => rules.get({ address: 0 } as AddressPrefix<number>))).toContain("BPF6151");
    expect([rules.delete(ipv4Prefix("10.0.0.0/8")), rules.delete(ipv4Prefix("10.0.0.0/8"))]).toEqual([true, false]);
    rules6.setMany([[ipv6Prefix("2001:db8::/32"), { packets: 7n }]]);
    expect(rules6.get(ipv6Prefix("2001:db8::1"))?.packets).toBe(7n);
    rules6.clear();
    expect([...rules6]).toEqual([]);
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
  expectTypeOf<keyof Maps>().toEqualTypeOf<
    "blocked" | "flows" | "totals" | "counters" | "rules" | "rules6" | "perSource" | "recent"
  >();
  expectTypeOf<keyof Loaded<Module>["programs"]>().toEqualTypeOf<"firewall" | "odd">();
  expectTypeOf<ReturnType<Maps["blocked"]["get"]>>().toEqualTypeOf<bigint | undefined>();
  expectTypeOf<ReturnType<Maps["counters"]["get"]>>().toEqualTypeOf<number[] | undefined>();
  expectTypeOf<ReturnType<Maps["flows"]["get"]>>().toEqualTypeOf<
    { packets: bigint; mac: Uint8Array; ports: number[] } | undefined
  >();
  expectTypeOf<ReturnType<Loaded<Module>["programs"]["firewall"]["run"]>["action"]>().toEqualTypeOf<
    "ABORTED" | "DROP" | "PASS" | "TX" | "REDIRECT" | undefined
  >();
  expectTypeOf<ReturnType<Maps["perSource"]["get"]>>().toEqualTypeOf<bigint[] | undefined>();
  expectTypeOf<Parameters<Maps["rules"]["get"]>[0]>().toEqualTypeOf<AddressPrefix<number>>();
  expectTypeOf<Maps["rules6"]["delete"]>().toBeCallableWith({ prefixLength: 8, address: [0x20] });
  // @ts-expect-error a prefix has a length
  expectTypeOf<Maps["rules"]["get"]>().toBeCallableWith({ address: 1 });
  expectTypeOf<Maps["totals"]>().not.toHaveProperty("delete");
  // @ts-expect-error a u64 is a bigint
  expectTypeOf<Maps["blocked"]["set"]>().toBeCallableWith(1, 5);
  // @ts-expect-error the struct has no such field
  expectTypeOf<Maps["flows"]["set"]>().toBeCallableWith({ nothing: 1 }, {});
});
