/* examples/rate-limit in C. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

struct limit {
  __u64 ns_per_token, burst;
};

struct bucket {
  __u64 tokens, filled_ns, dropped;
};

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct limit);
} limits SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 65536);
  __type(key, __be32);
  __type(value, struct bucket);
} buckets SEC(".maps");

SEC("xdp") int limit(struct xdp_md *ctx) {
  void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
  struct ethhdr *eth = data;
  if ((void *)(eth + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP)) return XDP_PASS;
  struct iphdr *ip = (void *)(eth + 1);
  if ((void *)(ip + 1) > end) return XDP_PASS;
  __u32 zero = 0;
  struct limit *allowed = bpf_map_lookup_elem(&limits, &zero);
  if (!allowed || !allowed->ns_per_token || !allowed->burst) return XDP_PASS;
  __u64 now = bpf_ktime_get_ns();
  __be32 source = ip->saddr;
  struct bucket *bucket = bpf_map_lookup_elem(&buckets, &source);
  if (!bucket) {
    struct bucket fresh = {.tokens = allowed->burst - 1, .filled_ns = now};
    bpf_map_update_elem(&buckets, &source, &fresh, BPF_ANY);
    return XDP_PASS;
  }
  __u64 earned = (now - bucket->filled_ns) / allowed->ns_per_token;
  __u64 tokens = bucket->tokens + earned;
  bucket->tokens = tokens < allowed->burst ? tokens : allowed->burst;
  bucket->filled_ns += earned * allowed->ns_per_token;
  if (!bucket->tokens) {
    bucket->dropped += 1;
    return XDP_DROP;
  }
  bucket->tokens -= 1;
  return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
