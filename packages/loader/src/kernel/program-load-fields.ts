// Every field of BPF_PROG_LOAD (union bpf_attr, include/uapi/linux/bpf.h): what the loader sets it to, or why it does not.
// A test holds this against the snapshot of the header and against attr.ts.

/** What becomes of a field. */
export type LoadField =
  /** Set, from what the words say. */
  | { readonly from: string }
  /** Left zero. */
  | { readonly why: string };

export const programLoadFields = {
  prog_type: { from: "the program's type" },
  insn_cnt: { from: "the number of instructions, those of its functions included" },
  insns: { from: "the instructions, with descriptors in place of names" },
  license: { from: "the object's licence" },
  log_level: { from: "0; 1 when a refused program is loaded again for its log; what `logLevel` says" },
  log_size: { from: "64 KiB, and more until the log fits" },
  log_buf: { from: "memory for the log, where one is asked for" },
  kern_version: { why: "kernels since 5.0 do not look at it" },
  prog_flags: {
    from: "BPF_F_SLEEPABLE and BPF_F_XDP_HAS_FRAGS, as the section says; BPF_F_XDP_DEV_BOUND_ONLY with a device",
  },
  prog_name: { from: "the program's name, as far as it fits" },
  prog_ifindex: { from: "the option `device`, for programs that ask the device" },
  expected_attach_type: { from: "the section" },
  prog_btf_fd: { from: "the object's types, where the kernel takes them" },
  func_info_rec_size: { from: "the size of a record of functions" },
  func_info: { from: "the types of the functions" },
  func_info_cnt: { from: "the number of functions" },
  line_info_rec_size: { from: "the size of a record of lines" },
  line_info: { from: "the lines of the source" },
  line_info_cnt: { from: "the number of lines" },
  attach_btf_id: { from: "the type of the function, tracepoint, hook or iterator that the section names" },
  attach_prog_fd: { from: "the program that an extension replaces a function of" },
  attach_btf_obj_fd: { why: "places are those of the kernel itself, not of its modules" },
  core_relo_cnt: { why: "contexts have fixed offsets, so nothing is relocated by the kernel" },
  fd_array: { why: "instructions hold descriptors themselves" },
  core_relos: { why: "as core_relo_cnt" },
  core_relo_rec_size: { why: "as core_relo_cnt" },
  log_true_size: { why: "written by the kernel; the log's text says as much" },
  prog_token_fd: { why: "the process has the capabilities itself" },
  fd_array_cnt: { why: "as fd_array" },
  signature: { why: "programs are not signed" },
  signature_size: { why: "as signature" },
  keyring_id: { why: "as signature" },
} as const satisfies Readonly<Record<string, LoadField>>;
