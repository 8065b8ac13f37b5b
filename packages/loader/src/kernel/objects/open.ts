// Programs, maps and links of the running kernel by id or by the path of a pin: what they are, and what can be done with
// them. Each holds a descriptor until it is disposed, so that its object does not go meanwhile.
import { DiagnosticError, diagnostic, type MapSpec, type MapTypeRow, mapTypes, uapi } from "@typebpf/abi";
import type { Pin } from "../../backend.ts";
import type { AnyMapHandle } from "../../handles/map.ts";
import { mapHandle } from "../../handles/registry.ts";
import { Attr } from "../attr.ts";
import { possibleCpus } from "../cpus.ts";
import { kernelDiagnostics } from "../diagnostics.ts";
import { errnoName, errnos } from "../errno.ts";
import type { Fd } from "../fd.ts";
import type { KernelMap } from "../map.ts";
import { adoptMap } from "../map-create.ts";
import { Poller } from "../poller.ts";
import { openSys, type Sys } from "../sys.ts";
import { BtfCache } from "./btf.ts";
import { objectError, refusedBy } from "./diagnostics.ts";
import { holdersOf } from "./fdinfo.ts";
import { mostId, openById } from "./ids.ts";
import { objectLayouts } from "./layouts.ts";
import { type KernelLinkInfo, readLink } from "./link-info.ts";
import { mapDifferences } from "./map-check.ts";
import { type KernelMapInfo, layoutsOf, type MapLayouts, mapTypeRowName, readMap } from "./map-info.ts";
import { openPin, type PinnedKind, pinObject, pinsOf, unpin } from "./pin.ts";
import { Places } from "./places.ts";
import { type CodeInsn, type MachineCode, readCode, readMachineCode } from "./program-code.ts";
import { type KernelProgramInfo, readProgram } from "./program-info.ts";

/** An object by its id, or by the path of its pin. */
export type ObjectReference = number | string;

function open(sys: Sys, kind: PinnedKind, which: ObjectReference): Fd {
  if (typeof which === "string") return openPin(sys, kind, which);
  const possible = Number.isInteger(which) && which > 0 && which <= mostId;
  const fd = possible ? openById(sys, kind, which) : undefined;
  if (!fd) throw objectError("noObject", { message: `the kernel has no ${kind} with the id ${which}` });
  return fd;
}

/** Reads facts with an open descriptor, which is closed when there are none. */
function reading<T extends object>(fd: Fd, what: PinnedKind, read: () => T | number): T {
  const info = read();
  if (typeof info === "object") return info;
  fd[Symbol.dispose]();
  throw refusedBy("infoRefused", `the kernel does not tell about the ${what}`, info);
}

/** An object of the kernel that is open. Dispose closes it; that ends nothing which others hold. */
abstract class Opened implements Disposable {
  protected readonly sys: Sys;
  protected readonly fd: Fd;
  protected abstract readonly what: string;

  constructor(sys: Sys, fd: Fd) {
    this.sys = sys;
    this.fd = fd;
  }

  /** Pins it. The pin stays until it is removed. @throws DiagnosticError that says what to do */
  pin(path: string): Pin {
    return pinObject(this.sys, this.fd.number, path, this.what);
  }

  [Symbol.dispose](): void {
    this.fd[Symbol.dispose]();
  }
}

/** A program of the kernel. */
export class OpenedProgram extends Opened {
  readonly info: KernelProgramInfo;
  readonly #btf: BtfCache;
  protected readonly what: string;

  constructor(sys: Sys, fd: Fd) {
    super(sys, fd);
    this.#btf = new BtfCache(sys);
    this.info = reading(fd, "program", () => readProgram(sys, fd.number, this.#btf));
    this.what = `program ${this.info.id}`;
  }

  #code<T>(code: readonly T[] | number): readonly T[] {
    if (typeof code === "number") throw refusedBy("infoRefused", `the kernel does not show ${this.what}`, code);
    return code;
  }

  /** Its instructions as the verifier left them; none where this process may not see them. @throws DiagnosticError */
  instructions(): readonly CodeInsn[] {
    return this.#code(readCode(this.sys, this.fd.number, this.#btf));
  }

  /** Its machine code by function; none where it is interpreted, or this process may not see it. @throws DiagnosticError */
  machineCode(): readonly MachineCode[] {
    return this.#code(readMachineCode(this.sys, this.fd.number, this.#btf));
  }
}

/** A map of the kernel. */
export class OpenedMap extends Opened {
  readonly info: KernelMapInfo;
  /** How keys and values lie in memory, and where that is known from. */
  readonly layouts: MapLayouts;
  /** Its entries; undefined for types that are not known here, and for maps without any. */
  readonly handle: AnyMapHandle | undefined;
  protected readonly what: string;
  readonly #poller: Poller;
  readonly #map: KernelMap | undefined;

  constructor(sys: Sys, fd: Fd, declared: MapSpec | undefined) {
    super(sys, fd);
    this.info = reading(fd, "map", () => readMap(sys, fd.number));
    this.what = `map ${this.info.id}`;
    this.#poller = new Poller(sys);
    const cpus = possibleCpus();
    const known = layoutsOf(this.info, new BtfCache(sys));
    if (declared) this.#check(declared, known, cpus);
    this.layouts = declared ? { key: declared.key, value: declared.value, from: "schema" } : known;
    const spec = declared ?? this.#spec();
    this.#map = spec && adoptMap({ sys, cpus, poller: this.#poller }, fd, spec);
    this.handle = this.#map && mapHandle(this.#map);
  }

  #check(declared: MapSpec, known: MapLayouts, cpus: number): void {
    const found = mapDifferences(declared, this.info, known, { cpus, where: this.what });
    if (found.length === 0) return;
    this[Symbol.dispose]();
    throw new DiagnosticError(found);
  }

  #spec(): MapSpec | undefined {
    const { name, typeNumber, maxEntries, flags } = this.info;
    const type = mapTypeRowName(typeNumber);
    const row: MapTypeRow | undefined = type && mapTypes[type];
    if (!type || !row || row.records) return undefined;
    const { key, value } = this.layouts;
    return { name: name === "" ? `${this.info.id}` : name, type, key, value, maxEntries, flags };
  }

  override [Symbol.dispose](): void {
    this.#map?.[Symbol.dispose]();
    this.#poller[Symbol.dispose]();
    super[Symbol.dispose]();
  }
}

/** A link of the kernel. */
export class OpenedLink extends Opened {
  readonly info: KernelLinkInfo;
  /** The interface or cgroup that it is attached to, where that is seen from here. */
  readonly place: string | undefined;
  protected readonly what: string;

  constructor(sys: Sys, fd: Fd) {
    super(sys, fd);
    this.info = reading(fd, "link", () => readLink(sys, fd.number));
    this.what = `link ${this.info.id}`;
    this.place = new Places(sys).nameOf(this.info);
  }

  /** Detaches it, whoever holds it; it stays as a link to nothing. @throws DiagnosticError where the kernel does not do that */
  detach(): void {
    const attr = new Attr(this.sys, objectLayouts.detach).set("link_fd", this.fd.number);
    const status = attr.call(uapi.command.LINK_DETACH);
    if (status >= 0) return;
    const message = `${this.what} (${this.info.type}) cannot be detached by force`;
    if (status !== -errnos.EOPNOTSUPP) throw refusedBy("detachRefused", message, status);
    const pins = pinsOf(this.sys, "link").get(this.info.id) ?? [];
    const holders = (holdersOf("link").get(this.info.id) ?? []).filter(({ pid }) => pid !== process.pid);
    throw objectError("detachRefused", {
      message,
      notes: [
        pins.length > 0 ? `it is pinned at ${pins.join(", ")}` : "it has no pin that is seen from here",
        ...holders.map(({ pid, command }) => `process ${pid} (${command}) holds it`),
      ],
    });
  }
}

/** Opens a program by id, or by the path of its pin. @throws DiagnosticError that says what to do */
export async function openProgram(which: ObjectReference): Promise<OpenedProgram> {
  const sys = await openSys();
  return new OpenedProgram(sys, open(sys, "program", which));
}

/**
 * Opens a map by id, or by the path of its pin. With `declared`, the map of an object, values have its schemas.
 * @throws DiagnosticError that says what to do; for a map that is not the declared one, one for each difference
 */
export async function openMap(which: ObjectReference, declared?: MapSpec): Promise<OpenedMap> {
  const sys = await openSys();
  return new OpenedMap(sys, open(sys, "map", which), declared);
}

/** Opens a link by id, or by the path of its pin. @throws DiagnosticError that says what to do */
export async function openLink(which: ObjectReference): Promise<OpenedLink> {
  const sys = await openSys();
  return new OpenedLink(sys, open(sys, "link", which));
}

/** Removes a pin of that kind; gives its absolute path. What it held goes on while others hold it. @throws DiagnosticError */
export async function removePin(kind: PinnedKind, path: string): Promise<string> {
  return unpin(await openSys(), kind, path);
}

/** Has the kernel count runs of all programs and their time until disposed (BPF_ENABLE_STATS, Linux 5.8). @throws DiagnosticError */
export async function countRuns(): Promise<Disposable> {
  const sys = await openSys();
  const status = new Attr(sys, objectLayouts.stats).call(uapi.command.ENABLE_STATS);
  if (status >= 0) return { [Symbol.dispose]: () => void sys.close(status) };
  if (status === -errnos.EPERM)
    throw refusedBy("infoRefused", "the kernel does not let this process count runs", status);
  const notes = [`the kernel answers ${errnoName(-status)}`];
  throw new DiagnosticError([
    diagnostic(kernelDiagnostics.runUnsupported, {
      message: "this kernel cannot count runs of programs",
      notes,
      help: "BPF_ENABLE_STATS needs Linux 5.8; before that: sysctl kernel.bpf_stats_enabled=1",
    }),
  ]);
}
