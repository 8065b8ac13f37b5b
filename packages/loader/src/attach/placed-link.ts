// A link of a program whose place is in the kernel's code: closing its descriptor detaches, which the kernel does by
// itself when the process ends.
import { type Diagnostic, diagnostic } from "@typebpf/abi";
import type { BackendLink } from "../backend.ts";
import { tracingTypes } from "../kernel/attach-target.ts";
import { kernelDiagnostics } from "../kernel/diagnostics.ts";
import { errnoName, errnos } from "../kernel/errno.ts";
import type { Fd } from "../kernel/fd.ts";
import type { Attachable } from "./registry.ts";

/** A link by its descriptor. */
export class PlacedLink implements BackendLink {
  readonly id: number;
  readonly description: string;
  protected readonly fd: Fd;

  constructor(fd: Fd, id: number, description: string) {
    this.fd = fd;
    this.id = id;
    this.description = description;
  }

  /** Such a place does not go away. */
  attached(): boolean {
    return !this.fd.closed;
  }

  /** Detaches; the second time does nothing. */
  detach(): void {
    this.fd[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.detach();
  }
}

/** What a program is attached to, for people: "fentry do_unlinkat". */
export function placeOf({ section }: Attachable): string {
  return `${(section.kind ?? section.type).replace(".", " ")}${section.target === undefined ? "" : ` ${section.target}`}`;
}

/** Why the kernel does not attach. */
export function placedRefusal(program: Attachable, status: number): Diagnostic {
  const notes = [`the kernel answers ${errnoName(-status)}`];
  if (status === -errnos.EPERM) {
    const row = tracingTypes.has(program.type) ? kernelDiagnostics.tracingDenied : kernelDiagnostics.privilege;
    return diagnostic(row, { notes });
  }
  const message = `the kernel refuses to attach "${program.name}" to ${placeOf(program)}`;
  return diagnostic(kernelDiagnostics.attachRefused, {
    message,
    notes,
    help: "see the note for what the kernel reported",
  });
}
