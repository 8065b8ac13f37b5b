// An anonymous network namespace, held by a descriptor: nothing names it, so it ends with the process, however that
// ends. setns(2) moves the calling thread only, and everything between entering and leaving is synchronous, so no other
// work of the process ever runs inside. Sockets stay in the namespace in which they were opened.
import { closeSync, openSync } from "node:fs";
import { stat } from "node:fs/promises";
import { DiagnosticError, diagnostic } from "@typebpf/abi";
import { kernelDiagnostics } from "../kernel/diagnostics.ts";
import { errnoName } from "../kernel/errno.ts";
import { Fd } from "../kernel/fd.ts";
import type { Sys } from "../kernel/sys.ts";

const CLONE_NEWNET = 0x4000_0000;
const currentNamespace = "/proc/thread-self/ns/net";

function refuse(what: string, status: number): never {
  const message = `the kernel refuses to ${what}: ${errnoName(-status)}`;
  throw new DiagnosticError([diagnostic(kernelDiagnostics.namespace, { message })]);
}

function goHome(sys: Sys, home: number): void {
  const status = sys.setns(home, CLONE_NEWNET);
  // Going on would do everything that follows in the wrong network.
  if (status < 0) throw new Error(`testing/namespace: cannot return from the namespace: ${errnoName(-status)}`);
}

/** Leaves the thread's namespace, runs `action` and comes back, whatever happened in between. */
function away<T>(sys: Sys, leave: () => void, action: () => T): T {
  const home = openSync(currentNamespace, "r");
  try {
    leave();
    try {
      const result = action();
      if (result instanceof Promise) throw new Error("testing/namespace: the action must be synchronous");
      return result;
    } finally {
      goHome(sys, home);
    }
  } finally {
    closeSync(home);
  }
}

/** A network namespace of its own. Dispose lets go of it; the kernel ends it when nothing uses it any more. */
export class NetworkNamespace implements Disposable {
  readonly #sys: Sys;
  readonly #fd: Fd;

  constructor(sys: Sys, fd: Fd) {
    this.#sys = sys;
    this.#fd = fd;
  }

  /** Descriptor for netlink requests. */
  get fd(): number {
    return this.#fd.number;
  }

  /** Runs a synchronous action with the calling thread inside the namespace. */
  run<T>(action: () => T): T {
    const fd = this.#fd.number;
    const enter = (): void => {
      const status = this.#sys.setns(fd, CLONE_NEWNET);
      if (status < 0) refuse("enter the network namespace", status);
    };
    return away(this.#sys, enter, action);
  }

  [Symbol.dispose](): void {
    this.#fd[Symbol.dispose]();
  }
}

/** Makes an empty network namespace. @throws DiagnosticError when the process may not. */
export async function createNamespace(sys: Sys): Promise<NetworkNamespace> {
  // Starts the thread pool here and now, so that none of its threads is born inside a namespace and resolves names there.
  await stat("/proc");
  const leave = (): void => {
    const status = sys.unshare(CLONE_NEWNET);
    if (status < 0) refuse("make a network namespace", status);
  };
  const fd = away(sys, leave, () => openSync(currentNamespace, "r"));
  return new NetworkNamespace(sys, new Fd(sys, fd, "network namespace"));
}
