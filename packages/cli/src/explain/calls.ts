// Calls of the command that cause a diagnostic, by code; the tests run them. `filter.bpf.ts` has one XDP program
// `filter` and a hash map `blocked` from u32be to u64.

/** Command lines without the leading `typebpf`. */
export const calls: Readonly<Record<string, string>> = {
  BPF5001: "disasm --insns 9500",
  BPF5002: "disasm --insns ff00000000000000",
  BPF5003: "disasm --insns 9500000001000000",
  BPF5004: "disasm --insns bf0b000000000000",
  BPF5005: "disasm --insns 1800000000000000",
  BPF6150: "run filter.bpf.ts --packet 00 --set 'blocked[99999999999]=1'",
  BPF6154: "run filter.bpf.ts --packet 00 --set 'blocked[10.0.0.999]=1'",
  BPF6230: "attach filter.bpf.ts --interface none0",
  BPF6300: "buidl filter.bpf.ts",
  BPF6301: "check filter.bpf.ts --jsno",
  BPF6302: "test filter.bpf.ts",
  BPF6303: "build filter.bpf.ts -O7",
  BPF6304: "run --insns 9500000000000000 --pcap in.pcap",
  BPF6306: "run filter.bpf.ts --packet 00 --program fliter",
  BPF6308: "explain BPF0000",
  BPF6309: "attach filter.bpf.ts --interface lo --direction egress",
  BPF6310: "check none.bpf.ts",
  BPF6311: "build filter.bpf.ts --emit asm -o /none/filter.asm",
  BPF6315: "check filter.c",
  BPF6320: "run filter.bpf.ts",
  BPF6330: "run filter.bpf.ts --packet 00 --set 'blokced[1]=1'",
  BPF6331: "run filter.bpf.ts --packet 00 --set blocked",
};
