// Limits that the kernel sets, and where each stands in its source (Linux 6.12). What depends on the release is a row
// of features.ts.

/** Sizes in bytes unless the name says otherwise. */
export const limits = {
  /** MAX_BPF_STACK, include/linux/filter.h: for the whole chain of calls. */
  stackBytes: 512,
  /** Stack of a caller whose callee may make tail calls: check_max_stack_depth_subprog, kernel/bpf/verifier.c. */
  stackBytesWithTailCalls: 256,
  /** Frames are rounded up to this where the JIT says nothing else: round_up_stack_depth, kernel/bpf/verifier.c. */
  frameAlignment: 32,
  /** Instruction slots of one program: BPF_COMPLEXITY_LIMIT_INSNS for the privileged, include/linux/bpf.h. */
  programInsns: 1_000_000,
  /** Instruction slots of one program without CAP_BPF, and before Linux 5.2: BPF_MAXINSNS, uapi/linux/bpf_common.h. */
  programInsnsUnprivileged: 4096,
  /** Instructions that the kernel's verifier follows over all paths: BPF_COMPLEXITY_LIMIT_INSNS. */
  verifiedInsns: 1_000_000,
  /** Pending branches: BPF_COMPLEXITY_LIMIT_JMP_SEQ, kernel/bpf/verifier.c. */
  pendingBranches: 8192,
  /** Nested calls: MAX_CALL_FRAMES, include/linux/bpf_verifier.h. */
  callFrames: 8,
  /** Functions of one program: BPF_MAX_SUBPROGS, include/linux/bpf_verifier.h. */
  subprograms: 256,
  /** Maps of one program: MAX_USED_MAPS, include/linux/bpf_verifier.h. */
  mapsPerProgram: 64,
  /** Arguments in registers r1…r5: MAX_BPF_FUNC_REG_ARGS, include/linux/bpf.h. */
  callArguments: 5,
  /** Tail calls in a row: MAX_TAIL_CALL_CNT, include/linux/bpf.h. */
  tailCalls: 33,
  /** Iterations of bpf_loop: BPF_MAX_LOOPS, include/linux/bpf.h. */
  loopIterations: 8 * 1024 * 1024,
  /** Bytes of a name that the kernel keeps, its final NUL not counted: BPF_OBJ_NAME_LEN - 1. */
  nameBytes: 15,
  /** Greatest offset into a packet: MAX_PACKET_OFF, kernel/bpf/verifier.c. */
  packetOffset: 0xffff,
  /** Greatest offset from any other pointer is below this: BPF_MAX_VAR_OFF, include/linux/bpf_verifier.h. */
  variableOffset: 1 << 29,
  /** Metadata before an XDP packet: xdp_metalen_invalid, include/net/xdp.h; a multiple of 4; 32 in old kernels. */
  xdpMetadataBytes: 252,
  /** Room before an XDP packet: XDP_PACKET_HEADROOM, uapi/linux/bpf.h; 192 in some drivers. */
  xdpHeadroom: 256,
  /** An XDP packet never gets shorter than an Ethernet header: bpf_xdp_adjust_head, net/core/filter.c. */
  xdpMinimumPacket: 14,
} as const;

/** Licences that the kernel takes for GPL-compatible: license_is_gpl_compatible, include/linux/license.h. */
export const gplCompatibleLicenses: readonly string[] = [
  "GPL",
  "GPL v2",
  "GPL and additional rights",
  "Dual BSD/GPL",
  "Dual MIT/GPL",
  "Dual MPL/GPL",
];

/** True when programs under this licence may call helpers whose row says "GPL". */
export function isGplCompatible(license: string): boolean {
  return gplCompatibleLicenses.includes(license);
}
