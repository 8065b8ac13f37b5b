// Packets as they lie on the wire, computed by hand, and the layouts compared with those of the DSL's headers.
import { Arp, Ethernet, Icmp, IcmpEcho, Icmpv6, Icmpv6Echo, IPv4, IPv6, Tcp, Udp, Vlan } from "@typebpf/dsl/net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toHex } from "../codec-json.ts";
import { arpProtocol } from "./arp.ts";
import { type Payload, packet } from "./build.ts";
import { internetChecksum } from "./checksum.ts";
import { icmpEchoProtocol, icmpProtocol, icmpv6EchoProtocol, icmpv6Protocol } from "./icmp.ts";
import {
  arp,
  destinationOptions,
  dnsQuery,
  ethernet,
  fragment,
  hopByHop,
  icmp,
  icmpv6,
  ipv4,
  ipv6,
  type Layer,
  mac,
  routing,
  tcp,
  udp,
  vlan,
} from "./index.ts";
import { parsePacket } from "./parse.ts";
import { protocols } from "./protocols.ts";

const hex = (text: string) => text.replaceAll(/[\s|]/g, "");
const bytes = (...values: number[]) => Uint8Array.from(values);
const fieldsOf = (frame: Uint8Array, kind: string) =>
  parsePacket(frame).layers.find((layer) => layer.kind === kind)?.fields;

test("the layouts are those of the DSL's headers", () => {
  const { ethernet, vlan, ipv4, ipv6, tcp, udp } = protocols;
  expect(ethernet.layout).toEqual(Ethernet.layout);
  expect(vlan.layout).toEqual(Vlan.layout);
  expect(arpProtocol.layout).toEqual(Arp.layout);
  expect(ipv4.layout).toEqual(IPv4.layout);
  expect(ipv6.layout).toEqual(IPv6.layout);
  expect(tcp.layout).toEqual(Tcp.layout);
  expect(udp.layout).toEqual(Udp.layout);
  expect([icmpProtocol.layout, icmpEchoProtocol.layout]).toEqual([Icmp.layout, IcmpEcho.layout]);
  expect([icmpv6Protocol.layout, icmpv6EchoProtocol.layout]).toEqual([Icmpv6.layout, Icmpv6Echo.layout]);
});

describe("checksums", () => {
  test("the example of RFC 1071, odd lengths, carries that carry again", () => {
    expect(internetChecksum(bytes(0, 1, 0xf2, 3, 0xf4, 0xf5, 0xf6, 0xf7))).toBe(0x220d);
    expect(internetChecksum(bytes(0x12, 0x34, 0x56))).toBe(0xffff - (0x1234 + 0x5600));
    expect(internetChecksum(bytes(0xff, 0xff), bytes(0xff, 0xff, 0, 1))).toBe(0xfffe);
    expect(internetChecksum()).toBe(0xffff);
  });

  // The header that many texts compute: 45 00 00 73 … gives b861.
  test("of an IPv4 header", () => {
    const header = ipv4({ totLen: 0x73, fragOff: 0x4000, saddr: "192.168.0.1", daddr: "192.168.0.199", protocol: 17 });
    expect(toHex(packet(header))).toBe(hex("45000073 00004000 4011|b861 c0a80001 c0a800c7"));
  });

  // 0a00+0001+0a00+0002+0011+000a = 141e; 9c40+0009+000a+6869 = 104bc → 04bd; sum 18db.
  test("of UDP over IPv4", () => {
    expect(toHex(packet(ipv4(), udp(), "hi").subarray(20))).toBe(hex("9c40 0009 000a|e724 6869"));
  });

  // 141e+9c40+0009+000a = b071, and b071+4f8e = ffff.
  test("of UDP is 0xffff where it comes to 0, and 0 where that was asked for", () => {
    expect(toHex(packet(ipv4(), udp(), bytes(0x4f, 0x8e)).subarray(26, 28))).toBe("ffff");
    expect(toHex(packet(ipv4(), udp({ check: 0 }), "hi").subarray(26, 28))).toBe("0000");
  });

  test("needs no IP layer where it was given", () => expect(packet(udp({ check: 1 }), 1)).toHaveLength(9));
});

describe("what is filled in", () => {
  // The checksum of TCP: 0a00+0001+0a00+0002+0006+0014 = 141d; 9c40+0050+5010+ffff+141d = 200bc → 00be.
  test("nothing but defaults", () => {
    expect(toHex(packet(ethernet(), ipv4(), tcp()))).toBe(
      hex(`020000000002 020000000001 0800 | 45000028 00000000 4006 66ce 0a000001 0a000002
           | 9c40 0050 00000000 00000000 5010 ffff ff41 0000`),
    );
  });

  const numbers: readonly [string, readonly (Layer | Payload)[], number, string][] = [
    ["ARP", [ethernet(), arp()], 12, "0806"],
    ["IPv6", [ethernet(), ipv6()], 12, "86dd"],
    ["unknown payload", [ethernet(), "x"], 12, "88b5"],
    ["one tag", [ethernet(), vlan({ id: 5 }), ipv4()], 12, "8100 0005 0800"],
    ["two tags", [ethernet(), vlan({ id: 5 }), vlan({ id: 7 }), ipv6()], 12, "88a8 0005 8100 0007 86dd"],
    ["ICMP over IPv4", [ipv4(), icmp()], 9, "01"],
    ["an IP packet in another", [ipv4(), ipv6()], 9, "29"],
    ["payload over IPv4", [ipv4(), 4], 9, "fd"],
    ["payload over IPv6", [ipv6(), 4], 6, "fd"],
    ["nothing over IPv6", [ipv6()], 6, "3b"],
    ["ICMPv6", [ipv6(), icmpv6()], 6, "3a"],
    ["hop-by-hop options", [ipv6(), hopByHop(), tcp()], 4, `001c 00 40 ${"fd000000000000000000000000000001"}`],
    [
      "a chain of extension headers",
      [hopByHop(), destinationOptions(), routing(), fragment(), udp({ check: 0 })],
      0,
      "3c00 010400000000 | 2b00 010400000000 | 2c00 0000 00000000 | 1100 0000 00000000",
    ],
    [
      "given numbers win",
      [ethernet({ proto: 1 }), ipv4({ protocol: 2, ihl: 9, totLen: 3, check: 4 })],
      12,
      "0001 49 00 0003 0000 0000 40 02 0004",
    ],
  ];
  test.each(numbers)("%s", (_, parts, at, expected) => {
    expect(toHex(packet(...parts)).slice(at * 2)).toMatch(new RegExp(`^${hex(expected)}`));
  });

  test("options lengthen the header, and are filled up", () => {
    const frame = packet(
      ipv4({ options: bytes(1, 1, 1, 1, 7) }),
      tcp({ options: { mss: 1460, windowScale: 7 } }),
      "abc",
    );
    expect(fieldsOf(packet(ethernet(), frame), "ipv4")).toBeUndefined();
    expect(toHex(frame.subarray(0, 4))).toBe("4700003b");
    expect(toHex(frame.subarray(20, 28))).toBe("0101010107000000");
    expect(toHex(frame.subarray(40, 42))).toBe("7010");
    expect(toHex(frame.subarray(48, 56))).toBe(hex("020405b4 03030701"));
  });

  test("options of IPv6 are filled up with Pad1 or PadN", () => {
    expect(toHex(packet(hopByHop({ options: bytes(5, 2, 0, 0, 9) })))).toBe("3b00050200000900");
    expect(toHex(packet(hopByHop({ options: bytes(5, 2, 0, 0) })))).toBe("3b00050200000100");
    expect(toHex(packet(hopByHop({ options: bytes(5, 2, 0, 0, 9, 9, 9) })))).toBe("3b010502000009090901050000000000");
  });

  test("TCP options by name, in Linux's order", () => {
    const options = { windowScale: 7, timestamps: { value: 1, echo: 2 }, sackPermitted: true, mss: 1460 };
    const frame = packet(ipv4(), tcp({ syn: 1, options }));
    expect(toHex(frame.subarray(40))).toBe(hex("020405b4 0402 080a 00000001 00000002 030307 01"));
  });

  test("the flags of TCP, by name, as a byte, one by one", () => {
    const flagsOf = (layer: Layer) => packet(ipv4(), layer)[33];
    expect(flagsOf(tcp())).toBe(0x10);
    expect(flagsOf(tcp({ flags: { syn: true, ack: true } }))).toBe(0x12);
    expect(flagsOf(tcp({ flags: 0xc2 }))).toBe(0xc2);
    expect(flagsOf(tcp({ rst: true }))).toBe(0x04);
    expect(flagsOf(tcp({ flags: 0xff, syn: false }))).toBe(0xfd);
    expect(flagsOf(tcp({ flags: {} }))).toBe(0);
  });

  test("addresses as text, numbers and bytes are the same", () => {
    const saddr = "10.1.2.3";
    expect(packet(ipv4({ saddr }))).toEqual(packet(ipv4({ saddr: ipv4(saddr) })));
    expect(packet(ipv4({ saddr }))).toEqual(packet(ipv4({ saddr: [10, 1, 2, 3] })));
    expect(packet(arp({ sip: saddr }))).toEqual(packet(arp({ sip: ipv4(saddr) })));
    expect(packet(ipv6({ daddr: "::1" }))).toEqual(packet(ipv6({ daddr: ipv6("::1") })));
    expect(packet(ethernet({ dest: "02-00-00-00-00-09" }))).toEqual(
      packet(ethernet({ dest: mac("02:00:00:00:00:09") })),
    );
    expect(["1.2.3.4", "0.0.0.1"].map(ipv4)).toEqual([0x01020304, 1]);
  });

  test("parts of one number", () => {
    expect(toHex(packet(vlan({ id: 4095, priority: 5, dropEligible: true, proto: 0 })))).toBe("bfff0000");
    expect(
      fieldsOf(packet(ethernet(), ipv4({ fragOff: { moreFragments: true, offset: 1480 } })), "ipv4")?.fragOff,
    ).toBe(0x2000 + 185);
    expect(toHex(packet(icmp({ id: 1, sequence: 2, check: 0 })))).toBe("0800000000010002");
    expect(toHex(packet(icmp({ type: 3, code: 4, rest: 1500, check: 0 })))).toBe("03040000000005dc");
  });

  test("a layer keeps the fields that it was made with", () => {
    const source = bytes(2, 0, 0, 0, 0, 7);
    const layer = ethernet({ source });
    source[5] = 8;
    expect(packet(layer)[11]).toBe(7);
  });

  test("the payload: text, bytes, zeros, several", () => {
    expect(toHex(packet("é", bytes(1, 2), 2))).toBe("c3a901020000");
    expect(packet()).toEqual(new Uint8Array(0));
  });

  test("a DNS query", () => {
    expect(toHex(dnsQuery({ id: 0x1234, name: "a.example", type: "AAAA" }))).toBe(
      hex("1234 0100 0001 0000 0000 0000 | 01 61 07 6578616d706c65 00 | 001c 0001"),
    );
    expect(toHex(dnsQuery({ name: ".", recursionDesired: false, type: 300 })).slice(24)).toBe(hex("00 012c 0001"));
    const longest = `${"a".repeat(63)}.`.repeat(3) + "a".repeat(61);
    expect(dnsQuery({ name: longest })).toHaveLength(12 + 255 + 4);
  });
});

test("what was given is there, what was not is right", () => {
  const u = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 });
  const bits = fc.constantFrom<0 | 1>(0, 1);
  const address = fc.record({
    v4: fc.record({ saddr: u(32), daddr: u(32), ttl: u(8), tos: u(8), id: u(16) }),
    v6: fc.record({ saddr: fc.uint8Array({ minLength: 16, maxLength: 16 }), hopLimit: u(8), flowLbl: u(20) }),
  });
  const layers = fc.record({
    ip: address,
    use: fc.constantFrom("ipv4", "ipv6"),
    tcp: fc.record({ source: u(16), dest: u(16), seq: u(32), syn: bits, cwr: bits, res1: u(4), window: u(16) }),
    options: fc.uint8Array({ maxLength: 40 }),
    payload: fc.uint8Array({ maxLength: 99 }),
  });
  fc.assert(
    fc.property(layers, ({ ip, use, tcp: segment, options, payload }) => {
      const network = use === "ipv4" ? ipv4({ ...ip.v4, options }) : ipv6(ip.v6);
      const frame = packet(ethernet(), vlan(), network, tcp({ ...segment, options }), payload);
      const parsed = parsePacket(frame);
      expect(parsed.layers.map((layer) => layer.kind)).toEqual(["ethernet", "vlan", use, "tcp"]);
      expect(fieldsOf(frame, "tcp")).toMatchObject(segment);
      expect(fieldsOf(frame, use)).toMatchObject(use === "ipv4" ? ip.v4 : ip.v6);
      expect(frame.subarray(parsed.end)).toEqual(payload);
      const length = use === "ipv4" ? { totLen: frame.length - 18 } : { payloadLen: frame.length - 58 };
      expect(fieldsOf(frame, use)).toMatchObject(length);
      const at = parsed.layers[2];
      if (use === "ipv4" && at) expect(internetChecksum(frame.subarray(at.at, at.at + at.size))).toBe(0);
    }),
  );
});
