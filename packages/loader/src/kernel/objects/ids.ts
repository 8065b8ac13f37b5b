// The ids of everything that the kernel holds (BPF_*_GET_NEXT_ID) and descriptors by id (BPF_*_GET_FD_BY_ID). Objects come
// and go at any time: an id that has gone before it is opened is no error.
import { uapi } from "@typebpf/abi";
import { Attr, attrLayouts } from "../attr.ts";
import { errnos } from "../errno.ts";
import { Fd } from "../fd.ts";
import type { Sys } from "../sys.ts";
import { refusedBy } from "./diagnostics.ts";

/** What the kernel holds and counts. */
export type ObjectKind = "program" | "map" | "link" | "btf";

const commands: Readonly<Record<ObjectKind, { readonly next: number; readonly open: number }>> = {
  program: { next: uapi.command.PROG_GET_NEXT_ID, open: uapi.command.PROG_GET_FD_BY_ID },
  map: { next: uapi.command.MAP_GET_NEXT_ID, open: uapi.command.MAP_GET_FD_BY_ID },
  link: { next: uapi.command.LINK_GET_NEXT_ID, open: uapi.command.LINK_GET_FD_BY_ID },
  btf: { next: uapi.command.BTF_GET_NEXT_ID, open: uapi.command.BTF_GET_FD_BY_ID },
};

/** The greatest id that there can be. */
export const mostId = 0x7fff_ffff;

/** Ids in rising order. @throws DiagnosticError without the privilege to look. */
export function* objectIds(sys: Sys, kind: ObjectKind): Generator<number, void> {
  const attr = new Attr(sys, attrLayouts.byId);
  for (;;) {
    const status = attr.call(commands[kind].next);
    if (status === -errnos.ENOENT) return;
    if (status < 0) throw refusedBy("infoRefused", `the kernel does not list its ${kind}s`, status);
    const id = attr.get("next_id");
    yield id;
    attr.set("start_id", id);
  }
}

/** A descriptor of an object; undefined where there is none with that id. @throws DiagnosticError without the privilege. */
export function openById(sys: Sys, kind: ObjectKind, id: number): Fd | undefined {
  const status = new Attr(sys, attrLayouts.byId).set("start_id", id).call(commands[kind].open);
  if (status >= 0) return new Fd(sys, status, `${kind} ${id}`);
  if (status === -errnos.ENOENT) return undefined;
  throw refusedBy("infoRefused", `the kernel does not open ${kind} ${id}`, status);
}
