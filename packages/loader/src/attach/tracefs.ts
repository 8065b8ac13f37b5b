// The kernel's events in tracefs: their numbers and formats. Where tracefs is not mounted, it is mounted without a place
// (fsopen(2), fsmount(2)), for as long as it is read.
import { readdirSync, readFileSync } from "node:fs";
import { DiagnosticError, diagnostic, nearest } from "@typebpf/abi";
import { errnoName } from "../kernel/errno.ts";
import type { Sys } from "../kernel/sys.ts";
import { tracingDiagnostics } from "../kernel/tracing-diagnostics.ts";

const FSCONFIG_CMD_CREATE = 6;
const CLOEXEC = 1;

/** Where tracefs is mounted. */
function mountedAt(): string | undefined {
  const places = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  for (const line of mounts) {
    const [, place, type] = line.split(" ");
    if (type === "tracefs" && place !== undefined) places.push(place.replaceAll("\\040", " "));
  }
  return places.find((place) => listed(`${place}/events`).length > 0);
}

function listed(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function withoutPlace<T>(sys: Sys, use: (root: string) => T): T {
  const context = sys.fsopen("tracefs", CLOEXEC);
  const created = context < 0 ? context : sys.fsconfig(context, FSCONFIG_CMD_CREATE);
  const mount = created < 0 ? created : sys.fsmount(context, CLOEXEC);
  if (context >= 0) sys.close(context);
  if (mount < 0) {
    const notes = [`mounting it for this process: the kernel answers ${errnoName(-mount)}`];
    throw new DiagnosticError([diagnostic(tracingDiagnostics.noTracefs, { notes })]);
  }
  try {
    return use(`/proc/self/fd/${mount}`);
  } finally {
    sys.close(mount);
  }
}

/** Calls with the folder of tracefs. @throws DiagnosticError where there is none */
export function withTracefs<T>(sys: Sys, use: (root: string) => T): T {
  const root = mountedAt();
  return root === undefined ? withoutPlace(sys, use) : use(root);
}

/** An event of this kernel. */
export interface KernelEvent {
  /** Number for perf_event_open. */
  readonly id: number;
  /** The fields of its record, as the kernel describes them. */
  readonly format: string;
}

/** What this kernel has that is called nearly so. */
function suggestion(root: string, group: string, name: string): string | undefined {
  const inGroup = listed(`${root}/events/${group}`);
  const near = nearest(name, inGroup);
  if (near !== undefined) return `did you mean ${group}:${near}?`;
  const groups = listed(`${root}/events`);
  const elsewhere = groups.find((one) => listed(`${root}/events/${one}`).includes(name));
  if (elsewhere !== undefined) return `did you mean ${elsewhere}:${name}?`;
  const nearGroup = inGroup.length === 0 ? nearest(group, groups) : undefined;
  return nearGroup === undefined
    ? undefined
    : `did you mean ${nearGroup}:${nearest(name, listed(`${root}/events/${nearGroup}`)) ?? name}?`;
}

/** Looks an event up by "group:name". @throws DiagnosticError with the nearest name */
export function findEvent(sys: Sys, event: string): KernelEvent {
  const [group = "", name = ""] = event.split(":");
  return withTracefs(sys, (root) => {
    try {
      const folder = `${root}/events/${group}/${name}`;
      if (!/^\w+:\w+$/.test(event)) throw new Error("no name of an event");
      return { id: Number(readFileSync(`${folder}/id`, "utf8")), format: readFileSync(`${folder}/format`, "utf8") };
    } catch {
      const help = suggestion(root, group, name);
      const details = { message: `this kernel has no event ${event}`, ...(help !== undefined && { help }) };
      throw new DiagnosticError([diagnostic(tracingDiagnostics.unknownTracepoint, details)]);
    }
  });
}

/** The tracepoint whose name is most like this one. */
export function nearestRawTracepoint(sys: Sys, name: string): string | undefined {
  try {
    return withTracefs(sys, (root) => {
      const names = listed(`${root}/events`).flatMap((group) => listed(`${root}/events/${group}`));
      return nearest(name, names);
    });
  } catch (error) {
    if (error instanceof DiagnosticError) return undefined;
    throw error;
  }
}
