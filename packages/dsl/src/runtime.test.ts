import { expect, test } from "vitest";
import { array, HeaderStart, sizeOf, TC, tc, u8, u16be, u32, XDP, xdp } from "./index.ts";
import { Ethernet, EtherType, IPv4, IpProtocol, Udp } from "./net/index.ts";
import { createPacket } from "./packet.ts";
import { createSocketFilterContext, createTcContext, createXdpContext } from "./runtime.ts";

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

test("a tc context keeps what is written, and loads copies", () => {
  const bytes = new Uint8Array(34);
  bytes.set([0x08, 0x00, 0x45], 12);
  const ctx = createTcContext(bytes, { priority: 4 });
  expect(() => ctx.mark).toThrow("pass it to createTcContext");
  const filter = tc((it) => {
    it.mark = 6;
    it.cb[4] = it.mark + it.priority;
    const ip = it.loadBytes(14, IPv4);
    if (!ip || it.loadBytes(15, IPv4) || it.protocol !== EtherType.IPv4) return TC.SHOT;
    ip.version = 9;
    return it.len === 34 && it.loadBytesRelative(0, u8, HeaderStart.NET)?.value === 0x45 ? TC.OK : TC.PIPE;
  });
  expect(filter.filter(ctx)).toBe(TC.OK);
  expect([ctx.mark, ctx.cb[4], ctx.priority]).toEqual([6, 10, 4]);
  expect(() => createTcContext(bytes, { family: 1 } as never)).toThrow("A tc context has no family to provide");
});

test("a socket filter sees what is behind the Ethernet header", () => {
  const bytes = Uint8Array.from({ length: 20 }, (_, index) => index);
  const ctx = createSocketFilterContext(bytes);
  expect([ctx.len, ctx.protocol, ctx.loadBytes(0, u8)?.value]).toEqual([6, 0x0c0d, 14]);
  expect(ctx.loadBytesRelative(0, u8, HeaderStart.MAC)?.value).toBe(0);
  expect(ctx.loadBytesRelative(0, u8, HeaderStart.NET)?.value).toBe(14);
  for (const lost of [ctx.loadBytes(6, u8), ctx.loadBytes(-1, u8), ctx.loadBytesRelative(0, u8, 2)])
    expect(lost).toBeUndefined();
});
