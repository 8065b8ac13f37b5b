// Programs on the data of the sockets in a map (net/core/sock_map.c): by link (Linux 6.10), before that by BPF_PROG_ATTACH
// to the map, which then holds the program until it is taken off or the map itself ends. A map has one program of each
// attach type, and one that has a verdict program with a parser has none without.
import { DiagnosticError, uapi } from "@typebpf/abi";
import type { BackendLink } from "../backend.ts";
import { Attr, attrLayouts } from "../kernel/attr.ts";
import { kernelDiagnostics } from "../kernel/diagnostics.ts";
import { errnos } from "../kernel/errno.ts";
import { Fd } from "../kernel/fd.ts";
import type { SockMapAttachOptions } from "../network-options.ts";
import { expectedAttachType } from "./attach-type.ts";
import { linkOf, type Refusal, refusalOf, requestLink } from "./create-link.ts";
import { checkNames, refuseOption } from "./options.ts";
import type { Attachable } from "./registry.ts";

const refusals: ReadonlyMap<number, Refusal> = new Map([
  [
    errnos.EBUSY,
    {
      row: kernelDiagnostics.busy,
      message: "the map already has such a program, or one that does not go with it",
      help: "detach the other program first; a verdict with a parser (streamVerdict) and one without (verdict) exclude each other",
    },
  ],
  [
    errnos.EOPNOTSUPP,
    { row: kernelDiagnostics.attachOptions, message: "such a program is attached to a sockMap or sockHash" },
  ],
]);

/** The descriptor of a handle: of what `raw` is, or of the map itself. */
function descriptorOf(handle: object): number | undefined {
  const raw: unknown = Reflect.get(handle, "raw") ?? handle;
  const fd: unknown = typeof raw === "object" && raw !== null ? Reflect.get(raw, "fd") : undefined;
  return fd instanceof Fd ? fd.number : undefined;
}

function mapOf(program: Attachable, map: unknown): number {
  const given = typeof map === "string" ? program.mapFd?.(map) : undefined;
  const fd = typeof map === "object" && map !== null ? descriptorOf(map) : given;
  if (fd !== undefined) return fd;
  const message = typeof map === "string" ? `the object has no map "${map}"` : "the map is missing";
  return refuseOption(message, "give map: the name of a sockMap or sockHash of the object, or its handle");
}

/** A program that the map holds, without a link. */
class MapProgram implements BackendLink {
  readonly id = 0;
  readonly description: string;
  readonly #program: Attachable;
  readonly #map: number;
  #attached = true;

  constructor(program: Attachable, map: number, description: string) {
    this.#program = program;
    this.#map = map;
    this.description = description;
  }

  detach(): void {
    if (!this.#attached) return;
    this.#attached = false;
    const { sys, fd, section } = this.#program;
    const attr = new Attr(sys, attrLayouts.programAttach).set("target_fd", this.#map).set("attach_bpf_fd", fd);
    attr.set("attach_type", expectedAttachType(section)).call(uapi.command.PROG_DETACH);
  }

  [Symbol.dispose](): void {
    this.detach();
  }
}

/** As kernels before 6.10 do it. */
function attachToMap(program: Attachable, map: number, where: string): BackendLink {
  const attr = new Attr(program.sys, attrLayouts.programAttach).set("target_fd", map).set("attach_bpf_fd", program.fd);
  const status = attr.set("attach_type", expectedAttachType(program.section)).call(uapi.command.PROG_ATTACH);
  if (status < 0) throw new DiagnosticError([refusalOf(program, { where, refusals }, status)]);
  return new MapProgram(program, map, where);
}

/** Attaches to a map of sockets. @throws DiagnosticError with what to do */
export function attachSockMap(program: Attachable, options: SockMapAttachOptions): BackendLink {
  checkNames(program.type, options, ["map"]);
  const target = mapOf(program, options.map);
  const where = `${program.type} of ${typeof options.map === "string" ? `map ${options.map}` : "a map"}`;
  const status = requestLink(program, { target, where });
  if (status >= 0) return linkOf(program, status, where);
  if (status === -errnos.EINVAL) return attachToMap(program, target, where);
  throw new DiagnosticError([refusalOf(program, { where, refusals }, status)]);
}
