// Round trips of every shape of layout, the bytes by hand, and each refusal with its path.
import {
  arrayLayout,
  bitsLayout,
  DiagnosticError,
  type Layout,
  scalarLayouts,
  structLayout,
  unionLayout,
} from "@typebpf/abi";
import { describe, expect, test } from "vitest";
import { ipv4, ipv6, mac } from "./address.ts";
import { decode, encode } from "./codec.ts";
import { fromHex, fromJson, toHex, toJson } from "./codec-json.ts";
import { ipv4Prefix, ipv6Prefix } from "./prefix.ts";

const { u8, u16, u16be, u32, u32be, u64, i8, i32, i64 } = scalarLayouts;
const Counter = structLayout("counter", { packets: u64, bytes: u8, last: u32be });
const Network4 = structLayout("k", { prefixLength: u32, address: u32be });
const Bytes4 = structLayout("k", { prefixLength: u32, address: arrayLayout(u8, 4) });
const Network6 = structLayout("k", { prefixLength: u32, address: arrayLayout(u8, 16) });
const Flow = structLayout("flow", { port: u16be, mac: arrayLayout(u8, 6), words: arrayLayout(u32, 2), inner: Counter });
const Native = structLayout("native", {
  low: bitsLayout(u8, 4),
  high: bitsLayout(u8, 4),
  signed: bitsLayout(i8, 3),
  rest: bitsLayout(i8, 5),
});
const Network = structLayout("network", { first: bitsLayout(u16be, 3), rest: bitsLayout(u16be, 13) });

function codeAndMessage(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof DiagnosticError) return `${error.diagnostics[0]?.code} ${error.diagnostics[0]?.message}`;
    throw error;
  }
  return "accepted";
}

describe("encode and decode", () => {
  const rows: readonly [string, Layout, unknown, string][] = [
    ["u8", u8, 255, "ff"],
    ["i8", i8, -1, "ff"],
    ["u16be", u16be, 0x1234, "1234"],
    ["u32be", u32be, ipv4("10.0.0.1"), "0a000001"],
    ["i32", i32, -2, "feffffff"],
    ["u64", u64, 1n << 63n, "0000000000000080"],
    ["i64", i64, -1n, "ffffffffffffffff"],
    ["byte array", arrayLayout(u8, 3), Uint8Array.of(1, 2, 3), "010203"],
    ["array", arrayLayout(u16, 2), [1, 2], "01000200"],
    [
      "nested arrays",
      arrayLayout(arrayLayout(i8, 2), 2),
      [
        [1, -1],
        [2, -2],
      ],
      "01ff02fe",
    ],
    ["struct with padding", Counter, { packets: 1n, bytes: 2, last: 3 }, "01000000000000000200000000000003"],
    ["native bits", Native, { low: 0x5, high: 0x4, signed: -1, rest: -16 }, "4587"],
    ["network bits", Network, { first: 0b101, rest: 1 }, "a001"],
  ];
  test.each(rows)("%s", (_, layout, value, hex) => {
    expect(toHex(encode(layout, value))).toBe(hex);
    expect(decode(layout, fromHex(hex))).toEqual(value);
  });

  test("what is left out is zero, deeply", () => {
    expect(toHex(encode(Flow, { port: 80, inner: { bytes: 7 }, words: [1] }))).toBe(
      `0050${"00".repeat(6)}0100000000000000${"00".repeat(8)}07${"00".repeat(7)}`,
    );
  });

  test("a view into a larger buffer is read at its own place", () => {
    expect(decode(u16be, Uint8Array.of(9, 9, 1, 2, 9).subarray(2, 4))).toBe(0x102);
  });
});

describe("refusals name the path", () => {
  const rows: readonly [Layout, unknown, string][] = [
    [arrayLayout(Counter, 3), [{}, {}, { bytes: 300 }], "BPF6150 value[2].bytes: 300 does not fit u8 (0 to 255)"],
    [u8, -1, "BPF6150 value: -1 does not fit u8 (0 to 255)"],
    [Native, { signed: 4 }, "BPF6150 value.signed: 4 does not fit 3 bits of i8 (-4 to 3)"],
    [u64, 5, "BPF6151 value: u64 takes a bigint (write 5n), not 5"],
    [u32, 5n, "BPF6151 value: u32 takes a number, not 5n"],
    [u32, 1.5, "BPF6151 value: u32 takes a whole number, not 1.5"],
    [u32, Number.NaN, "BPF6151 value: u32 takes a whole number, not NaN"],
    [Counter, 7, "BPF6151 value: struct counter takes an object, not 7"],
    [Flow, { mac: 1 }, "BPF6151 value.mac: an array of 6 takes a Uint8Array, not 1"],
    [
      Flow,
      { inner: { packet: 1n } },
      'BPF6152 value.inner: struct counter has no field "packet"; it has packets, bytes, last',
    ],
    [Flow, { mac: new Uint8Array(5) }, "BPF6153 value.mac: 5 items given, the schema has 6"],
    [Flow, { words: [1, 2, 3] }, "BPF6153 value.words: 3 items given, the schema has 2"],
  ];
  test.each(rows)("%#", (layout, value, message) => {
    expect(codeAndMessage(() => encode(layout, value))).toBe(message);
  });

  test("bytes of the wrong length", () => {
    expect(codeAndMessage(() => decode(u32, new Uint8Array(3), "key"))).toBe(
      "BPF6155 key: 3 bytes given, the schema has 4",
    );
  });
});

describe("JSON", () => {
  test("is written with decimal strings, hex and field names", () => {
    const bytes = encode(Flow, {
      port: 80,
      mac: mac("02:00:00:00:00:01"),
      words: [1, 2],
      inner: { packets: 1n << 63n },
    });
    const json = {
      port: 80,
      mac: "020000000001",
      words: [1, 2],
      inner: { packets: "9223372036854775808", bytes: 0, last: 0 },
    };
    expect(toJson(Flow, bytes)).toEqual(json);
    expect(toHex(fromJson(Flow, json))).toBe(toHex(bytes));
  });

  const accepted: readonly [Layout, string | number, string][] = [
    [u64, 5, "0500000000000000"],
    [u64, "0x10", "1000000000000000"],
    [i64, "-1", "ffffffffffffffff"],
    [u32, "258", "02010000"],
    [u32be, "10.0.0.1", "0a000001"],
    [arrayLayout(u8, 4), "10.0.0.1", "0a000001"],
    [arrayLayout(u8, 6), "02:00:00:00:00:01", "020000000001"],
    [arrayLayout(u8, 16), "2001:db8::1", "20010db8000000000000000000000001"],
    [arrayLayout(u8, 3), "0x010203", "010203"],
    [Counter, "0x01000000000000000200000000000003", "01000000000000000200000000000003"],
    [Network4, "10.128.0.0/9", "090000000a800000"],
    [Network4, "10.0.0.1", "200000000a000001"],
    [Network4, "0.0.0.0/0", "0000000000000000"],
    [Network4, "0x080000000a000000", "080000000a000000"],
    [Bytes4, "10.0.0.0/8", "080000000a000000"],
    [Network6, "2001:db8::/32", "2000000020010db8000000000000000000000000"],
  ];
  test.each(accepted)("reads %#", (layout, json, hex) => {
    expect(toHex(fromJson(layout, json))).toBe(hex);
  });

  const refused: readonly [Layout, string | boolean | null | number, string][] = [
    [u32, "ten", "BPF6154"],
    [u32, "", "BPF6154"],
    [u32, true, "BPF6151"],
    [u32, null, "BPF6151"],
    [u64, 2 ** 53, "BPF6151"],
    [u32be, "10.0.0.256", "BPF6154"],
    [arrayLayout(u8, 4), "0102", "BPF6153"],
    [arrayLayout(u8, 4), "010", "BPF6154"],
    [Counter, "0100", "BPF6154"],
    [Counter, "0x0100", "BPF6155"],
    [Network4, "10.0.0.0/33", "BPF6154"],
    [Network4, "10.0.0.0/08", "BPF6154"],
    [Network4, "10.0.0.0/8/8", "BPF6154"],
    [Network4, "10.0.0.0/", "BPF6154"],
    [Network4, "10.64.0.0/9", "BPF6154"],
    [Network4, "10/8", "BPF6154"],
    [Network4, "2001:db8::/32", "BPF6154"],
    [Network6, "2001:db8::1/32", "BPF6154"],
    [Network6, "2001:db8::/129", "BPF6154"],
  ];
  test.each(refused)("refuses %#", (layout, json, code) => {
    expect(codeAndMessage(() => fromJson(layout, json)).slice(0, 7)).toBe(code);
  });
});

test("a prefix is an address and a length, which cannot be forgotten", () => {
  expect(ipv4Prefix("10.0.0.0/8")).toEqual({ prefixLength: 8, address: 0x0a000000 });
  expect(ipv6Prefix("::/0")).toEqual({ prefixLength: 0, address: new Uint8Array(16) });
  expect(toJson(Network4, encode(Network4, ipv4Prefix("10.0.0.1")))).toEqual({ prefixLength: 32, address: 0x0a000001 });
  expect(codeAndMessage(() => fromJson(Network4, { address: "10.0.0.0" }))).toContain("needs its prefixLength");
});

describe("addresses", () => {
  test("IPv6 in every form", () => {
    expect(toHex(ipv6("::"))).toBe("00".repeat(16));
    expect(toHex(ipv6("::ffff:10.0.0.1"))).toBe(`${"00".repeat(10)}ffff0a000001`);
    expect(toHex(ipv6("1:2:3:4:5:6:7::"))).toBe("00010002000300040005000600070000");
    expect(toHex(ipv6("fe80::1:2"))).toBe(`fe80${"00".repeat(10)}00010002`);
  });
  test.each([
    "",
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "12345::",
    "1.2.3.4::",
    "::1.2.3",
    "g::",
    "::1%eth0",
  ])("%s is no IPv6 address", (text) => expect(codeAndMessage(() => ipv6(text)).slice(0, 7)).toBe("BPF6154"));
  test.each(["1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", " 1.2.3.4", "1.2.3.-4", "a.b.c.d"])(
    "%s is no IPv4 address",
    (text) => expect(codeAndMessage(() => ipv4(text)).slice(0, 7)).toBe("BPF6154"),
  );
  test("the highest IPv4 address is positive", () => expect(ipv4("255.255.255.255")).toBe(0xffffffff));
  test.each(["02:00:00:00:00", "02:00:00:00:00:0g", "02:00-00:00:00:01", "020000000001"])(
    "%s is no MAC address",
    (text) => expect(codeAndMessage(() => mac(text)).slice(0, 7)).toBe("BPF6154"),
  );
});

describe("unions", () => {
  const Word = unionLayout("word", { whole: u32, network: u32be, bytes: arrayLayout(u8, 4), low: bitsLayout(u8, 4) });

  test("give all members, and take one or what they gave", () => {
    const bytes = encode(Word, { network: 0x01020384 });
    expect(toHex(bytes)).toBe("01020384");
    const all = decode(Word, bytes);
    expect(all).toEqual({ whole: 0x84030201, network: 0x01020384, bytes, low: 1 });
    expect(toHex(encode(Word, all))).toBe("01020384");
    expect(toHex(fromJson(Word, toJson(Word, bytes)))).toBe("01020384");
    expect(toHex(encode(Word, { low: 5 }))).toBe("05000000");
  });

  test.each([
    [{ whole: 1, network: 1 }],
    [{ whole: 0x01020304, bytes: Uint8Array.of(4, 3, 2, 0) }],
    [{ low: 2, whole: 3 }],
    [{ whole: 3, low: 2 }],
  ])("refuse members that differ: %o", (value) => {
    expect(codeAndMessage(() => encode(Word, value))).toBe(
      "BPF6151 value: the members of union word differ; give one of them",
    );
  });
});
