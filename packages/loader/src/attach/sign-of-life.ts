// What belongs to the network and not to a process (a clsact filter, a route) outlives its owner. While the owner lives, a
// socket with a name in the network namespace (man 7 unix, abstract names) says so: it ends with the owner however that
// ends, so what is ours and has no such socket is stale.
import { DiagnosticError, diagnostic } from "@typebpf/abi";
import { kernelDiagnostics } from "../kernel/diagnostics.ts";
import { errnoName } from "../kernel/errno.ts";
import { Fd } from "../kernel/fd.ts";
import type { Sys } from "../kernel/sys.ts";

const AF_UNIX = 1;
const SOCK_DGRAM_CLOEXEC = 2 | 0x80000;

/** A sign of life of a place's owner, at most 107 bytes of name; undefined when the owner has it already, that is: lives. */
export function takeSign(sys: Sys, place: string): Fd | undefined {
  const socket = sys.socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
  if (socket < 0) {
    const notes = [`no socket can be opened: ${errnoName(-socket)}`];
    throw new DiagnosticError([diagnostic(kernelDiagnostics.attachRefused, { notes })]);
  }
  const fd = new Fd(sys, socket, "sign of life");
  // Family 1, then a zero, which makes the name abstract.
  if (sys.bind(fd.number, new TextEncoder().encode(`\u0001\0\0typebpf/${place}`)) === 0) return fd;
  fd[Symbol.dispose]();
  return undefined;
}

/** Whether nobody owns the place any more. */
export function isAbandoned(sys: Sys, place: string): boolean {
  const sign = takeSign(sys, place);
  sign?.[Symbol.dispose]();
  return sign !== undefined;
}
