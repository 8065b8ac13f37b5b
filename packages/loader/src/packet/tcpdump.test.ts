// tcpdump as judge of what the builders make: it checks lengths and checksums, and names the fields.
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import {
  arp,
  destinationOptions,
  dnsQuery,
  ethernet,
  hopByHop,
  icmp,
  icmpv6,
  ipv4,
  ipv6,
  packet,
  routing,
  tcp,
  udp,
  vlan,
} from "./index.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);

/** A capture file of Ethernet frames. */
function capture(frames: readonly Uint8Array[]): Uint8Array {
  const word = (value: number) => new Uint8Array(Uint32Array.of(value).buffer);
  const header = [0xa1b2c3d4, 0x00040002, 0, 0, 0x40000, 1].map(word);
  const records = frames.flatMap((frame) => [word(0), word(0), word(frame.length), word(frame.length), frame]);
  return Buffer.concat([...header, ...records]);
}

const hasTcpdump = spawnSync("tcpdump", ["--version"]).status === 0;

test.skipIf(!hasTcpdump)("tcpdump finds every checksum and length right (skipped without tcpdump)", () => {
  const options = { mss: 1460, sackPermitted: true, timestamps: { value: 1, echo: 0 }, windowScale: 7 };
  const frames: readonly (readonly [Uint8Array, RegExp])[] = [
    [packet(ethernet(), ipv4(), udp({ dest: 9 }), "abc"), /\[udp sum ok\] UDP, length 3/],
    [packet(ethernet(), ipv4(), udp({ dest: 9, check: 1 }), "abc"), /\[bad udp cksum/],
    [
      packet(ethernet(), ipv4({ options: bytes(1, 1, 1) }), tcp({ syn: 1, options }), "x"),
      /cksum 0x\w+ \(correct\).*wscale 7/,
    ],
    [packet(ethernet(), ipv4({ check: 7 }), tcp()), /bad cksum 7/],
    [packet(ethernet(), ipv4(), icmp({ id: 5, sequence: 6 }), "ping"), /ICMP echo request, id 5, seq 6, length 12$/],
    [packet(ethernet(), ipv6(), tcp(), "odd"), /cksum 0x\w+ \(correct\)/],
    [packet(ethernet(), ipv6(), udp(), "abc"), /\[udp sum ok\]/],
    [packet(ethernet(), ipv6(), hopByHop(), destinationOptions(), routing(), udp(), "abc"), /\[udp sum ok\]/],
    [packet(ethernet(), ipv6(), icmpv6({ identifier: 5, sequence: 6 }), "ping"), /\[icmp6 sum ok\].* id 5, seq 6/],
    [packet(ethernet(), vlan({ id: 5 }), vlan({ id: 7, priority: 3 }), ipv4(), udp()), /vlan 5.* vlan 7, p 3.*sum ok/],
    [packet(ethernet(), arp({ tip: "10.9.9.9" })), /Request who-has 10\.9\.9\.9 tell 10\.0\.0\.1/],
    [
      packet(ethernet(), ipv4(), udp({ dest: 53 }), dnsQuery({ name: "example.com", id: 7 })),
      /sum ok\] 7\+ A\? example\.com/,
    ],
    [packet(ethernet(), ipv4(), icmp({ type: 3, code: 1 }), ipv4(), udp(), "12"), /unreachable.*\bUDP, length 2$/],
    [packet(ethernet(), ipv4(), ipv6(), tcp({ flags: 2 })), /cksum 0x\w+ \(correct\)/],
  ];
  for (const [frame, expected] of frames) {
    const { stdout, stderr } = spawnSync("tcpdump", ["-envvr", "-"], { input: capture([frame]), encoding: "utf8" });
    const text = stdout.replaceAll(/\s+/g, " ").trim();
    expect(text, stderr).toMatch(expected);
    if (!expected.source.includes("bad")) expect(text).not.toMatch(/bad|incorrect|wrong|truncated|invalid/);
  }
});
