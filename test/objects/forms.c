/* Forms of C that the reference filters do not have: functions of each linkage, a callback, globals of each kind, maps by
 * size alone, a trie, records. Read by test/objects/clang.test.ts. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");
struct key { __u32 prefixlen; __u8 addr[4]; };
struct { __uint(type, BPF_MAP_TYPE_LPM_TRIE); __uint(max_entries, 16); __uint(map_flags, 1); __type(key, struct key); __type(value, __u64); } trie SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 16); __uint(key_size, 4); __uint(value_size, 8); } old SEC(".maps");
struct pair { __u32 a; __u16 b; __u8 c:3, d:5; };
int counter = 3; const volatile int limit = 7; static struct pair last;
static __attribute__((noinline)) int helper(int x) { last.a += x; return x + counter; }
static long each(__u32 i, void *ctx) { *(int*)ctx += i; return 0; }
__attribute__((noinline)) int visible(int x) { return x * limit; }
SEC("xdp") int forms(struct xdp_md *ctx)
{
	struct pair *p = bpf_ringbuf_reserve(&events, sizeof(*p), 0);
	int sum = 0;
	bpf_loop(4, each, &sum, 0);
	if (!p) return XDP_ABORTED;
	p->a = helper(1) + sum; p->b = visible(2); p->c = 1; p->d = 2;
	bpf_ringbuf_submit(p, 0);
	counter++;
	return XDP_PASS;
}
char LICENSE[] SEC("license") = "GPL";
