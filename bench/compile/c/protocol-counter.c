/* examples/protocol-counter in C. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define NOT_IP 255

struct counter {
  __u64 packets, bytes;
};

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 256);
  __type(key, __u32);
  __type(value, struct counter);
} counters SEC(".maps");

static __u32 protocol_of(void *data, void *end) {
  struct ethhdr *eth = data;
  if ((void *)(eth + 1) > end) return NOT_IP;
  struct iphdr *ip = (void *)(eth + 1);
  if (eth->h_proto == bpf_htons(ETH_P_IP)) return (void *)(ip + 1) > end ? NOT_IP : ip->protocol;
  struct ipv6hdr *ip6 = (void *)(eth + 1);
  if (eth->h_proto == bpf_htons(ETH_P_IPV6)) return (void *)(ip6 + 1) > end ? NOT_IP : ip6->nexthdr;
  return NOT_IP;
}

SEC("xdp") int count(struct xdp_md *ctx) {
  void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
  __u32 key = protocol_of(data, end);
  struct counter *counter = bpf_map_lookup_elem(&counters, &key);
  if (counter) {
    counter->packets += 1;
    counter->bytes += end - data;
  }
  return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
