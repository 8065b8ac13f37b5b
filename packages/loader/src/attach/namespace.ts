// Programs of a network namespace: the choice of sockets (BPF_SK_LOOKUP, Linux 5.9) and flow dissectors (5.7), by link
// (kernel/bpf/net_namespace.c). Without a namespace it is that of the calling thread. Of sk_lookup a namespace runs up to 64.
import { closeSync, openSync } from "node:fs";
import type { BackendLink } from "../backend.ts";
import { kernelDiagnostics } from "../kernel/diagnostics.ts";
import { errnos } from "../kernel/errno.ts";
import type { NamespaceAttachOptions } from "../network-options.ts";
import { createLink, type Refusal } from "./create-link.ts";
import { checkNames, checkNumber, refuseOption } from "./options.ts";
import type { Attachable } from "./registry.ts";

const current = "/proc/thread-self/ns/net";

const refusals: ReadonlyMap<number, Refusal> = new Map([
  [
    errnos.EEXIST,
    {
      row: kernelDiagnostics.busy,
      message: "a flow dissector is attached there, or in the first namespace, which is for all others",
      help: "detach the other flow dissector first",
    },
  ],
  [errnos.E2BIG, { row: kernelDiagnostics.busy, message: "as many programs are attached there as the kernel takes" }],
  [
    errnos.EINVAL,
    {
      row: kernelDiagnostics.attachOptions,
      message: "this is no network namespace, or the kernel has no links to namespaces (Linux 5.7)",
      help: "give the path of a namespace (/run/netns/NAME, /proc/PID/ns/net) or its descriptor",
    },
  ],
]);

function open(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    return refuseOption(
      `the network namespace "${path}" cannot be opened: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** Attaches to a network namespace. @throws DiagnosticError with what to do */
export function attachNamespace(program: Attachable, options: NamespaceAttachOptions): BackendLink {
  checkNames(program.type, options, ["namespace"]);
  const { namespace = current } = options;
  const where = `${program.type} of ${namespace === current ? "this network namespace" : `network namespace ${namespace}`}`;
  if (typeof namespace === "number") {
    checkNumber("namespace", namespace, 0, 0x7fff_ffff);
    return createLink(program, { target: namespace, where, refusals });
  }
  if (typeof namespace !== "string") return refuseOption("namespace is the path or descriptor of a network namespace");
  const fd = open(namespace);
  try {
    return createLink(program, { target: fd, where, refusals });
  } finally {
    closeSync(fd);
  }
}
