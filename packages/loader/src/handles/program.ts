// Typed handles of programs, the same on both back ends: run on a packet, attach in the kernel.
import { actionName, contextFields, type ProgramSpec, sectionOfProgram } from "@typebpf/abi";
import type { AttachOptions, BackendLink, BackendProgram, Pin, RunInput } from "../backend.ts";
import { describe } from "../codec.ts";
import { loaderError, refusePin } from "../diagnostics.ts";
import type { MapRedirect, TraceEvent } from "../run-events.ts";

/** An attachment: detached on `detach()`, at the end of a `using` block, and when the process ends. */
export type Link = BackendLink;

/** What a program without a packet runs on: its context. */
export interface ContextInput {
  /** Context fields by their DSL name: `{ op: 3, "args[0]": 1n }`. */
  readonly context?: Readonly<Record<string, number | bigint>>;
  /** The context as it lies in memory, where it is what its author says. */
  readonly contextBytes?: Uint8Array;
}

/** A packet, and what its context is. */
export interface PacketInput {
  /** From the Ethernet header on. */
  readonly packet: Uint8Array;
  /** Context fields by their DSL name: `{ ingressIfindex: 3 }`. */
  readonly context?: Readonly<Record<string, number | bigint>>;
}

export interface RunOptions {
  /** How often to run, for measuring; default 1. */
  readonly repeat?: number;
}

/** What a program did with a packet. */
export interface RunResult<Action extends string = string> {
  /** The verdict by name; undefined where the number has none. */
  readonly action: Action | undefined;
  /** The number that the program returned, unsigned 32 bits. */
  readonly retval: number;
  /** The packet as the program left it. */
  readonly packet: Uint8Array;
  /** Fields of the context as the program left them, by DSL name; only for programs on socket buffers: `mark`, … */
  readonly context?: Readonly<Record<string, number | bigint>>;
  /** Mean of one run in nanoseconds. */
  readonly durationNs: number;
  /** Instructions of the last run; only in the simulator. */
  readonly instructions?: number;
  /** Where the last run sent its packet by a map, where it did; only in the simulator. */
  readonly redirect?: MapRedirect;
  /** Lines that the last run traced; only in the simulator. The kernel writes them to its trace pipe. */
  readonly trace?: readonly TraceEvent[];
}

export interface ProgramHandle<Action extends string = string, Where = AttachOptions> {
  readonly name: string;
  readonly spec: ProgramSpec;
  /** The same program as the back end has it. */
  readonly raw: BackendProgram;
  /**
   * Runs the program on a packet, or on a context where its type has no packet.
   * @throws DiagnosticError on a fault, or where the kernel refuses the input
   */
  run(input: Uint8Array | PacketInput | ContextInput, options?: RunOptions): RunResult<Action>;
  /** Attaches the program; only in the kernel. @throws DiagnosticError that says what to do. */
  attach(options: Where): Link;
  /** Keeps the program alive under a path of a BPF file system; only in the kernel. @throws DiagnosticError that says what to do. */
  pin(path: string): Pin;
}

/** True for types of programs that see packets; what else is bounded as one (the value of an option) may be left out. */
function hasPacket({ type, section }: ProgramSpec): boolean {
  return (
    contextFields(type, sectionOfProgram({ type, section }).attach).some(
      ({ is, as }) => is === "packet" && as === undefined,
    ) ||
    type === "socket_filter" ||
    type === "netfilter"
  );
}

function inputOf(spec: ProgramSpec, input: Uint8Array | PacketInput | ContextInput): RunInput {
  if (input instanceof Uint8Array) return { packet: input };
  const packet: unknown = typeof input === "object" && input !== null && "packet" in input ? input.packet : undefined;
  if (packet instanceof Uint8Array) return { ...input, packet };
  if (packet === undefined && typeof input === "object" && input !== null && !hasPacket(spec)) {
    return { ...input, packet: new Uint8Array(0) };
  }
  const message = `a program runs on a packet as a Uint8Array, not on ${describe(packet ?? input)}`;
  throw loaderError("valueKind", { message });
}

/** The handle of a program of either back end; `load` gives it the types of the module. */
export function programHandle(program: BackendProgram): ProgramHandle {
  const { spec } = program;
  return {
    name: spec.name,
    spec,
    raw: program,
    run: (input, options = {}) => {
      const given = inputOf(spec, input);
      const output = program.run(options.repeat === undefined ? given : { ...given, repeat: options.repeat });
      return { action: actionName(spec.type, output.retval), ...output };
    },
    attach: (options) => program.attach(options),
    pin: (path) => program.pin?.(path) ?? refusePin(`program "${spec.name}"`),
  };
}
