// What BPF_PROG_LOAD must know of the place that a program is for: the type of the running kernel that stands for it
// (attach_btf_id), by libbpf's rules of names, or the program whose function it replaces (attach_prog_fd).
//   tp_btf/NAME    typedef btf_trace_NAME      iter/NAME   func bpf_iter_NAME
//   lsm/NAME       func bpf_lsm_NAME           fentry/NAME, fexit/NAME, fmod_ret/NAME   func NAME
import {
  BtfIndex,
  type BtfKind,
  type Diagnostic,
  DiagnosticError,
  diagnostic,
  nearest,
  type ProgramSection,
  type ProgramSpec,
} from "@typebpf/abi";
import { kernelDiagnostics } from "./diagnostics.ts";
import type { Fd } from "./fd.ts";
import { readBtf } from "./objects/btf.ts";
import { openById } from "./objects/ids.ts";
import { readInfo } from "./objects/info.ts";
import { objectLayouts } from "./objects/layouts.ts";
import type { Sys } from "./sys.ts";

/** Reads the types of the running kernel, once. */
export class KernelTypes {
  readonly #read: () => Uint8Array | undefined;
  #index: BtfIndex | undefined;
  #tried = false;

  /** `read` gives the bytes of the kernel's BTF, undefined where there are none. */
  constructor(read: () => Uint8Array | undefined) {
    this.#read = read;
  }

  /** @throws DiagnosticError where the kernel shows no types */
  get index(): BtfIndex {
    if (!this.#tried) {
      this.#tried = true;
      const bytes = this.#read();
      this.#index = bytes && BtfIndex.of(bytes);
    }
    if (!this.#index) throw new DiagnosticError([diagnostic(kernelDiagnostics.noKernelTypes)]);
    return this.#index;
  }
}

/** What goes into BPF_PROG_LOAD; nothing for most programs. */
export interface AttachTarget {
  readonly btfId?: number;
  /** Held until the program is loaded. */
  readonly program?: Fd;
  /** Of a function of a table: the number of its member, which stands where others have the attach type. */
  readonly member?: number;
}

interface Rule {
  readonly kind: BtfKind;
  readonly prefix: string;
  readonly what: string;
}

const rules: Readonly<Record<string, Rule>> = {
  TRACE_RAW_TP: { kind: "typedef", prefix: "btf_trace_", what: "tracepoint" },
  TRACE_FENTRY: { kind: "func", prefix: "", what: "function" },
  TRACE_FEXIT: { kind: "func", prefix: "", what: "function" },
  MODIFY_RETURN: { kind: "func", prefix: "", what: "function" },
  TRACE_ITER: { kind: "func", prefix: "bpf_iter_", what: "iterator" },
  LSM_MAC: { kind: "func", prefix: "bpf_lsm_", what: "security hook" },
  LSM_CGROUP: { kind: "func", prefix: "bpf_lsm_", what: "security hook" },
};

function refuse(one: Diagnostic): never {
  throw new DiagnosticError([one]);
}

/** Candidates for a mistyped name; all functions would be too many, so those that begin alike. */
function similar(index: BtfIndex, { kind, prefix }: Rule, name: string): string | undefined {
  const start = prefix === "" ? name.slice(0, 4) : prefix;
  return nearest(
    name,
    index.names(kind, start).map((one) => one.slice(prefix.length)),
  );
}

function unknown(program: ProgramSpec, message: string, meant?: string): Diagnostic {
  return diagnostic(kernelDiagnostics.unknownTarget, {
    message,
    ...(meant !== undefined && { help: `did you mean "${meant}"?` }),
    ...(program.at && { at: program.at }),
  });
}

/** How targets are found. */
export interface TargetHost {
  readonly sys: Sys;
  readonly types: KernelTypes;
  /** Ids of the programs that extensions replace a function of, by the extension's name. */
  readonly replaces?: Readonly<Record<string, number>>;
  /** The network device, by name or index, of programs that are loaded for one. */
  readonly device?: string | number;
}

function functionOf(program: ProgramSpec, target: string, host: TargetHost, id: number | undefined): AttachTarget {
  if (id === undefined) {
    const message = `"${program.name}" replaces "${target}", but of which program?`;
    return refuse(diagnostic(kernelDiagnostics.noReplaced, { message, ...(program.at && { at: program.at }) }));
  }
  const fd = openById(host.sys, "program", id);
  const info = fd && readInfo(host.sys, fd.number, objectLayouts.program);
  const btf = info === undefined || typeof info === "number" ? undefined : readBtf(host.sys, info.get("btf_id"));
  const index = btf?.types.findIndex((one) => one.kind === "func" && one.name === target) ?? -1;
  if (!fd || index < 0) {
    fd?.[Symbol.dispose]();
    return refuse(unknown(program, `program ${id} has no function "${target}" with types`));
  }
  return { btfId: index + 1, program: fd };
}

/** The struct and member that the target of a function of a table names: "tcp_congestion_ops.init". */
export function tableMember(
  index: BtfIndex,
  target = "",
): { readonly struct: number; readonly member: number; readonly bitOffset: number } | undefined {
  const [table = "", name = ""] = target.split(".");
  const struct = index.find(table, "struct");
  const members = struct === undefined ? [] : (index.composite(struct)?.members ?? []);
  const member = members.findIndex((one) => one.name === name && name !== "");
  const bitOffset = members[member]?.bitOffset;
  return struct === undefined || bitOffset === undefined ? undefined : { struct, member, bitOffset };
}

function functionOfTable(program: ProgramSpec, target: string | undefined, { index }: KernelTypes): AttachTarget {
  const found = tableMember(index, target);
  if (found) return { btfId: found.struct, member: found.member };
  const [table = ""] = (target ?? "").split(".");
  const struct = index.find(table, "struct");
  const names =
    struct === undefined ? [] : (index.composite(struct)?.members ?? []).map((one) => `${table}.${one.name}`);
  const message = `"${program.name}" names no function of a table of this kernel: ${target ?? "nothing"}`;
  return refuse(unknown(program, message, nearest(target ?? "", names)));
}

/**
 * The target of a program. @throws DiagnosticError for names that the kernel does not have, with the nearest that it has,
 * and for kernels without types
 */
export function attachTarget(program: ProgramSpec, section: ProgramSection, host: TargetHost): AttachTarget {
  const { target } = section;
  if (program.type === "ext") return functionOf(program, target ?? program.name, host, host.replaces?.[program.name]);
  if (program.type === "struct_ops") return functionOfTable(program, target, host.types);
  const rule = rules[section.attach ?? ""];
  if (!rule || (program.type !== "tracing" && program.type !== "lsm")) return {};
  if (target === undefined)
    return refuse(unknown(program, `"${program.name}" does not say which ${rule.what} it is for`));
  const { index } = host.types;
  const btfId = index.find(rule.prefix + target, rule.kind);
  if (btfId !== undefined) return { btfId };
  return refuse(unknown(program, `this kernel has no ${rule.what} "${target}"`, similar(index, rule, target)));
}

/** Program types whose refusal without a word of the verifier means that tracing is denied. */
export const tracingTypes: ReadonlySet<string> = new Set(["tracing", "lsm", "ext"]);
