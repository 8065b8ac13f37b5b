// One line per packet: of each protocol, of packets cut anywhere, and of anything at all.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describePacket } from "./describe.ts";
import { formatIpv6 } from "./format-address.ts";
import { arp, ethernet, fragment, hopByHop, icmp, icmpv6, ipv4, ipv6, packet, tcp, udp, vlan } from "./index.ts";

describe("one line per packet", () => {
  const udp4 = packet(ethernet(), ipv4(), udp({ source: 1234, dest: 53 }), 28);
  const lines: readonly (readonly [Uint8Array, string])[] = [
    [udp4, "IPv4 10.0.0.1:1234 > 10.0.0.2:53 UDP 70 bytes"],
    [packet(ethernet(), ipv4(), tcp({ syn: 1, ack: 1 })), "IPv4 10.0.0.1:40000 > 10.0.0.2:80 TCP SYN ACK 54 bytes"],
    [packet(ethernet(), ipv6(), hopByHop(), udp()), "IPv6 [fd00::1]:40000 > [fd00::2]:9 UDP 70 bytes"],
    [
      packet(ethernet(), ipv6(), icmpv6({ type: 135 })),
      "IPv6 fd00::1 > fd00::2 ICMPv6 neighbour solicitation 62 bytes",
    ],
    [packet(ethernet(), vlan({ id: 5 }), ipv4(), icmp()), "VLAN 5 IPv4 10.0.0.1 > 10.0.0.2 ICMP echo request 46 bytes"],
    [packet(ethernet(), ipv4(), icmp({ type: 42, code: 7 })), "IPv4 10.0.0.1 > 10.0.0.2 ICMP type 42 code 7 42 bytes"],
    [packet(ethernet(), arp()), "ARP who has 10.0.0.2? tell 10.0.0.1 42 bytes"],
    [packet(ethernet(), arp({ op: "reply" })), "ARP 10.0.0.1 is at 02:00:00:00:00:01 42 bytes"],
    [packet(ethernet({ proto: 0x88cc }), 6), "Ethernet 02:00:00:00:00:01 > 02:00:00:00:00:02 type 0x88cc 20 bytes"],
    [packet(ethernet(), ipv4({ protocol: 47 }), 1), "IPv4 10.0.0.1 > 10.0.0.2 protocol 47 35 bytes"],
    [
      packet(ethernet(), ipv4({ protocol: 17, fragOff: { offset: 1480 } }), 8),
      "IPv4 10.0.0.1 > 10.0.0.2 fragment at 1480 protocol 17 42 bytes",
    ],
    [
      packet(ethernet(), ipv6(), fragment({ fragOff: 1480, nexthdr: 17 }), 8),
      "IPv6 fd00::1 > fd00::2 fragment at 1480 protocol 17 70 bytes",
    ],
    [
      packet(ethernet(), ipv4(), ipv4({ saddr: "1.2.3.4" }), udp()),
      "IPv4 10.0.0.1 > 10.0.0.2 IPv4 1.2.3.4:40000 > 10.0.0.2:9 UDP 62 bytes",
    ],
    [new Uint8Array(1), "Ethernet cut off 1 byte"],
    [udp4.subarray(0, 40), "IPv4 10.0.0.1 > 10.0.0.2 UDP cut off 40 bytes"],
    [packet(ethernet(), ipv4({ ihl: 4 })), "IPv4 malformed 34 bytes"],
    [packet(ethernet(), ipv4({ version: 6 })), "IPv4 malformed 34 bytes"],
    [packet(ethernet(), ipv4(), tcp({ doff: 6 })), "IPv4 10.0.0.1 > 10.0.0.2 TCP cut off 54 bytes"],
  ];
  test.each(lines.map(([frame, line]) => [line, frame] as const))("%s", (line, frame) => {
    expect(describePacket(frame)).toBe(line);
  });

  test("any bytes have one short line", () => {
    const types = fc.constantFrom([0x08, 0], [0x08, 6], [0x81, 0], [0x86, 0xdd]);
    const inner = fc.uint8Array({ maxLength: 120 });
    fc.assert(
      fc.property(types, fc.constantFrom(0x45, 0x60, 0x4f, 0), inner, (type, first, rest) => {
        const line = describePacket(Uint8Array.of(...new Uint8Array(12), ...type, first, ...rest));
        expect(line).toMatch(/^\w.{0,400} bytes?$/);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (any) => describePacket(any).endsWith("s") || any.length === 1),
    );
  });

  test("a packet of nothing but VLAN tags has a short line too", () => {
    const tags = new Uint8Array(60_000).map((_, at) => (at >= 12 && at % 4 === 0 ? 0x81 : 0));
    expect(describePacket(tags).length).toBeLessThan(500);
  });
});

test("IPv6 addresses in their canonical form", () => {
  const text = (address: string) => formatIpv6(ipv6(address));
  for (const canonical of ["::", "::1", "1::", "2001:db8::1:0:0:1", "1:0:2:3:4:5:6:7", "fe80::10", "1:2:3:4:5:6:7:8"]) {
    expect(text(canonical)).toBe(canonical);
  }
  expect(text("2001:0DB8:0:0:1:0:0:1")).toBe("2001:db8::1:0:0:1");
  expect(text("1:0:0:2:0:0:0:3")).toBe("1:0:0:2::3");
});
