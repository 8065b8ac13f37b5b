// Reports each IPv4 packet on a ring buffer: tc, either direction.
import { ringBuffer, sizeOf, struct, TC, tc, u32, u32be, u64 } from "@typebpf/dsl";
import { EtherType, Ethernet, IPv4 } from "@typebpf/dsl/net";

export const Seen = struct("seen", { at: u64, source: u32be, length: u32 });

export const seen = ringBuffer({ value: Seen, maxEntries: 65536 });

export const watch = tc((ctx) => {
  const eth = ctx.packet.at(0, Ethernet);
  if (!eth || eth.proto !== EtherType.IPv4) return TC.OK;
  const ip = ctx.packet.at(sizeOf(Ethernet), IPv4);
  if (!ip) return TC.OK;

  using record = seen.reserve();
  if (!record) return TC.OK;
  record.at = ctx.ktimeGetNs();
  record.source = ip.saddr;
  record.length = ctx.len;
  record.submit();
  return TC.OK;
});
