/* Forms of C that the reference filters do not have: functions of each linkage, a callback, globals of each kind, maps by
 * size alone, a trie, records. Read by test/objects/clang.test.ts. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 3000);
} events SEC(".maps");
struct key { __u32 prefixlen; __u8 addr[4]; };
struct { __uint(type, BPF_MAP_TYPE_LPM_TRIE); __uint(max_entries, 16); __uint(map_flags, 1); __type(key, struct key); __type(value, __u64); } trie SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 16); __uint(key_size, 4); __uint(value_size, 8); } old SEC(".maps");
struct pair { __u32 a; __u16 b; __u8 c:3, d:5; };
int counter = 3; const volatile int limit = 7; struct setting { __u16 port; __u64 most; }; const volatile struct setting setting = { 53, 9 }; static struct pair last;
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
unsigned long long load_byte(void *skb, unsigned long long at) asm("llvm.bpf.load.byte");
unsigned long long load_half(void *skb, unsigned long long at) asm("llvm.bpf.load.half");
unsigned long long load_word(void *skb, unsigned long long at) asm("llvm.bpf.load.word");
/* The size of the IP header, the EtherType and the whole number at 4, or 0 where there is no such byte. */
SEC("socket") int loads(struct __sk_buff *skb)
{
	return (load_byte(skb, 0) & 0xf) * 4 + load_half(skb, -0x200000 + 12) + load_word(skb, load_byte(skb, -0x100000 + 1)) + setting.port * setting.most;
}
char LICENSE[] SEC("license") = "GPL";
