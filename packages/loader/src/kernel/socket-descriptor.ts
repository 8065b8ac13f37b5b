// The descriptor of a socket, as the kernel knows it: a number, or what hangs on a socket of `node:net` or `node:dgram`,
// neither of which says it openly. A socket has one from the time it is bound or connected until it is closed.
import { DiagnosticError, diagnostic } from "@typebpf/abi";
import type { SocketLike } from "../backend.ts";
import { kernelDiagnostics } from "./diagnostics.ts";

/** What hangs on a property of an object, whatever that is. */
function propertyOf(from: unknown, name: string | symbol | undefined): unknown {
  return typeof from === "object" && from !== null && name !== undefined ? Reflect.get(from, name) : undefined;
}

/** The descriptor of a socket of Node's: it hangs on the handle, which `node:dgram` keeps under a symbol. @throws DiagnosticError where there is none. */
export function descriptorOf(socket: SocketLike): number {
  if (typeof socket === "number") return socket;
  const symbols = typeof socket === "object" && socket !== null ? Object.getOwnPropertySymbols(socket) : [];
  const state = symbols.find((symbol) => symbol.description === "state symbol");
  const owner = state === undefined ? socket : propertyOf(socket, state);
  const handle = propertyOf(owner, state === undefined ? "_handle" : "handle");
  const fd = propertyOf(handle, "fd");
  if (typeof fd === "number" && fd >= 0) return fd;
  throw new DiagnosticError([
    diagnostic(kernelDiagnostics.notSocket, { message: "the socket has no descriptor: it is not open yet, or closed" }),
  ]);
}
