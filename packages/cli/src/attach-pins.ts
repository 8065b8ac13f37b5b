// What `attach` leaves behind when it was asked to: the pin of a link, and those of maps. Until everything has worked they
// are taken back, so that a command that fails leaves nothing.
import { DiagnosticError, diagnostic } from "@typebpf/abi";
import { type Link, objectDiagnostics, type Pin, unpinAll } from "@typebpf/loader";

/** Pins that are removed on dispose, unless they are kept. */
export class PendingPins implements Disposable {
  #pins: readonly Pin[];

  constructor(pins: readonly Pin[]) {
    this.#pins = pins;
  }

  /** From now on they stay. */
  keep(): void {
    this.#pins = [];
  }

  [Symbol.dispose](): void {
    unpinAll(this.#pins);
  }
}

/** Pins a link. @throws DiagnosticError BPF6293 for an attachment that is no BPF link, and what `pin` throws */
export function pinLink(link: Link, path: string): Pin {
  if (link.pin) return link.pin(path);
  const message = `${link.description} cannot be pinned: it is no BPF link`;
  throw new DiagnosticError([diagnostic(objectDiagnostics.notPinnable, { message })]);
}
