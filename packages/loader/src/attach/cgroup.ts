// Programs on a control group of version 2 and the groups below it (kernel/bpf/cgroup.c, Linux 6.12): by BPF link (5.7), or
// by BPF_PROG_ATTACH in one of the kernel's three ways to live with other programs, which lasts until it is detached.
import { constants, openSync, readFileSync } from "node:fs";
import {
  type Diagnostic,
  type DiagnosticDetails,
  DiagnosticError,
  type DiagnosticRow,
  diagnostic,
  uapi,
} from "@typebpf/abi";
import type { BackendLink } from "../backend.ts";
import type { CgroupAttachOptions } from "../cgroup-options.ts";
import { Attr, attrLayouts } from "../kernel/attr.ts";
import { kernelDiagnostics } from "../kernel/diagnostics.ts";
import { errnoName, errnos } from "../kernel/errno.ts";
import { Fd } from "../kernel/fd.ts";
import { linkInfo } from "../kernel/info.ts";
import type { Sys } from "../kernel/sys.ts";
import { expectedAttachType } from "./attach-type.ts";
import { KernelLink } from "./kernel-link.ts";
import { checkNames, checkNumber, checkWord, refuseOption } from "./options.ts";
import { positionOf, revisionOf } from "./position.ts";
import type { Attachable } from "./registry.ts";

const { BPF_F_ALLOW_MULTI, BPF_F_ALLOW_OVERRIDE, BPF_F_REPLACE, BPF_F_QUERY_EFFECTIVE } = uapi.constant;
const modes = ["link", "multi", "override", "exclusive"] as const;
type Mode = (typeof modes)[number];
const flagsOf = { multi: BPF_F_ALLOW_MULTI, override: BPF_F_ALLOW_OVERRIDE, exclusive: 0 } as const;

/** An open control group. */
interface Cgroup {
  readonly fd: Fd;
  /** For people: its path, or the descriptor that was given. */
  readonly name: string;
}

function raise(row: DiagnosticRow, details: DiagnosticDetails): never {
  throw new DiagnosticError([diagnostic(row, details)]);
}

/** What to say where there is no control group: where the machine has them. */
function whereCgroupsAre(): DiagnosticDetails {
  let mounts = "";
  try {
    mounts = readFileSync("/proc/self/mounts", "utf8");
  } catch {
    return {};
  }
  const lines = mounts.split("\n").map((line) => line.split(" "));
  const found = lines.find(([, , type]) => type === "cgroup2")?.[1];
  const path = found?.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
  return path === undefined
    ? { help: "this machine has no cgroup2 mounted: mount -t cgroup2 none /sys/fs/cgroup" }
    : { notes: [`cgroup2 is mounted at ${path}`], help: `make a group there: mkdir ${path}/NAME` };
}

/** Opens the directory. @throws DiagnosticError where there is none */
function openCgroup(sys: Sys, given: unknown): Cgroup {
  const isPath = typeof given === "string" && given !== "" && !given.includes("\0");
  if (!isPath && !(typeof given === "number" && Number.isInteger(given) && given >= 0 && given <= 0x7fff_ffff))
    refuseOption("cgroup is the path of a control group, or a descriptor of one");
  const name = isPath ? given : `descriptor ${given}`;
  try {
    // A descriptor is opened once more, so that the caller may close the one that was given.
    const number = openSync(isPath ? given : `/proc/self/fd/${given}`, constants.O_RDONLY | constants.O_DIRECTORY);
    return { fd: new Fd(sys, number, `control group ${name}`), name };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const details = whereCgroupsAre();
    const notes = [reason, ...(details.notes ?? [])];
    return raise(kernelDiagnostics.notCgroup, {
      ...details,
      message: `${name} cannot be opened as a control group`,
      notes,
    });
  }
}

interface Present {
  /** Numbers of programs in effect, or undefined where the kernel does not say. */
  readonly count: number;
  readonly flags: number;
  readonly revision: number;
}

/** What the group's hook has: of its own, or with what the groups above it have. */
function query(program: Attachable, cgroup: Cgroup, queryFlags: number): Present | undefined {
  const attr = new Attr(program.sys, attrLayouts.programQuery);
  attr.set("target_ifindex", cgroup.fd.number).set("attach_type", expectedAttachType(program.section));
  const status = attr.set("query_flags", queryFlags).call(uapi.command.PROG_QUERY);
  return status < 0
    ? undefined
    : { count: attr.get("prog_cnt"), flags: attr.get("attach_flags"), revision: attr.get("revision") };
}

/** EPERM says that this process may not, or that what is attached here or above does not let others in. */
function denied(program: Attachable, cgroup: Cgroup, notes: readonly string[]): Diagnostic {
  const own = query(program, cgroup, 0);
  const all = query(program, cgroup, BPF_F_QUERY_EFFECTIVE) ?? own;
  if (!all || all.count === 0) {
    const message = "the kernel does not let this process attach programs to control groups";
    return diagnostic(kernelDiagnostics.privilege, { message, notes });
  }
  const where = own && own.count > 0 ? cgroup.name : `a group above ${cgroup.name}`;
  return diagnostic(kernelDiagnostics.busy, {
    message: `a program at ${where} does not let this one in`,
    notes: ["programs that were attached as exclusive, or in another mode, keep others out", ...notes],
    help: `see what is attached: bpftool cgroup tree; detach it, or give the same mode`,
  });
}

function refusal(program: Attachable, cgroup: Cgroup, options: CgroupAttachOptions, status: number): Diagnostic {
  const notes = [`attaching "${program.name}" to ${cgroup.name}: the kernel answers ${errnoName(-status)}`];
  const relative = options.before !== undefined || options.after !== undefined;
  switch (-status) {
    case errnos.EBADF: {
      const where = whereCgroupsAre();
      const message = `${cgroup.name} is no control group of version 2`;
      return diagnostic(kernelDiagnostics.notCgroup, { ...where, message, notes: [...notes, ...(where.notes ?? [])] });
    }
    case errnos.EPERM:
      return denied(program, cgroup, notes);
    case errnos.ENOENT:
      return diagnostic(kernelDiagnostics.neighbour, { message: `there is no such program at ${cgroup.name}`, notes });
    case errnos.E2BIG:
      return diagnostic(kernelDiagnostics.busy, {
        message: `${cgroup.name} has as many programs as the kernel takes`,
        notes,
      });
    case errnos.ESTALE: {
      const message = `${cgroup.name} has revision ${query(program, cgroup, 0)?.revision}, not ${options.expectedRevision}`;
      return diagnostic(kernelDiagnostics.changedHook, { message, notes });
    }
    case errnos.EEXIST:
      return diagnostic(kernelDiagnostics.busy, {
        message: `this program is already attached to ${cgroup.name}`,
        notes,
      });
  }
  const message = `the kernel refuses to attach "${program.name}" to ${cgroup.name}`;
  const ordered = relative || options.expectedRevision !== undefined;
  const help = ordered
    ? "before, after and expectedRevision need Linux 6.17; leave them out on older kernels"
    : "a program can be attached to a group once; links need Linux 5.7, replace Linux 5.6";
  return diagnostic(kernelDiagnostics.attachRefused, { message, notes, help });
}

/** Attached without a link: stays when the process is killed. */
class CgroupAttachment implements BackendLink {
  readonly id = 0;
  readonly description: string;
  readonly #program: Attachable;
  readonly #cgroup: Cgroup;

  constructor(program: Attachable, cgroup: Cgroup, description: string) {
    this.#program = program;
    this.#cgroup = cgroup;
    this.description = description;
  }

  /** Detaches; the second time, or after somebody else has done so, does nothing. */
  detach(): void {
    if (this.#cgroup.fd.closed) return;
    const { sys, fd, section } = this.#program;
    const attr = new Attr(sys, attrLayouts.programAttach).set("target_fd", this.#cgroup.fd.number);
    attr.set("attach_bpf_fd", fd).set("attach_type", expectedAttachType(section)).call(uapi.command.PROG_DETACH);
    this.#cgroup.fd[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.detach();
  }
}

/** What the attachment is called: "cgroup/connect4 on /sys/fs/cgroup/a". */
function describe(program: Attachable, cgroup: Cgroup): string {
  return `${program.section.kind ?? program.type} on ${cgroup.name}`;
}

/** A link, or a negative errno. */
function tryLink(program: Attachable, cgroup: Cgroup, options: CgroupAttachOptions): BackendLink | number {
  const { sys } = program;
  const { flags, id } = positionOf(options);
  const attr = new Attr(sys, attrLayouts.linkCreate).set("prog_fd", program.fd);
  attr.set("target_ifindex", cgroup.fd.number).set("attach_type", expectedAttachType(program.section));
  attr.set("flags", flags).set("cgroup.relative_id", id).set("cgroup.expected_revision", revisionOf(options));
  const status = attr.call(uapi.command.LINK_CREATE);
  if (status < 0) return status;
  const fd = new Fd(sys, status, `link of "${program.name}" on ${cgroup.name}`);
  return new KernelLink(sys, fd, linkInfo(sys, status)?.id ?? 0, `${describe(program, cgroup)} (link)`);
}

/** The program with this number, opened. @throws DiagnosticError where there is none */
function openProgram(sys: Sys, id: number): Fd {
  const status = new Attr(sys, attrLayouts.byId).set("start_id", id).call(uapi.command.PROG_GET_FD_BY_ID);
  if (status >= 0) return new Fd(sys, status, `program ${id}`);
  const notes = [`the kernel answers ${errnoName(-status)}`];
  return raise(kernelDiagnostics.neighbour, { message: `there is no program ${id} to replace`, notes });
}

/** Without a link: what detaches it, or a negative errno. */
function tryAttach(
  program: Attachable,
  cgroup: Cgroup,
  mode: Exclude<Mode, "link">,
  options: CgroupAttachOptions,
): BackendLink | number {
  const { sys } = program;
  const { flags, id } = positionOf(options);
  using replaced = options.replace === undefined ? undefined : openProgram(sys, options.replace);
  const attr = new Attr(sys, attrLayouts.programAttach).set("target_fd", cgroup.fd.number);
  attr.set("attach_bpf_fd", program.fd).set("attach_type", expectedAttachType(program.section));
  attr.set("attach_flags", flagsOf[mode] | flags | (replaced ? BPF_F_REPLACE : 0));
  attr.set("relative_id", id).set("expected_revision", revisionOf(options));
  if (replaced) attr.set("replace_bpf_fd", replaced.number);
  const status = attr.call(uapi.command.PROG_ATTACH);
  return status < 0 ? status : new CgroupAttachment(program, cgroup, `${describe(program, cgroup)} (${mode})`);
}

/** Checks what callers without types may give; gives the mode that was asked for. */
function wantedMode(options: CgroupAttachOptions): Mode | undefined {
  checkNames("control group", options, ["cgroup", "mode", "replace", "before", "after", "expectedRevision"]);
  const mode = checkWord("mode", options.mode, modes);
  const replace = checkNumber("replace", options.replace, 1, 0xffff_ffff);
  if (replace === undefined) return mode;
  if (mode !== undefined && mode !== "multi") refuseOption("replace is for the mode multi");
  if (options.before !== undefined || options.after !== undefined)
    refuseOption("a program that takes another's place is where that one was", "leave before and after out");
  return "multi";
}

function attachTo(
  program: Attachable,
  cgroup: Cgroup,
  mode: Mode | undefined,
  options: CgroupAttachOptions,
): BackendLink | number {
  if (mode !== undefined && mode !== "link") return tryAttach(program, cgroup, mode, options);
  const link = tryLink(program, cgroup, options);
  // Kernels before 5.7 do not know the command.
  return link === -errnos.EINVAL && mode === undefined ? tryAttach(program, cgroup, "multi", options) : link;
}

/** Attaches a program to a control group. @throws DiagnosticError with what to do */
export function attachCgroup(program: Attachable, options: CgroupAttachOptions): BackendLink {
  const mode = wantedMode(options);
  const cgroup = openCgroup(program.sys, options.cgroup);
  let attached: BackendLink | number = 0;
  try {
    attached = attachTo(program, cgroup, mode, options);
    if (typeof attached === "number") throw new DiagnosticError([refusal(program, cgroup, options, attached)]);
    return attached;
  } finally {
    // A link holds the group itself.
    if (!(attached instanceof CgroupAttachment)) cgroup.fd[Symbol.dispose]();
  }
}
