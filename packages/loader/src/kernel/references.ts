// Objects that values and keys of maps stand for: user space names them by descriptors (interfaces by index), which are
// opened here for the one call and closed again; what the kernel stores is a reference of its own.
import { constants, openSync } from "node:fs";
import { DiagnosticError, diagnostic } from "@typebpf/abi";
import { findInterface } from "../attach/interface.ts";
import type { ObjectReference, ResolvedReference } from "../backend.ts";
import { describe } from "../codec.ts";
import { kernelDiagnostics } from "./diagnostics.ts";
import { errnoName } from "./errno.ts";
import { Fd } from "./fd.ts";
import { descriptorOf } from "./socket-descriptor.ts";
import type { Sys } from "./sys.ts";

function refuse(message: string, ...notes: readonly string[]): never {
  throw new DiagnosticError([diagnostic(kernelDiagnostics.mapReference, { message, notes })]);
}

function borrowed(number: number): ResolvedReference {
  return { number, [Symbol.dispose]: () => {} };
}

function owned(sys: Sys, number: number, what: string): ResolvedReference {
  const fd = new Fd(sys, number, what);
  return { number, [Symbol.dispose]: () => fd[Symbol.dispose]() };
}

/** The descriptor of a program or map of this back end. */
function descriptorOfOurs(what: string, one: object): number {
  const fd: unknown = Reflect.get(one, "fd");
  if (fd instanceof Fd) return fd.number;
  return refuse(`the ${what} is not in the kernel: programs and maps of the simulator have no descriptor`);
}

function openPath(sys: Sys, kind: "cgroup" | "file", at: string | number): ResolvedReference {
  if (typeof at === "number") return borrowed(at);
  if (typeof at !== "string") refuse(`a ${kind} is given by its path or a descriptor, not by ${describe(at)}`);
  try {
    const flags = constants.O_RDONLY | (kind === "cgroup" ? constants.O_DIRECTORY : 0);
    return owned(sys, openSync(at, flags), `${kind} ${at}`);
  } catch (error) {
    return refuse(`the ${kind} "${at}" cannot be opened`, error instanceof Error ? error.message : String(error));
  }
}

function openProcess(sys: Sys, pid: number): ResolvedReference {
  if (!Number.isInteger(pid) || pid < 1) refuse(`a process is given by its number, not by ${describe(pid)}`);
  const fd = sys.pidfdOpen(pid, 0);
  if (fd < 0) refuse(`the process ${pid} cannot be opened`, `pidfd_open gives ${errnoName(-fd)}`);
  return owned(sys, fd, `process ${pid}`);
}

/** The number that stands for an object, until it is disposed. @throws DiagnosticError where there is no such object. */
export function resolveReference(sys: Sys, reference: ObjectReference): ResolvedReference {
  switch (reference.kind) {
    case "program":
      return borrowed(descriptorOfOurs("program", reference.program));
    case "map":
      return borrowed(descriptorOfOurs("map", reference.map));
    case "socket":
      return borrowed(descriptorOf(reference.socket));
    case "interface":
      return borrowed(findInterface(sys, reference.interface).index);
    case "cgroup":
    case "file":
      return openPath(sys, reference.kind, reference.at);
    case "process":
      return openProcess(sys, reference.pid);
    default:
      return reference satisfies never;
  }
}
