// What the builders refuse: each diagnostic has its case, and each message begins with the path of the field.
import { DiagnosticError } from "@typebpf/abi";
import { describe, expect, test } from "vitest";
import { type PacketDiagnosticName, packetDiagnostics } from "./diagnostics.ts";
import {
  arp,
  dnsQuery,
  ethernet,
  fragment,
  hopByHop,
  icmpv6,
  ipv4,
  ipv6,
  type Layer,
  packet,
  tcp,
  udp,
  vlan,
} from "./index.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);

function codeAndMessage(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.map((one) => `${one.code} ${one.message}`).join();
  }
  return "no error";
}

describe("what is refused, with the path of the field", () => {
  const wrong: readonly [() => unknown, string][] = [
    [() => ipv4({ ttl: 256 }), "BPF6150 ipv4.ttl: 256 does not fit u8"],
    [() => ipv4({ ttl: 1.5 }), "BPF6151 ipv4.ttl:"],
    [() => ipv4({ saddr: "10.0.0" }), 'BPF6154 ipv4.saddr: "10.0.0" is no IPv4 address'],
    [() => ipv4({ saddr: [10, 0, 0] }), "BPF6153 ipv4.saddr: 3 bytes given, the address has 4"],
    [() => ipv4({ saddr: [10, 0, 0, 256] }), "BPF6150 ipv4.saddr[3]:"],
    [() => ipv4({ fragOff: { offset: 9 } }), "BPF6150 ipv4.fragOff.offset:"],
    [() => ipv4({ fragOff: null as unknown as number }), "BPF6151 ipv4.fragOff:"],
    [() => ipv4({ fragOff: { more: 1 } as object }), 'BPF6152 ipv4.fragOff: there is no field "more"'],
    [() => ipv4({ options: [1] as unknown as Uint8Array }), "BPF6151 ipv4.options:"],
    [() => ipv4("10.0.0"), 'BPF6154 "10.0.0" is no IPv4 address'],
    [() => ipv4(1 as unknown as string), "BPF6151 ipv4: takes an object with fields, not 1"],
    [() => ipv6({ saddr: "::g" }), "BPF6154 ipv6.saddr:"],
    [() => ipv6(new Uint8Array(16) as object), "BPF6151 ipv6:"],
    [() => ethernet({ dest: "02:00" }), "BPF6154 ethernet.dest:"],
    [() => ethernet({ dest: bytes(1) }), "BPF6153 ethernet.dest:"],
    [() => ethernet({ desk: 1 } as object), 'BPF6152 ethernet: there is no field "desk"; it has dest, source, proto'],
    [() => ethernet({ constructor: 1 } as object), "BPF6152 ethernet:"],
    [() => arp({ op: "ask" as "reply" }), "BPF6151 arp.op:"],
    [() => arp({ sip: -1 }), "BPF6151 arp.sip:"],
    [() => vlan({ id: 4096 }), "BPF6150 vlan.id:"],
    [() => vlan({ priority: 8 }), "BPF6150 vlan.priority:"],
    [() => tcp({ syn: 2 as 1 }), "BPF6150 tcp.syn:"],
    [() => tcp({ flags: 256 }), "BPF6150 tcp.flags:"],
    [() => tcp({ flags: { sin: 1 } as object }), "BPF6152 tcp.flags:"],
    [() => tcp({ options: { mss: 65536 } }), "BPF6150 tcp.options.mss:"],
    [() => tcp({ options: { timestamps: { value: -1, echo: 0 } } }), "BPF6150 tcp.options.timestamps.value:"],
    [() => tcp({ options: { size: 1 } as object }), "BPF6152 tcp.options:"],
    [() => udp(null as unknown as object), "BPF6151 udp:"],
    [() => fragment({ fragOff: 4 }), "BPF6150 fragment.fragOff:"],
    [() => packet(-1), "BPF6150 part 1:"],
    [() => packet("a", 2 ** 40), "BPF6150 part 2:"],
    [() => dnsQuery({ name: "a", type: "B" as "A" }), 'BPF6154 dnsQuery.type: "B"'],
    [() => dnsQuery({ name: 1 as unknown as string }), "BPF6151 dnsQuery.name:"],
    [() => dnsQuery({ name: "a", id: 65536 }), "BPF6150 dnsQuery.id:"],
    [() => dnsQuery({ name: `${"a".repeat(63)}.`.repeat(3) + "a".repeat(62) }), "BPF6195 dnsQuery.name:"],
    [() => dnsQuery({ name: "a".repeat(64) }), "BPF6195 dnsQuery.name:"],
    [() => packet(ipv6(), hopByHop({ options: new Uint8Array(2100) })), "BPF6193 hopByHop.hdrlen:"],
    [() => packet(ipv4({ options: new Uint8Array(41) })), "BPF6193 ipv4.ihl: 16 is more than 15"],
    [() => packet(icmpv6({ rest: 1, sequence: 1 })), "BPF6194 icmpv6.rest:"],
  ];
  test.each(wrong.map((row, index) => [index, ...row] as const))("%i", (_, act, expected) => {
    expect(codeAndMessage(act).slice(0, expected.length)).toBe(expected);
  });

  const cases: { readonly [K in PacketDiagnosticName]: () => unknown } = {
    part: () => packet({} as Layer),
    order: () => packet(ipv4(), arp()),
    addresses: () => packet(ethernet({ proto: 0x800 }), udp()),
    length: () => packet(ipv4(), 65516),
    conflict: () => vlan({ tci: 1, id: 1 }),
    domainName: () => dnsQuery({ name: "a..b" }),
  };
  test.each(Object.entries(cases))("%s", (name, act) => {
    expect(codeAndMessage(act).slice(0, 7)).toBe(packetDiagnostics[name as PacketDiagnosticName].code);
  });

  test("what is just short enough, or given, is built", () => {
    expect(packet(ipv4(), 65515)).toHaveLength(65535);
    expect(packet(ipv4({ totLen: 0 }), 70000)).toHaveLength(70020);
    expect(packet(ipv4({ protocol: 1 }), arp(), udp())).toHaveLength(56);
  });
});
