// Accounts for what the processes of a control group send and receive: packets and bytes by group, direction and protocol.
import { atomicAdd, cgroupSkb, type CgroupSkbEgressContext, type CgroupSkbIngressContext, hashMap, struct, u8, u64 } from "@typebpf/dsl";
import { IPv4, IPv6 } from "@typebpf/dsl/net";

/** Whose traffic: a control group by its number, 0 received or 1 sent, the IP protocol. */
const Account = struct("account", { cgroup: u64, sent: u8, protocol: u8 });
const Traffic = struct("traffic", { packets: u64, bytes: u64 });

export const accounts = hashMap({ key: Account, value: Traffic, maxEntries: 4096 });

function protocolOf(ctx: CgroupSkbIngressContext | CgroupSkbEgressContext): number {
  const first = ctx.packet.at(0, u8);
  if (!first) return 0;
  if (first.value >> 4 === 4) return ctx.packet.at(0, IPv4)?.protocol ?? 0;
  return ctx.packet.at(0, IPv6)?.nexthdr ?? 0;
}

function account(ctx: CgroupSkbIngressContext | CgroupSkbEgressContext, sent: number): void {
  const key = Account({ cgroup: ctx.cgroupId(), sent: u8(sent), protocol: u8(protocolOf(ctx)) });
  const traffic = accounts.get(key);
  if (!traffic) {
    accounts.set(key, Traffic({ packets: 1n, bytes: u64(ctx.len) }));
    return;
  }
  atomicAdd(traffic, "packets", 1n);
  atomicAdd(traffic, "bytes", u64(ctx.len));
}

export const received = cgroupSkb.ingress((ctx) => {
  account(ctx, 0);
  return 1;
});

export const sent = cgroupSkb.egress((ctx) => {
  account(ctx, 1);
  return 1;
});
