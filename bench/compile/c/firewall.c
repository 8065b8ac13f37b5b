/* examples/firewall in C. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 10000);
  __type(key, __be32);
  __type(value, __u64);
} blocked SEC(".maps");

SEC("xdp") int firewall(struct xdp_md *ctx) {
  void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
  struct ethhdr *eth = data;
  if ((void *)(eth + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP)) return XDP_PASS;
  struct iphdr *ip = (void *)(eth + 1);
  if ((void *)(ip + 1) > end) return XDP_PASS;
  __be32 source = ip->saddr;
  __u64 *hits = bpf_map_lookup_elem(&blocked, &source);
  if (!hits) return XDP_PASS;
  *hits += 1;
  return XDP_DROP;
}

char _license[] SEC("license") = "GPL";
