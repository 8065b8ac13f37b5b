// XDP programs that send packets on by maps, programs that see what is sent on, and packets in fragments.
import { arrayMap, cpuMap, devMap, u8, u32, u64, XDP, xdp } from "@typebpf/dsl";
import { Ethernet, EtherType } from "@typebpf/dsl/net";

export const ports = devMap({ maxEntries: 2 });
export const cpus = cpuMap({ maxEntries: 4 });
/** 0: packets for a CPU, 1: bytes of the longest packet, 2: its linear part, 3: its last byte. */
export const seen = arrayMap({ value: u64, maxEntries: 4 });

function isIp(proto: number | undefined): boolean {
  return proto === EtherType.IPv4;
}

/** IPv4 goes back where it came from. */
export const back = xdp((ctx) => (isIp(ctx.packet.at(0, Ethernet)?.proto) ? ports.redirect(0, XDP.DROP) : XDP.PASS));

/** Packets that leave by the map are marked in their source address. */
export const stamp = xdp.devmap((ctx) => {
  const eth = ctx.packet.at(0, Ethernet);
  if (!eth || ctx.egressIfindex === 0) return XDP.DROP;
  eth.source[5] = 0x77;
  return XDP.PASS;
});

export const spread = xdp((ctx) => (isIp(ctx.packet.at(0, Ethernet)?.proto) ? cpus.redirect(0, XDP.DROP) : XDP.PASS));

export const onCpu = xdp.cpumap(() => {
  const packets = seen.get(0);
  if (packets) packets.value += 1n;
  return XDP.PASS;
});

export const measure = xdp(
  (ctx) => {
    const length = ctx.getBuffLen();
    const [longest, linear, last] = [seen.get(1), seen.get(2), seen.get(3)];
    if (!longest || !linear || !last || length < 64n || length <= longest.value) return XDP.PASS;
    longest.value = length;
    linear.value = u64(ctx.packet.length);
    const byte = ctx.loadBytes(u32(length - 1n), u8);
    if (byte) last.value = u64(byte.value);
    return XDP.PASS;
  },
  { frags: true },
);

export const linearOnly = xdp(() => XDP.PASS);
