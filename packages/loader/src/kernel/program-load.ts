// BPF_PROG_LOAD: relocations, bytecode, licence and name go in, a descriptor comes out. The first try is without a log,
// which is fastest; a refused program is loaded again with one, in a buffer that grows until the log fits, and the log
// becomes a diagnostic on the line of the source. With `logLevel` the log is always asked for.
import {
  type Diagnostic,
  DiagnosticError,
  diagnostic,
  encode,
  type FlatProgram,
  type FunctionSpec,
  flattenProgram,
  type Insn,
  type OpenRelocation,
  type ProgramSpec,
  programTypes,
  sectionOfProgram,
  slotsOf,
  uapi,
} from "@typebpf/abi";
import { expectedAttachType } from "../attach/attach-type.ts";
import { explainRejection } from "../verifier-log.ts";
import { type AttachTarget, attachTarget, type TargetHost, tracingTypes } from "./attach-target.ts";
import { Attr, attrLayouts, kernelName } from "./attr.ts";
import { type CodeRecords, recordBytes } from "./btf.ts";
import { kernelDiagnostics } from "./diagnostics.ts";
import { errnoName, errnos } from "./errno.ts";
import { Fd } from "./fd.ts";
import { deviceBinding, kernelCall } from "./kernel-functions.ts";
import type { Memory, Sys } from "./sys.ts";

/** What a program needs to be loaded. */
export interface LoadRequest {
  readonly program: ProgramSpec;
  /** What the program may call; none by default. */
  readonly functions?: readonly FunctionSpec[];
  readonly license: string;
  /** Descriptor of each map by name. */
  readonly maps: ReadonlyMap<string, number>;
  /** Descriptor of the map behind each data section by name; none by default. */
  readonly sections?: ReadonlyMap<string, number>;
  /** Functions and lines; none by default. */
  readonly code?: CodeRecords | undefined;
  /** Where targets in the kernel are looked up; without it only programs without such a target can be loaded. */
  readonly host?: Omit<TargetHost, "sys">;
  /** Log level for a load that succeeds: 0 for none; bits as BPF_PROG_LOAD has them. */
  readonly logLevel: number;
}

/** A loaded program and what the verifier wrote (empty without a log level). */
export interface LoadedProgram {
  readonly fd: Fd;
  readonly log: string;
}

const { BPF_F_SLEEPABLE, BPF_F_XDP_HAS_FRAGS } = uapi.constant;
const firstLogBytes = 1 << 16;
/** The most that kernels before 6.4 take. */
const lastLogBytes = (1 << 24) - 1;
/** The kernel gives up with EAGAIN when a signal arrives; loading again is what it asks for. */
const interruptions = 5;

function refuse(...diagnostics: readonly Diagnostic[]): never {
  throw new DiagnosticError(diagnostics);
}

const unbound = { flags: 0, ifindex: 0 };

type Addressed = Pick<LoadRequest, "program" | "functions" | "maps" | "sections" | "host">;

/** The instruction that holds what a relocation names; undefined where nothing has that name. */
function addressed(insn: Insn, relocation: OpenRelocation, request: Addressed): Insn | undefined {
  const { maps, sections, program, host } = request;
  if (relocation.kind === "kernelFunction") return kernelCall(insn, relocation, program, host?.types);
  const { MAP_FD, MAP_VALUE } = uapi.pseudoSource;
  const fd = relocation.kind === "data" ? sections?.get(relocation.section) : maps.get(relocation.map);
  if (fd === undefined) return undefined;
  if (relocation.kind === "map") return { ...insn, src: MAP_FD, imm: fd, nextImm: 0 };
  return { ...insn, src: MAP_VALUE, imm: fd, nextImm: relocation.offset };
}

function flat(request: Addressed): FlatProgram {
  const { program, functions = [] } = request;
  const flattened = flattenProgram({ functions }, program);
  return typeof flattened === "string" ? refuseRelocations(program, [flattened]) : flattened;
}

function refuseRelocations(program: ProgramSpec, notes: readonly string[]): never {
  const message = `"${program.name}" refers to something that cannot be put in`;
  return refuse(diagnostic(kernelDiagnostics.relocation, { message, notes }));
}

/** Instructions with functions behind them and descriptors in place of names. @throws DiagnosticError on a relocation that fits nothing. */
export function relocate(request: Addressed): readonly Insn[] {
  const { insns, relocations } = flat(request);
  const pending = new Map(relocations.map((relocation) => [relocation.slot, relocation]));
  const notes: string[] = [];
  let slot = 0;
  const relocated = insns.map((insn) => {
    const relocation = pending.get(slot);
    slot += slotsOf(insn);
    const done = relocation ? addressed(insn, relocation, request) : insn;
    if (!done && relocation) {
      notes.push(`slot ${relocation.slot}: ${referredTo(relocation)}`);
    }
    return done ?? insn;
  });
  return notes.length > 0 ? refuseRelocations(request.program, notes) : relocated;
}

function referredTo(relocation: OpenRelocation): string {
  if (relocation.kind === "kernelFunction") return `function ${relocation.name} of the kernel`;
  return relocation.kind === "data" ? `data section "${relocation.section}"` : `map "${relocation.map}"`;
}

function encodeProgram(program: ProgramSpec, insns: readonly Insn[]): Uint8Array {
  try {
    return encode(insns);
  } catch (error) {
    const notes = [error instanceof Error ? error.message : String(error)];
    return refuse(
      diagnostic(kernelDiagnostics.damaged, {
        message: `"${program.name}" has an instruction that does not exist`,
        notes,
      }),
    );
  }
}

function text(sys: Sys, value: string): Memory {
  const bytes = new TextEncoder().encode(value);
  const memory = sys.allocate(bytes.length + 1);
  memory.bytes.set(bytes);
  return memory;
}

/** A load that can be tried with and without a log. */
class Attempt {
  readonly #sys: Sys;
  readonly #attr: Attr<typeof attrLayouts.programLoad>;

  constructor(sys: Sys, request: LoadRequest, target: AttachTarget) {
    const { program } = request;
    const section = sectionOfProgram(program);
    const code = encodeProgram(program, relocate(request));
    const { flags, ifindex } = deviceBinding(sys, program, flat(request).relocations, request.host?.device) ?? unbound;
    const insns = sys.allocate(code.length);
    insns.bytes.set(code);
    const license = text(sys, request.license);
    this.#sys = sys;
    this.#attr = new Attr(sys, attrLayouts.programLoad)
      .set("prog_type", programTypes[program.type].number)
      .set("insn_cnt", code.length / 8)
      .set("insns", insns)
      .set("license", license)
      .set("prog_name", kernelName(program.name))
      .set("expected_attach_type", expectedAttachType(section))
      .set("prog_flags", flags | (section.sleepable ? BPF_F_SLEEPABLE : 0) | (section.frags ? BPF_F_XDP_HAS_FRAGS : 0));
    if (ifindex !== 0) this.#attr.set("prog_ifindex", ifindex);
    if (target.btfId !== undefined) this.#attr.set("attach_btf_id", target.btfId);
    if (target.member !== undefined) this.#attr.set("expected_attach_type", target.member);
    if (target.program) this.#attr.set("attach_prog_fd", target.program.number);
    if (request.code) this.#setCode(request.code);
  }

  #setCode({ btfFd, functions, lines }: CodeRecords): void {
    this.#attr.set("prog_btf_fd", btfFd);
    if (functions) {
      this.#attr.set("func_info", functions).set("func_info_rec_size", recordBytes.functions);
      this.#attr.set("func_info_cnt", functions.bytes.length / recordBytes.functions);
    }
    if (!lines) return;
    this.#attr.set("line_info", lines).set("line_info_rec_size", recordBytes.lines);
    this.#attr.set("line_info_cnt", lines.bytes.length / recordBytes.lines);
  }

  #load(): number {
    let status = -errnos.EAGAIN;
    for (let tries = 0; tries < interruptions && status === -errnos.EAGAIN; tries++) {
      status = this.#attr.call(uapi.command.PROG_LOAD);
    }
    return status;
  }

  /** A descriptor or a negative errno, and the log. */
  run(level: number): { readonly status: number; readonly log: string } {
    if (level === 0) {
      this.#attr.set("log_level", 0).set("log_size", 0).set("log_buf", 0n);
      return { status: this.#load(), log: "" };
    }
    for (let size = firstLogBytes; ; size = Math.min(size * 8, lastLogBytes)) {
      const buffer = this.#sys.allocate(size);
      this.#attr.set("log_level", level).set("log_size", size).set("log_buf", buffer);
      const status = this.#load();
      if (status === -errnos.ENOSPC && size < lastLogBytes) continue;
      const end = buffer.bytes.indexOf(0);
      return { status, log: new TextDecoder().decode(end < 0 ? buffer.bytes : buffer.bytes.subarray(0, end)) };
    }
  }
}

/** Refusals without a word of the verifier. */
function refusedEarly(program: ProgramSpec, status: number): Diagnostic {
  const notes = [
    `the kernel answers ${errnoName(-status)}`,
    `${program.insns.length} instructions, type ${program.type}`,
  ];
  const details = { notes, ...(program.at && { at: program.at }) };
  if (status === -errnos.EPERM) {
    const row = tracingTypes.has(program.type) ? kernelDiagnostics.tracingDenied : kernelDiagnostics.privilege;
    return diagnostic(row, { notes });
  }
  if (status === -errnos.ENOSYS) return diagnostic(kernelDiagnostics.noBpf);
  if (status === -errnos.E2BIG) {
    return diagnostic(kernelDiagnostics.tooLarge, {
      ...details,
      message: `"${program.name}" is empty or too large for the kernel`,
    });
  }
  if (status === -errnos.EOPNOTSUPP && program.relocations.some((one) => one.kind === "kernelFunction")) {
    const message = `the driver of the device tells "${program.name}" nothing of packets`;
    const help = "give a device whose driver does, such as veth: kernel({ device: NAME })";
    return diagnostic(kernelDiagnostics.noDevice, { ...details, message, help });
  }
  const message = `the kernel refuses "${program.name}" before verifying it: ${errnoName(-status)}`;
  return diagnostic(kernelDiagnostics.refused, { ...details, message });
}

interface Outcome {
  /** A descriptor or a negative errno. */
  readonly status: number;
  readonly log: string;
}

/** The log of what is refused before any instruction is followed, as functions and lines are. */
const early = /^\s*$|processed 0 insns/u;

/** A load; of a refused program with the log, and without functions and lines where the kernel does not take those. */
function attempt(sys: Sys, request: LoadRequest, target: AttachTarget): Outcome {
  const load = new Attempt(sys, request, target);
  const first = load.run(request.logLevel);
  if (first.status >= 0 || first.status === -errnos.EPERM || first.status === -errnos.ENOSYS) return first;
  const told = request.logLevel === 0 ? load.run(1) : first;
  if (!request.code || told.status >= 0 || !early.test(told.log)) return told;
  return attempt(sys, { ...request, code: undefined }, target);
}

/** Loads one program. @throws DiagnosticError that tells why the kernel refuses it, on the line of the source. */
export function loadProgram(sys: Sys, request: LoadRequest): LoadedProgram {
  const { program } = request;
  if (!Object.hasOwn(programTypes, program.type)) refuse(refusedEarly(program, -errnos.EINVAL));
  const target = request.host ? attachTarget(program, sectionOfProgram(program), { sys, ...request.host }) : {};
  const { status, log } = attempt(sys, request, target);
  target.program?.[Symbol.dispose]();
  if (status >= 0) return { fd: new Fd(sys, status, `program "${program.name}"`), log };
  // The log of a program that only the JIT refuses ends well, so it explains nothing.
  if (status === -errnos.ENOTSUPP) {
    const notes = [`"${program.name}" has ${program.insns.length} instructions`];
    return refuse(diagnostic(kernelDiagnostics.noJit, { notes, ...(program.at && { at: program.at }) }));
  }
  return refuse(log.trim() === "" ? refusedEarly(program, status) : explainRejection(program, log));
}
