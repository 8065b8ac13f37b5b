// Filters of random shape, in TypeScript and in C with the same meaning, for timing compilers: rules over header fields, maps
// that count, loops over bytes, functions. A seed and a number give the same filter on every machine.

/** One filter, twice. */
export interface GeneratedProgram {
  readonly name: string;
  readonly typescript: string;
  readonly c: string;
}

/** Random whole numbers: mulberry32. */
function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

interface Rule {
  readonly typescript: string;
  readonly c: string;
}

type MakeRule = (pick: (below: number) => number) => Rule;

function compared(field: string, cField: string, value: number, verdict: number): Rule {
  const name = verdict === 1 ? "DROP" : "PASS";
  return {
    typescript: `  if (${field} === ${value}) return XDP.${name};`,
    c: `  if (${cField} == ${value}) return XDP_${name};`,
  };
}

const rules: readonly MakeRule[] = [
  (pick) => compared("ip.protocol", "ip->protocol", pick(256), pick(2)),
  (pick) => compared("ip.saddr", "bpf_ntohl(ip->saddr)", pick(0x7fff_ffff), pick(2)),
  (pick) => compared("(ip.daddr & 0xffff)", "(bpf_ntohl(ip->daddr) & 0xffff)", pick(0x1_0000), pick(2)),
  (pick) => compared("ip.totLen % 7", "bpf_ntohs(ip->tot_len) % 7", pick(7), pick(2)),
  (pick) => {
    const key = pick(256);
    return {
      typescript: `  count((ip.protocol + ${key}) & 0xff);`,
      c: `  count((ip->protocol + ${key}) & 0xff);`,
    };
  },
  (pick) => {
    const [turns, factor] = [4 + pick(12), 3 + 2 * pick(100)];
    return {
      typescript: `  for (let i = 0; i < ${turns}; i++) hash = (Math.imul(hash, ${factor}) + i) >>> 0;`,
      c: `  for (__u32 i = 0; i < ${turns}; i++) hash = hash * ${factor} + i;`,
    };
  },
  (pick) => {
    const value = pick(16);
    return {
      typescript: `  if ((hash & 15) === ${value}) return XDP.DROP;`,
      c: `  if ((hash & 15) == ${value}) return XDP_DROP;`,
    };
  },
];

/** The filter of that number. */
export function generateProgram(number: number, seed = 1): GeneratedProgram {
  const pick = randomOf(seed * 100_003 + number);
  const chosen = Array.from(
    { length: 4 + pick(12) },
    () => rules[pick(rules.length)]?.(pick) ?? { typescript: "", c: "" },
  );
  return {
    name: `generated-${number}`,
    typescript: `import { arrayMap, sizeOf, u64, xdp, XDP } from "@typebpf/dsl";
import { Ethernet, EtherType, IPv4 } from "@typebpf/dsl/net";

export const counts = arrayMap({ value: u64, maxEntries: 256 });

function count(key: number): void {
  const entry = counts.get(key);
  if (entry) entry.value += 1n;
}

export const filter = xdp((ctx) => {
  const eth = ctx.packet.at(0, Ethernet);
  if (!eth || eth.proto !== EtherType.IPv4) return XDP.PASS;
  const ip = ctx.packet.at(sizeOf(Ethernet), IPv4);
  if (!ip) return XDP.PASS;
  let hash = ip.saddr;
${chosen.map((rule) => rule.typescript).join("\n")}
  return (hash & 1) === 0 ? XDP.PASS : XDP.DROP;
});
`,
    c: `#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 256);
  __type(key, __u32);
  __type(value, __u64);
} counts SEC(".maps");

static void count(__u32 key) {
  __u64 *entry = bpf_map_lookup_elem(&counts, &key);
  if (entry) *entry += 1;
}

SEC("xdp") int filter(struct xdp_md *ctx) {
  void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
  struct ethhdr *eth = data;
  if ((void *)(eth + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP)) return XDP_PASS;
  struct iphdr *ip = (void *)(eth + 1);
  if ((void *)(ip + 1) > end) return XDP_PASS;
  __u32 hash = bpf_ntohl(ip->saddr);
${chosen.map((rule) => rule.c).join("\n")}
  return (hash & 1) == 0 ? XDP_PASS : XDP_DROP;
}

char _license[] SEC("license") = "GPL";
`,
  };
}
