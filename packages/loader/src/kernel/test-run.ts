// BPF_PROG_TEST_RUN (net/bpf/test_run.c): one packet, and a context, through a loaded program. Each kind of context has its
// own rules: `struct xdp_md`, or `struct __sk_buff` of programs on socket buffers (skb-input.ts). The output buffer holds whatever the program can make of the packet, because the kernel only finds out that it is too
// small after the program has run, and running again would count twice.
import {
  type ContextRow,
  contexts,
  type Diagnostic,
  DiagnosticError,
  diagnostic,
  fieldsOf,
  type ProgramSpec,
  programTypes,
  uapi,
} from "@typebpf/abi";
import type { RunInput, RunOutput } from "../backend.ts";
import { contextPlaces, setContextPlace, writtenPlaces } from "../context-fields.ts";
import { headerOf, type SkbProgramType, skbInputContext, skbOutputContext } from "../skb-input.ts";
import { Attr, attrLayouts } from "./attr.ts";
import { kernelDiagnostics } from "./diagnostics.ts";
import { errnoName, errnos } from "./errno.ts";
import type { Fd } from "./fd.ts";
import { type PlainRun, plainRuns } from "./run-network.ts";
import type { Memory, Sys } from "./sys.ts";

/** Smallest packet: an Ethernet header. */
const ethernetHeaderBytes = 14;
/** The kernel's own bookkeeping at the end of the packet's page: `struct skb_shared_info`. */
const tailroomBytes = 320;
/** Room for what an XDP program may prepend and append. */
const growthBytes = uapi.constant.XDP_PACKET_HEADROOM + tailroomBytes;
/** Longer than any packet that comes out: the longest that helpers make of a socket buffer has 16384 bytes. */
const outputBytes = 1 << 15;

function refuse(...diagnostics: readonly Diagnostic[]): never {
  throw new DiagnosticError(diagnostics);
}

function checkPacket(packet: Uint8Array, pageSize: number): void {
  if (packet.length < ethernetHeaderBytes) {
    const message = `the packet has ${packet.length} bytes; the kernel runs packets of at least ${ethernetHeaderBytes}`;
    refuse(diagnostic(kernelDiagnostics.packetTooShort, { message }));
  }
  const longest = pageSize - growthBytes;
  if (packet.length > longest) {
    const message = `the packet has ${packet.length} bytes; the kernel runs packets of at most ${longest}`;
    refuse(diagnostic(kernelDiagnostics.packetTooLong, { message }));
  }
}

function refuseField(name: string, value: number | bigint, why: string): never {
  return refuse(
    diagnostic(kernelDiagnostics.contextField, { message: `the kernel cannot run with ${name} = ${value}: ${why}` }),
  );
}

/** The integer fields of a context, by DSL name. */
function settableFields(row: ContextRow): ReadonlyMap<string, ContextRow["fields"][number]> {
  return new Map(
    row.fields.flatMap((field) =>
      field.as !== undefined && field.is === "integer" ? [[field.as, field] as const] : [],
    ),
  );
}

/** What the kernel would refuse, or take as "not given", without saying so. */
function checkXdpContext(context: Readonly<Record<string, number | bigint>>): void {
  const value = (name: string): number | undefined => (context[name] === undefined ? undefined : Number(context[name]));
  if (value("egressIfindex")) refuseField("egressIfindex", context.egressIfindex ?? 0, "it is only set in device maps");
  if (value("ingressIfindex") === 0) refuseField("ingressIfindex", 0, "interfaces count from 1");
  if (value("rxQueueIndex") && value("ingressIfindex") === undefined) {
    refuseField("rxQueueIndex", context.rxQueueIndex ?? 0, "give ingressIfindex with it");
  }
}

/** The context as the kernel takes it; what is not given has its defaults (the loopback interface). */
function encodeContext(sys: Sys, program: ProgramSpec, input: RunInput): Memory {
  const given = Object.entries(input.context ?? {});
  const row: ContextRow = contexts[programTypes[program.type].context];
  const fields = settableFields(row);
  const memory = sys.allocate(row.size);
  for (const [name, value] of given) {
    const field = fields.get(name);
    if (!field) {
      const notes = [`fields of ${row.struct}: ${[...fields.keys()].join(", ")}`];
      refuse(
        diagnostic(kernelDiagnostics.contextField, { message: `there is no context field "${name}" to set`, notes }),
      );
    }
    if (!Number.isInteger(Number(value)) || value < 0 || value > 0xffff_ffff)
      refuseField(name, value, "it is an unsigned 32-bit number");
    memory.view.setUint32(field.offset, Number(value), true);
  }
  checkXdpContext(input.context ?? {});
  // data is the length of the metadata here, data_end that of the packet.
  memory.view.setUint32(4, input.packet.length, true);
  return memory;
}

/** How runs of a program go in and come out. */
interface RunKind {
  /** Checks what the run is given, and gives the context. @throws DiagnosticError */
  prepare(sys: Sys, program: ProgramSpec, input: RunInput): Memory;
  /** Where in the output the packet begins. */
  packetStart(context: Memory): number;
  /** Programs cannot change the packet; the kernel gives it back without its Ethernet header. */
  readonly packetStays?: true;
  /** There is no packet, one run, and the context is written back where it was given. */
  readonly inPlace?: true;
  /** Bytes at the beginning of the packet that programs do not see, and the kernel gives back as zeros. */
  readonly header?: number;
  /** The context's fields after the run, for those that programs change. */
  output?(context: Memory, program: ProgramSpec): Readonly<Record<string, number | bigint>>;
}

const xdpRun: RunKind = {
  prepare(sys, program, input) {
    const { packet, repeat = 1 } = input;
    checkPacket(packet, sys.pageSize);
    if (!Number.isInteger(repeat) || repeat < 1 || repeat > 0x7fff_ffff) {
      refuse(
        diagnostic(kernelDiagnostics.runRefused, { message: `a program runs 1 to 2147483647 times, not ${repeat}` }),
      );
    }
    return encodeContext(sys, program, input);
  },
  // The output begins with the metadata; `data` of the context says where the packet itself does.
  packetStart: (context) => context.view.getUint32(0, true),
};

function skbRun(type: SkbProgramType): RunKind {
  return {
    prepare(sys, _, input) {
      const bytes = skbInputContext(type, input);
      const memory = sys.allocate(bytes.length);
      memory.bytes.set(bytes);
      return memory;
    },
    packetStart: () => 0,
    header: headerOf(type),
    output: (context) => skbOutputContext(context.bytes),
  };
}

/** Most bytes of a struct that such a program is given (U16_MAX, kernel/bpf/syscall.c). */
const syscallBytes = 0xffff;

const syscallPlaces = ({ context }: ProgramSpec) =>
  contextPlaces(fieldsOf({ kind: "syscall", ...(context && { schema: context }) }));

const syscallRun: RunKind = {
  inPlace: true,
  prepare(sys, program, { context = {}, contextBytes, repeat = 1 }) {
    if (repeat !== 1)
      refuse(diagnostic(kernelDiagnostics.runRefused, { message: "such a program runs once at a time" }));
    const size = Math.max(program.context?.size ?? 0, contextBytes?.length ?? 0);
    if (size > syscallBytes) {
      const message = `a context of ${size} bytes is longer than the ${syscallBytes} that the kernel takes`;
      refuse(diagnostic(kernelDiagnostics.runRefused, { message }));
    }
    const memory = sys.allocate(Math.max(size, 1));
    if (contextBytes) memory.bytes.set(contextBytes);
    const places = syscallPlaces(program);
    for (const [name, value] of Object.entries(context)) setContextPlace(places, memory.view, name, value);
    return memory;
  },
  packetStart: () => 0,
  output: (context, program) => writtenPlaces(syscallPlaces(program), context.view),
};

const runKinds: { readonly [K in ProgramSpec["type"]]?: RunKind } = {
  xdp: xdpRun,
  sched_cls: skbRun("sched_cls"),
  sched_act: skbRun("sched_act"),
  cgroup_skb: skbRun("cgroup_skb"),
  lwt_in: skbRun("lwt_in"),
  lwt_out: skbRun("lwt_out"),
  lwt_xmit: skbRun("lwt_xmit"),
  socket_filter: { ...skbRun("socket_filter"), packetStays: true },
  syscall: syscallRun,
};

function refused(program: ProgramSpec, input: RunInput, status: number): Diagnostic {
  const notes = [`the kernel answers ${errnoName(-status)}`];
  const name = program.name;
  if (status === -errnos.EPERM) return diagnostic(kernelDiagnostics.privilege, { notes });
  if (status === -errnos.ENOTSUPP) {
    return diagnostic(kernelDiagnostics.runUnsupported, {
      message: `the kernel cannot test-run "${name}" (type ${program.type})`,
      notes,
    });
  }
  const field = program.type === "xdp" ? "ingressIfindex" : "ifindex";
  const index = input.context?.[field];
  if (index !== undefined && (status === -errnos.ENODEV || (program.type === "xdp" && status === -errnos.EINVAL))) {
    const queue = input.context?.rxQueueIndex ?? 0;
    const why =
      status === -errnos.ENODEV
        ? "there is no interface with this index"
        : `the interface has no receive queue ${queue} for XDP`;
    return diagnostic(kernelDiagnostics.contextField, {
      message: `the kernel cannot run with ${field} = ${index}: ${why}`,
      notes,
    });
  }
  return diagnostic(kernelDiagnostics.runRefused, { message: `the kernel refuses to run "${name}"`, notes });
}

/** Test-runs of one program. Buffers are kept from run to run. */
export class TestRunner {
  readonly #sys: Sys;
  readonly #fd: Fd;
  readonly #program: ProgramSpec;
  readonly #attr: Attr<typeof attrLayouts.testRun>;
  #input: Memory;
  #output: Memory;

  constructor(sys: Sys, fd: Fd, program: ProgramSpec) {
    this.#sys = sys;
    this.#fd = fd;
    this.#program = program;
    this.#attr = new Attr(sys, attrLayouts.testRun);
    this.#input = sys.allocate(sys.pageSize);
    this.#output = sys.allocate(outputBytes);
  }

  /** Runs the program. @throws DiagnosticError on what the kernel cannot run. */
  run(input: RunInput): RunOutput {
    const plain = plainRuns[this.#program.type];
    if (plain) return this.#runPlain(plain, input);
    const kind = runKinds[this.#program.type];
    if (!kind) refuse(refused(this.#program, input, -errnos.ENOTSUPP));
    const context = kind.prepare(this.#sys, this.#program, input);
    if (kind.inPlace) return this.#runInPlace(kind, context, input);
    this.#input.bytes.set(input.packet);
    const attr = this.#attr;
    attr
      .set("prog_fd", this.#fd.number)
      .set("retval", 0)
      .set("duration", 0)
      .set("repeat", input.repeat ?? 1);
    attr.set("data_in", this.#input).set("data_size_in", input.packet.length);
    attr.set("data_out", this.#output).set("data_size_out", this.#output.bytes.length);
    attr.set("ctx_in", context).set("ctx_size_in", context.bytes.length);
    attr.set("ctx_out", context).set("ctx_size_out", context.bytes.length);
    const status = attr.call(uapi.command.PROG_TEST_RUN);
    if (status < 0) refuse(refused(this.#program, input, status));
    const packet = this.#output.bytes.slice(kind.packetStart(context), attr.get("data_size_out"));
    packet.set(input.packet.subarray(0, kind.header ?? 0));
    return {
      retval: attr.get("retval"),
      packet: kind.packetStays ? input.packet.slice() : packet,
      durationNs: attr.get("duration"),
      ...(kind.output && { context: kind.output(context, this.#program) }),
    };
  }

  /** A run without a packet, of which the kernel measures nothing. */
  #runInPlace(kind: RunKind, context: Memory, input: RunInput): RunOutput {
    const attr = new Attr(this.#sys, attrLayouts.testRun).set("prog_fd", this.#fd.number);
    attr.set("ctx_in", context).set("ctx_size_in", context.bytes.length);
    const status = attr.call(uapi.command.PROG_TEST_RUN);
    if (status < 0) refuse(refused(this.#program, input, status));
    return {
      retval: attr.get("retval"),
      packet: input.packet.slice(),
      durationNs: 0,
      ...(kind.output && { context: kind.output(context, this.#program) }),
    };
  }

  /** A run whose packet, if it has one, stays as it is. */
  #runPlain(kind: PlainRun, input: RunInput): RunOutput {
    const bytes = kind.prepare(this.#program, input);
    const context = this.#sys.allocate(bytes.length);
    context.bytes.set(bytes);
    const attr = new Attr(this.#sys, attrLayouts.testRun).set("prog_fd", this.#fd.number);
    attr.set("ctx_in", context).set("ctx_size_in", bytes.length);
    if (kind.only !== "contextOnce") attr.set("repeat", input.repeat ?? 1);
    if (kind.contextOut) attr.set("ctx_out", context).set("ctx_size_out", bytes.length);
    if (kind.only === undefined) {
      this.#input.bytes.set(input.packet);
      attr.set("data_in", this.#input).set("data_size_in", input.packet.length);
      attr.set("data_out", this.#output).set("data_size_out", this.#output.bytes.length);
    }
    const status = attr.call(uapi.command.PROG_TEST_RUN);
    if (status < 0) refuse(refused(this.#program, input, status));
    const data = this.#output.bytes.slice(0, attr.get("data_size_out"));
    const durationNs = attr.get("duration");
    return { retval: attr.get("retval"), packet: input.packet.slice(), durationNs, ...kind.result?.(data, input) };
  }
}
