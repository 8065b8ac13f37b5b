import { expect, test } from "vitest";
import { createPacket } from "../packet.ts";
import {
  Arp,
  Ethernet,
  FibLookup,
  Icmp,
  IcmpEcho,
  Icmpv6,
  Icmpv6Echo,
  IPv4,
  IPv6,
  SockTuple4,
  SockTuple6,
  Tcp,
  TunnelKey,
  Udp,
  Vlan,
} from "./index.ts";

function hex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/[0-9a-f]{2}/g) ?? [], (byte) => Number.parseInt(byte, 16));
}

test("headers have their sizes on the wire, without padding", () => {
  const sizes = { Ethernet, Vlan, Arp, IPv4, IPv6, Icmp, IcmpEcho, Icmpv6, Icmpv6Echo, Tcp, Udp };
  expect(Object.fromEntries(Object.entries(sizes).map(([name, schema]) => [name, schema.size]))).toEqual({
    Ethernet: 14,
    Vlan: 4,
    Arp: 28,
    IPv4: 20,
    IPv6: 40,
    Icmp: 8,
    IcmpEcho: 8,
    Icmpv6: 8,
    Icmpv6Echo: 8,
    Tcp: 20,
    Udp: 8,
  });
});

test("IPv4", () => {
  const ip = createPacket(hex("46 b8 0054 1234 4000 40 11 abcd 0a000001 c0a80102")).at(0, IPv4);
  expect({ ...ip }).toEqual({
    ihl: 6,
    version: 4,
    tos: 0xb8,
    totLen: 84,
    id: 0x1234,
    fragOff: 0x4000,
    ttl: 64,
    protocol: 17,
    check: 0xabcd,
    saddr: 0x0a000001,
    daddr: 0xc0a80102,
  });
});

test("IPv6", () => {
  const source = "20010db8000000000000000000000001";
  const ip = createPacket(hex(`6abcdef1 0010 3a ff ${source} ${"ff".repeat(16)}`)).at(0, IPv6);
  expect(ip).toMatchObject({
    version: 6,
    trafficClass: 0xab,
    flowLbl: 0xcdef1,
    payloadLen: 16,
    nexthdr: 58,
    hopLimit: 255,
  });
  expect([ip?.saddr[1], ip?.saddr[15], ip?.daddr[0]]).toEqual([1, 1, 255]);
});

test("TCP, flag by flag", () => {
  const bytes = hex("1f90 0050 01020304 05060708 a5 00 ffff abcd 0001");
  const tcp = createPacket(bytes).at(0, Tcp);
  expect(tcp).toMatchObject({ source: 8080, dest: 80, seq: 0x01020304, ackSeq: 0x05060708, doff: 10, res1: 5 });
  expect(tcp).toMatchObject({ window: 0xffff, check: 0xabcd, urgPtr: 1 });
  for (const [bit, name] of (["fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"] as const).entries()) {
    if (tcp) tcp[name] = 1;
    expect(bytes[13]).toBe(1 << bit);
    if (tcp) tcp[name] = 0;
  }
});

test("ARP and VLAN", () => {
  const arp = createPacket(hex("0001 0800 06 04 0002 020000000001 0a000001 020000000002 0a000002")).at(0, Arp);
  expect(arp).toMatchObject({ hrd: 1, pro: 0x0800, hln: 6, pln: 4, op: 2 });
  expect([arp?.sha[5], arp?.sip[3], arp?.tha[5], arp?.tip[3]]).toEqual([1, 1, 2, 2]);
  expect({ ...createPacket(hex("a064 86dd")).at(0, Vlan) }).toEqual({ tci: 0xa064, proto: 0x86dd });
});

test("what helpers look up is as long as the kernel's structs", () => {
  const sizes = { FibLookup, SockTuple4, SockTuple6, TunnelKey };
  const found = Object.fromEntries(Object.entries(sizes).map(([name, schema]) => [name, schema.size]));
  expect(found).toEqual({ FibLookup: 64, SockTuple4: 12, SockTuple6: 36, TunnelKey: 44 });
});
