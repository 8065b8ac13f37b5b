// A file descriptor that is closed exactly once. After that its number may belong to something else, so using it is
// refused. Descriptors from bpf(2) are close-on-exec, and the kernel closes what is left when the process ends.
import { DiagnosticError, diagnostic } from "@typebpf/abi";
import { kernelDiagnostics } from "./diagnostics.ts";
import type { Sys } from "./sys.ts";

/** An open file descriptor; dispose closes it. */
export class Fd implements Disposable {
  readonly #sys: Sys;
  readonly #what: string;
  #number: number;

  /** `what` names it in errors: "map blocked". */
  constructor(sys: Sys, fd: number, what: string) {
    this.#sys = sys;
    this.#number = fd;
    this.#what = what;
  }

  get closed(): boolean {
    return this.#number < 0;
  }

  /** The number for system calls. @throws DiagnosticError when closed. */
  get number(): number {
    if (this.closed) {
      throw new DiagnosticError([diagnostic(kernelDiagnostics.closed, { message: `the ${this.#what} is closed` })]);
    }
    return this.#number;
  }

  [Symbol.dispose](): void {
    if (this.closed) return;
    const fd = this.#number;
    this.#number = -1;
    this.#sys.close(fd);
  }
}
