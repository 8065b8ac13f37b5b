// BPF_OBJ_GET_INFO_BY_FD into a block whose fields are read by name. What a kernel does not know yet stays zero; what a
// newer one adds is not asked for (bpf_obj_get_info_by_fd in kernel/bpf/syscall.c).
import { uapi } from "@typebpf/abi";
import { Attr, type AttrLayout, attrLayouts } from "../attr.ts";
import type { Memory, Sys } from "../sys.ts";

/** The most bytes that are taken for one array or text that the kernel says it has. */
const mostBytes = 1 << 28;

/** An info struct that the kernel has filled. */
export class Info<L extends AttrLayout> extends Attr<L> {
  readonly #fields: AttrLayout["fields"];

  constructor(sys: Sys, layout: L) {
    super(sys, layout);
    this.#fields = layout.fields;
  }

  /** Reads a 64-bit field. */
  wide(name: keyof L["fields"] & string): bigint {
    return this.memory.view.getBigUint64(this.#fields[name]?.[0] ?? 0, true);
  }

  /** The bytes of a field, a copy. */
  bytes(name: keyof L["fields"] & string): Uint8Array {
    const [offset = 0, size = 0] = this.#fields[name] ?? [];
    return this.memory.bytes.slice(offset, offset + size);
  }
}

/**
 * Asks about the object behind a descriptor; `prepare` puts in buffers for what does not fit the struct.
 * Gives the kernel's answer, or a negative errno.
 */
export function readInfo<L extends AttrLayout>(
  sys: Sys,
  fd: number,
  layout: L,
  prepare: (info: Info<L>) => void = () => undefined,
): Info<L> | number {
  const info = new Info(sys, layout);
  prepare(info);
  const attr = new Attr(sys, attrLayouts.objectInfo);
  attr.set("bpf_fd", fd).set("info_len", layout.size).set("info", info.memory);
  const status = attr.call(uapi.command.OBJ_GET_INFO_BY_FD);
  return status < 0 ? status : info;
}

/** Room for an array that the kernel says it has; of nothing where that cannot be. */
export function roomFor(sys: Sys, count: number, bytes: number): Memory | undefined {
  const size = count * bytes;
  return size > 0 && size <= mostBytes ? sys.allocate(size) : undefined;
}

/** Text up to its first zero. */
export function textOf({ bytes }: Memory): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
