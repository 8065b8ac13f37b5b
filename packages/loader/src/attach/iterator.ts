// Iterators (BPF_LINK_CREATE with BPF_TRACE_ITER, BPF_ITER_CREATE; kernel/bpf/bpf_iter.c): a link says over what, each
// reading of it runs the program for every object and gives the text that it writes.
//
//   union bpf_iter_link_info:  map fd u32  |  cgroup order u32, fd u32, id u64  |  task tid u32, pid u32, pidfd u32    16 bytes
import { readSync } from "node:fs";
import { DiagnosticError, diagnostic, uapi } from "@typebpf/abi";
import type { BackendLink, ResolvedReference } from "../backend.ts";
import { Attr, attrLayouts } from "../kernel/attr.ts";
import { kernelDiagnostics } from "../kernel/diagnostics.ts";
import { errnoName } from "../kernel/errno.ts";
import { Fd } from "../kernel/fd.ts";
import { linkInfo } from "../kernel/info.ts";
import { resolveReference } from "../kernel/references.ts";
import type { Sys } from "../kernel/sys.ts";
import type { IteratorAttachOptions } from "../placed-options.ts";
import { checkNames, checkNumber, checkWord } from "./options.ts";
import { PlacedLink, placedRefusal } from "./placed-link.ts";
import type { Attachable } from "./registry.ts";

const infoBytes = 16;
const chunkBytes = 1 << 16;

/** `enum bpf_cgroup_iter_order`. */
const orders = { self: 1, descendants: 2, descendantsAfter: 3, ancestors: 4 } as const;

function failed(name: string, note: string): never {
  const message = `the iterator "${name}" cannot be read`;
  throw new DiagnosticError([diagnostic(kernelDiagnostics.iteratorRead, { message, notes: [note] })]);
}

class IteratorLink extends PlacedLink {
  readonly #sys: Sys;
  readonly #name: string;

  constructor(sys: Sys, fd: Fd, program: Attachable) {
    super(fd, linkInfo(sys, fd.number)?.id ?? 0, `iterator over ${program.section.target ?? "nothing"}`);
    this.#sys = sys;
    this.#name = program.name;
  }

  read(): string {
    const status = new Attr(this.#sys, attrLayouts.iterCreate)
      .set("link_fd", this.fd.number)
      .call(uapi.command.ITER_CREATE);
    if (status < 0) return failed(this.#name, `the kernel answers ${errnoName(-status)}`);
    using file = new Fd(this.#sys, status, `iterator "${this.#name}"`);
    const chunks: Uint8Array[] = [];
    try {
      for (;;) {
        const chunk = new Uint8Array(chunkBytes);
        const size = readSync(file.number, chunk);
        if (size === 0) return new TextDecoder().decode(Buffer.concat(chunks));
        chunks.push(chunk.subarray(0, size));
      }
    } catch (error) {
      return failed(this.#name, error instanceof Error ? error.message : String(error));
    }
  }
}

/** What the options name, filled into the kernel's struct; undefined where they name nothing. */
function fill(program: Attachable, options: IteratorAttachOptions, view: DataView): ResolvedReference | undefined {
  const { sys } = program;
  if (options.map !== undefined) {
    const map = resolveReference(sys, { kind: "map", map: options.map });
    view.setUint32(0, map.number, true);
    return map;
  }
  if (options.cgroup !== undefined) {
    const order = checkWord("order", options.order, Object.keys(orders) as (keyof typeof orders)[]) ?? "self";
    const cgroup = resolveReference(sys, { kind: "cgroup", at: options.cgroup });
    view.setUint32(0, orders[order], true);
    view.setUint32(4, cgroup.number, true);
    return cgroup;
  }
  const thread = checkNumber("thread", options.thread, 1, 0x7fff_ffff);
  const process = checkNumber("process", options.process, 1, 0x7fff_ffff);
  if (thread === undefined && process === undefined) return undefined;
  view.setUint32(thread === undefined ? 4 : 0, thread ?? process ?? 0, true);
  return { number: 0, [Symbol.dispose]: () => {} };
}

/** Makes an iterator: `read` of the link runs it. @throws DiagnosticError with what to do */
export function attachIterator(program: Attachable, options: IteratorAttachOptions): BackendLink {
  const { sys } = program;
  checkNames("iterator", options, ["map", "cgroup", "order", "thread", "process"]);
  const info = sys.allocate(infoBytes);
  const attr = new Attr(sys, attrLayouts.iterLink)
    .set("prog_fd", program.fd)
    .set("attach_type", uapi.attachType.TRACE_ITER);
  const over = fill(program, options, info.view);
  if (over) attr.set("iter_info", info).set("iter_info_len", infoBytes);
  const status = attr.call(uapi.command.LINK_CREATE);
  over?.[Symbol.dispose]();
  if (status < 0) throw new DiagnosticError([placedRefusal(program, status)]);
  return new IteratorLink(sys, new Fd(sys, status, `iterator "${program.name}"`), program);
}
