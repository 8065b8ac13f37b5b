// An attachment held by a BPF link's descriptor: closing it detaches. When the process ends in whichever way, a signal
// or an exit, the kernel closes the descriptor and detaches the program; so no signal handler is needed or installed.
import type { Diagnostic } from "@typebpf/abi";
import type { BackendLink, Pin } from "../backend.ts";
import type { Fd } from "../kernel/fd.ts";
import { linkInfo } from "../kernel/info.ts";
import { pinObject } from "../kernel/objects/pin.ts";
import type { Sys } from "../kernel/sys.ts";

/** A BPF link in the kernel. */
export class KernelLink implements BackendLink {
  readonly id: number;
  readonly description: string;
  readonly warnings: readonly Diagnostic[];
  readonly #sys: Sys;
  readonly #fd: Fd;

  constructor(sys: Sys, fd: Fd, id: number, description: string, warnings: readonly Diagnostic[] = []) {
    this.#sys = sys;
    this.#fd = fd;
    this.warnings = warnings;
    this.id = id;
    this.description = description;
  }

  /** A link that lost its interface, or was detached by force, stays without one. */
  attached(): boolean {
    return !this.#fd.closed && linkInfo(this.#sys, this.#fd.number)?.ifindex !== 0;
  }

  /** Keeps the program attached under a path of a BPF file system. @throws DiagnosticError that says what to do */
  pin(path: string): Pin {
    return pinObject(this.#sys, this.#fd.number, path, `link of ${this.description}`);
  }

  /** Detaches, unless it is pinned; the second time does nothing. */
  detach(): void {
    this.#fd[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.detach();
  }
}
