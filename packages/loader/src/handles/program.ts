// Typed handles of programs, the same on both back ends: run on a packet, attach in the kernel.
import { actionName, type ProgramSpec } from "@typebpf/abi";
import type { AttachOptions, BackendLink, BackendProgram, RunInput, TraceEvent } from "../backend.ts";
import { describe } from "../codec.ts";
import { loaderError } from "../diagnostics.ts";

/** An attachment: detached on `detach()`, at the end of a `using` block, and when the process ends. */
export type Link = BackendLink;

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
  /** Lines that the last run traced; only in the simulator. The kernel writes them to its trace pipe. */
  readonly trace?: readonly TraceEvent[];
}

export interface ProgramHandle<Action extends string = string, Where = AttachOptions> {
  readonly name: string;
  readonly spec: ProgramSpec;
  /** Runs the program on a packet. @throws DiagnosticError on a fault, or where the kernel refuses the packet. */
  run(input: Uint8Array | PacketInput, options?: RunOptions): RunResult<Action>;
  /** Attaches the program; only in the kernel. @throws DiagnosticError that says what to do. */
  attach(options: Where): Link;
}

/** The handle of a program of either back end; `load` gives it the types of the module. */
export function programHandle(program: BackendProgram): ProgramHandle {
  const { spec } = program;
  return {
    name: spec.name,
    spec,
    run: (input, options = {}) => {
      const given: RunInput = input instanceof Uint8Array ? { packet: input } : input;
      if (!(given?.packet instanceof Uint8Array)) {
        const message = `a program runs on a packet as a Uint8Array, not on ${describe(given?.packet ?? given)}`;
        throw loaderError("valueKind", { message });
      }
      const output = program.run(options.repeat === undefined ? given : { ...given, repeat: options.repeat });
      return { action: actionName(spec.type, output.retval), ...output };
    },
    attach: (options) => program.attach(options),
  };
}
