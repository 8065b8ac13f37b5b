// Layouts of `union bpf_attr`, one row per command, and of the info structs that the kernel fills: byte offset and
// size of each field under the kernel's own name (include/uapi/linux/bpf.h). A test compares them with the snapshot of
// the kernel's BTF. Fields that we never set stay zero, which means "absent" for the kernel.
import type { Memory, Sys } from "./sys.ts";

/** Offset and size in bytes. Sizes of 4 and 8 are integers, others are character arrays. */
export type AttrField = readonly [offset: number, size: number];

/** A struct of the system call: its size and fields. `in` names the member of bpf_attr that holds it, if it has a name. */
export interface AttrLayout {
  readonly in: string;
  readonly size: number;
  readonly fields: Readonly<Record<string, AttrField>>;
}

/** Everything that the back end sends to bpf(2) or gets back. */
export const attrLayouts = {
  mapCreate: {
    in: "bpf_attr",
    size: 72,
    fields: {
      map_type: [0, 4],
      key_size: [4, 4],
      value_size: [8, 4],
      max_entries: [12, 4],
      map_flags: [16, 4],
      inner_map_fd: [20, 4],
      numa_node: [24, 4],
      map_name: [28, 16],
      btf_fd: [48, 4],
      btf_key_type_id: [52, 4],
      btf_value_type_id: [56, 4],
      btf_vmlinux_value_type_id: [60, 4],
      map_extra: [64, 8],
    },
  },
  structOpsMap: {
    in: "bpf_attr",
    size: 72,
    fields: {
      map_type: [0, 4],
      key_size: [4, 4],
      value_size: [8, 4],
      max_entries: [12, 4],
      map_flags: [16, 4],
      map_name: [28, 16],
      btf_fd: [48, 4],
      btf_vmlinux_value_type_id: [60, 4],
    },
  },
  btfLoad: {
    in: "bpf_attr",
    size: 28,
    fields: { btf: [0, 8], btf_log_buf: [8, 8], btf_size: [16, 4], btf_log_size: [20, 4], btf_log_level: [24, 4] },
  },
  mapElement: {
    in: "bpf_attr",
    size: 32,
    fields: { map_fd: [0, 4], key: [8, 8], value: [16, 8], flags: [24, 8] },
  },
  mapBatch: {
    in: "bpf_attr.batch",
    size: 56,
    fields: {
      in_batch: [0, 8],
      out_batch: [8, 8],
      keys: [16, 8],
      values: [24, 8],
      count: [32, 4],
      map_fd: [36, 4],
      elem_flags: [40, 8],
      flags: [48, 8],
    },
  },
  programLoad: {
    in: "bpf_attr",
    size: 128,
    fields: {
      prog_type: [0, 4],
      insn_cnt: [4, 4],
      insns: [8, 8],
      license: [16, 8],
      log_level: [24, 4],
      log_size: [28, 4],
      log_buf: [32, 8],
      prog_flags: [44, 4],
      prog_name: [48, 16],
      prog_ifindex: [64, 4],
      expected_attach_type: [68, 4],
      prog_btf_fd: [72, 4],
      func_info_rec_size: [76, 4],
      func_info: [80, 8],
      func_info_cnt: [88, 4],
      line_info_rec_size: [92, 4],
      line_info: [96, 8],
      line_info_cnt: [104, 4],
      attach_btf_id: [108, 4],
      attach_prog_fd: [112, 4],
      fd_array: [120, 8],
    },
  },
  rawTracepointOpen: {
    in: "bpf_attr.raw_tracepoint",
    size: 24,
    fields: { name: [0, 8], prog_fd: [8, 4], cookie: [16, 8] },
  },
  iterLink: {
    in: "bpf_attr.link_create",
    size: 48,
    fields: {
      prog_fd: [0, 4],
      attach_type: [8, 4],
      iter_info: [16, 8],
      iter_info_len: [24, 4],
    },
  },
  iterCreate: {
    in: "bpf_attr.iter_create",
    size: 8,
    fields: { link_fd: [0, 4], flags: [4, 4] },
  },
  testRun: {
    in: "bpf_attr.test",
    size: 80,
    fields: {
      prog_fd: [0, 4],
      retval: [4, 4],
      data_size_in: [8, 4],
      data_size_out: [12, 4],
      data_in: [16, 8],
      data_out: [24, 8],
      repeat: [32, 4],
      duration: [36, 4],
      ctx_size_in: [40, 4],
      ctx_size_out: [44, 4],
      ctx_in: [48, 8],
      ctx_out: [56, 8],
    },
  },
  linkCreate: {
    in: "bpf_attr.link_create",
    size: 64,
    fields: {
      prog_fd: [0, 4],
      target_ifindex: [4, 4],
      attach_type: [8, 4],
      flags: [12, 4],
      "perf_event.bpf_cookie": [16, 8],
      "kprobe_multi.flags": [16, 4],
      "kprobe_multi.cnt": [20, 4],
      "kprobe_multi.syms": [24, 8],
      "uprobe_multi.path": [16, 8],
      "uprobe_multi.offsets": [24, 8],
      "uprobe_multi.cnt": [48, 4],
      "uprobe_multi.flags": [52, 4],
      "uprobe_multi.pid": [56, 4],
      "tcx.relative_id": [16, 4],
      "tcx.expected_revision": [24, 8],
      "cgroup.relative_id": [16, 4],
      "cgroup.expected_revision": [24, 8],
      "netfilter.pf": [16, 4],
      "netfilter.hooknum": [20, 4],
      "netfilter.priority": [24, 4],
      "netfilter.flags": [28, 4],
    },
  },
  programAttach: {
    in: "bpf_attr",
    size: 32,
    fields: {
      target_fd: [0, 4],
      attach_bpf_fd: [4, 4],
      attach_type: [8, 4],
      attach_flags: [12, 4],
      replace_bpf_fd: [16, 4],
      relative_id: [20, 4],
      expected_revision: [24, 8],
    },
  },
  rawTracepoint: {
    in: "bpf_attr.raw_tracepoint",
    size: 16,
    fields: { name: [0, 8], prog_fd: [8, 4] },
  },
  programQuery: {
    in: "bpf_attr.query",
    size: 64,
    fields: {
      target_ifindex: [0, 4],
      attach_type: [4, 4],
      query_flags: [8, 4],
      attach_flags: [12, 4],
      prog_ids: [16, 8],
      prog_cnt: [24, 4],
      link_ids: [40, 8],
      revision: [56, 8],
    },
  },
  byId: {
    in: "bpf_attr",
    size: 12,
    fields: { start_id: [0, 4], next_id: [4, 4], open_flags: [8, 4] },
  },
  objectInfo: {
    in: "bpf_attr.info",
    size: 16,
    fields: { bpf_fd: [0, 4], info_len: [4, 4], info: [8, 8] },
  },
  mapInfo: {
    in: "bpf_map_info",
    size: 8,
    fields: { type: [0, 4], id: [4, 4] },
  },
  programInfo: {
    in: "bpf_prog_info",
    size: 232,
    fields: { type: [0, 4], id: [4, 4], name: [64, 16], verified_insns: [216, 4] },
  },
  linkInfo: {
    in: "bpf_link_info",
    size: 64,
    fields: { type: [0, 4], id: [4, 4], prog_id: [8, 4], "xdp.ifindex": [16, 4] },
  },
} as const satisfies Readonly<Record<string, AttrLayout>>;

/**
 * One struct in memory that the kernel can reach; fields are read and written by name. Memory whose address is put into
 * a field is kept alive with the block.
 */
export class Attr<L extends AttrLayout> {
  readonly memory: Memory;
  readonly #sys: Sys;
  readonly #layout: L;
  readonly #held = new Map<string, Memory>();
  #status = 0;

  constructor(sys: Sys, layout: L) {
    this.memory = sys.allocate(layout.size);
    this.#sys = sys;
    this.#layout = layout;
  }

  #field(name: keyof L["fields"] & string): AttrField {
    const field = this.#layout.fields[name];
    if (!field) throw new Error(`kernel/attr: no field ${name}`);
    return field;
  }

  /** Writes an integer, the address of memory or, into a character array, text cut to fit with a zero at its end. */
  set(name: keyof L["fields"] & string, value: number | bigint | string | Memory): this {
    const [offset, size] = this.#field(name);
    if (typeof value === "string") {
      const text = new TextEncoder().encode(value).subarray(0, size - 1);
      this.memory.bytes.fill(0, offset, offset + size).set(text, offset);
    } else if (typeof value === "object") {
      this.#held.set(name, value);
      this.memory.view.setBigUint64(offset, value.address, true);
    } else if (size === 8) this.memory.view.setBigUint64(offset, BigInt(value), true);
    else this.memory.view.setUint32(offset, Number(value), true);
    return this;
  }

  /** bpf(2) with this block: the kernel's result or a negative errno. */
  call(command: number): number {
    // The store comes after the call, so that `this` and the memory it holds are alive throughout.
    this.#status = this.#sys.bpf(command, this.memory);
    return this.#status;
  }

  /** Reads a 32-bit field. */
  get(name: keyof L["fields"] & string): number {
    return this.memory.view.getUint32(this.#field(name)[0], true);
  }

  /** Reads a character array up to its first zero. */
  text(name: keyof L["fields"] & string): string {
    const [offset, size] = this.#field(name);
    const bytes = this.memory.bytes.subarray(offset, offset + size);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  }
}

/** The kernel's form of a name: what it does not take becomes `_`, and 15 bytes are left. */
export function kernelName(name: string): string {
  return name.replace(/[^A-Za-z0-9_.]/gu, "_").slice(0, 15);
}
