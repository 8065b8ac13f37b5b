// Finds the network interface that a program is to be attached to, in the network namespace of the calling thread, which
// is also where the kernel looks. One that is not there is a diagnostic with those that are.
import { DiagnosticError, diagnostic, nearest } from "@typebpf/abi";
import { kernelDiagnostics } from "../kernel/diagnostics.ts";
import { Netlink, type NetworkInterface } from "../kernel/netlink.ts";
import type { Sys } from "../kernel/sys.ts";

/** The interfaces of the calling thread's namespace. */
export function readLinks(sys: Sys): readonly NetworkInterface[] {
  using netlink = new Netlink(sys);
  return netlink.links();
}

/** Finds an interface of the calling thread's namespace by name or index. @throws DiagnosticError with those there are. */
export function findInterface(sys: Sys, wanted: string | number): NetworkInterface {
  const links = readLinks(sys);
  const found = links.find((link) => (typeof wanted === "number" ? link.index === wanted : link.name === wanted));
  if (found) return found;
  const names = links.map((link) => link.name);
  const near = typeof wanted === "string" ? nearest(wanted, names) : undefined;
  throw new DiagnosticError([
    diagnostic(kernelDiagnostics.unknownInterface, {
      message: `there is no network interface ${typeof wanted === "number" ? `with index ${wanted}` : `"${wanted}"`}`,
      notes: [
        `this network namespace has ${names.length === 0 ? "none" : links.map((link) => `${link.name} (${link.index})`).join(", ")}`,
      ],
      ...(near !== undefined && { help: `did you mean "${near}"?` }),
    }),
  ]);
}
