import { expect, test } from "vitest";
import { array, sizeOf, u8, u16be, u32, XDP, xdp } from "./index.ts";
import { Ethernet, EtherType, IPv4, IpProtocol, Udp } from "./net/index.ts";
import { createPacket } from "./packet.ts";
import { createXdpContext } from "./runtime.ts";

test("a packet is read where it is, and nowhere else", () => {
  const bytes = new Uint8Array(70_000).subarray(2);
  bytes[1] = 0x35;
  const packet = createPacket(bytes);
  expect(packet.length).toBe(69_998);
  expect(packet.at(0, u16be)?.value).toBe(0x35);
  for (const offset of [-1, 0.5, Number.NaN, 0x10000, 69_998]) expect(packet.at(offset, u8)).toBeUndefined();
  const short = createPacket(bytes.subarray(0, 4));
  expect(short.at(0, u32)).toBeDefined();
  expect(short.at(1, u32)).toBeUndefined();
  expect(short.at(-0, array(u8, 4))?.length).toBe(4);
  const scalar = packet.at(0xffff, u8);
  if (scalar) scalar.value = 0x1ff;
  expect(bytes[0xffff]).toBe(0xff);
  expect(() => createPacket("" as never)).toThrow(TypeError);
});

test("a filter runs as plain JavaScript", () => {
  const filter = xdp((ctx) => {
    const eth = ctx.packet.at(0, Ethernet);
    if (!eth || eth.proto !== EtherType.IPv4) return XDP.PASS;
    const ip = ctx.packet.at(sizeOf(Ethernet), IPv4);
    if (ip?.protocol !== IpProtocol.UDP) return XDP.PASS;
    const udp = ctx.packet.at(sizeOf(Ethernet) + ip.ihl * 4, Udp);
    eth.source = eth.dest;
    return udp?.dest === 53 ? XDP.DROP : XDP.PASS;
  });
  const bytes = new Uint8Array(42);
  bytes.set([1, 2, 3, 4, 5, 6]);
  bytes.set([0x08, 0x00, 0x45], 12);
  bytes[23] = 17;
  bytes[37] = 53;
  expect(filter.filter(createXdpContext(bytes))).toBe(1);
  expect([...bytes.subarray(6, 12)]).toEqual([1, 2, 3, 4, 5, 6]);
  expect(filter.filter(createXdpContext(bytes.subarray(0, 41)))).toBe(2);
});

test("what only a kernel can do throws, unless it is provided", () => {
  const bare = createXdpContext(new Uint8Array(14));
  expect(() => bare.ktimeGetNs()).toThrow("ctx.ktimeGetNs only exists in the kernel or the simulator");
  expect(() => bare.ingressIfindex).toThrow("ctx.ingressIfindex only exists");
  const given = createXdpContext(new Uint8Array(14), { ktimeGetNs: () => 5n, ingressIfindex: 3 });
  expect([given.ktimeGetNs(), given.ingressIfindex]).toEqual([5n, 3]);
  expect(() => createXdpContext(new Uint8Array(14), { other: 1 } as never)).toThrow("has no other");
});
