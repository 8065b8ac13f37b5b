// The kernel back end: maps are created, programs are loaded by the verifier's leave, runs and attachments happen in the
// running kernel. Native code is loaded by the first load, not by importing this file. Everything is closed again when a
// load fails half way, when the object is disposed, and by the kernel when the process ends.
import { readFileSync } from "node:fs";
import {
  type BpfObject,
  type Diagnostic,
  DiagnosticError,
  diagnostic,
  type ProgramSpec,
  sectionOfProgram,
} from "@typebpf/abi";
import { type Attachable, attach } from "../attach/registry.ts";
import type {
  AttachOptions,
  Backend,
  BackendLink,
  BackendObject,
  BackendProgram,
  Pin,
  RunInput,
  RunOutput,
} from "../backend.ts";
import { cpuLimit, onCpu } from "./affinity.ts";
import { KernelTypes } from "./attach-target.ts";
import { type KernelBtf, loadBtf } from "./btf.ts";
import { possibleCpus } from "./cpus.ts";
import { kernelDiagnostics } from "./diagnostics.ts";
import type { Fd } from "./fd.ts";
import { programInfo } from "./info.ts";
import type { KernelMap } from "./map.ts";
import { type MapPins, PinnedMaps } from "./objects/load-pins.ts";
import { pinObject } from "./objects/pin.ts";
import { Poller } from "./poller.ts";
import { fillProgramArrays } from "./program-arrays.ts";
import { type LoadedProgram, loadProgram } from "./program-load.ts";
import { createSection, type KernelSection } from "./section.ts";
import { openSys, type Sys } from "./sys.ts";
import { TestRunner } from "./test-run.ts";

/** Options of the kernel back end. */
export interface KernelOptions {
  /** Have the verifier write a log of every load: bit 0 instructions, bit 1 every state, bit 2 statistics. Default 0. */
  readonly logLevel?: number;
  /** Id of the program whose function each extension replaces, by the extension's name. */
  readonly replaces?: Readonly<Record<string, number>>;
  /**
   * The network device, by name or index, of XDP programs that read what it tells of a packet (`ctx.metadataRxHash()`): they
   * are loaded for it alone.
   */
  readonly device?: string | number;
  /** The CPU that `run` uses, so that per-CPU values are in a known place. Without it, the one that Node is on. */
  readonly cpu?: number;
  /**
   * Maps that outlive the object: a folder of a BPF file system in which each map has its name, or paths for some maps by
   * name. A map that is pinned there already is used, where it is what the object declares; others are made and pinned.
   */
  readonly pins?: MapPins;
}

/** What a program knows of the object around it. */
interface ProgramHost {
  readonly cpu: number | undefined;
  /** Descriptors of maps by name. */
  readonly maps: ReadonlyMap<string, number>;
  readonly types: KernelTypes;
  readonly siblings: ReadonlyMap<string, KernelProgram>;
  readonly btf: KernelBtf | undefined;
}

/** A program in the kernel, with what the kernel tells about it. */
export class KernelProgram implements BackendProgram {
  readonly spec: ProgramSpec;
  /** The verifier's log; empty unless `logLevel` asked for one. */
  readonly log: string;
  /** Id in the kernel, as `bpftool prog` shows it. */
  readonly id: number;
  /** Instructions that the verifier followed, all paths together; 0 before Linux 5.16. */
  readonly verifiedInsns: number;
  readonly #sys: Sys;
  readonly #loaded: LoadedProgram;
  readonly #runner: TestRunner;
  readonly #cpu: number | undefined;
  readonly #host: ProgramHost;
  readonly #links = new Set<BackendLink>();

  constructor(sys: Sys, spec: ProgramSpec, loaded: LoadedProgram, host: ProgramHost) {
    const info = programInfo(sys, loaded.fd.number);
    this.spec = spec;
    this.log = loaded.log;
    this.id = info?.id ?? 0;
    this.verifiedInsns = info?.verifiedInsns ?? 0;
    this.#sys = sys;
    this.#loaded = loaded;
    this.#cpu = host.cpu;
    this.#host = host;
    this.#runner = new TestRunner(sys, loaded.fd, spec);
  }

  /** The program's descriptor, for maps that hold programs. */
  get fd(): Fd {
    return this.#loaded.fd;
  }

  run(input: RunInput): RunOutput {
    const run = (): RunOutput => this.#runner.run(input);
    return this.#cpu === undefined ? run() : onCpu(this.#sys, this.#cpu, run);
  }

  attach(options: AttachOptions): BackendLink {
    const link = attach(this.#attachable(), options);
    this.#links.add(link);
    return link;
  }

  #attachable(): Attachable {
    const { name, type } = this.spec;
    const { maps, types, siblings, btf } = this.#host;
    return {
      sys: this.#sys,
      fd: this.#loaded.fd.number,
      name,
      type,
      section: sectionOfProgram(this.spec),
      mapFd: (map) => maps.get(map),
      siblings: () => [...siblings.values()].map((one) => one.#attachable()),
      types,
      ...(btf && { btfFd: btf.number }),
    };
  }

  pin(path: string): Pin {
    return pinObject(this.#sys, this.#loaded.fd.number, path, `program "${this.spec.name}"`);
  }

  /** Detaches and closes; goes on to the end when something cannot be detached, then says so. */
  [Symbol.dispose](): void {
    const failures: Diagnostic[] = [];
    for (const link of this.#links) {
      try {
        link.detach();
      } catch (error) {
        if (!(error instanceof DiagnosticError)) throw error;
        failures.push(...error.diagnostics);
      }
    }
    this.#links.clear();
    this.#loaded.fd[Symbol.dispose]();
    if (failures.length > 0) throw new DiagnosticError(failures);
  }
}

/** A loaded object in the kernel. */
export interface KernelObject extends BackendObject {
  readonly maps: ReadonlyMap<string, KernelMap>;
  readonly sections: ReadonlyMap<string, KernelSection>;
  readonly programs: ReadonlyMap<string, KernelProgram>;
  readonly pins: readonly Pin[];
}

/** The kernel back end; its objects tell more than those of every back end. */
export interface KernelBackend extends Backend {
  readonly kind: "kernel";
  load(object: BpfObject): Promise<KernelObject>;
}

function loadPrograms(
  sys: Sys,
  object: BpfObject,
  { maps, sections, btf }: Pick<KernelObject, "maps" | "sections"> & { readonly btf: KernelBtf | undefined },
  { logLevel = 0, cpu, replaces, device, types }: LoadOptions,
  stack: DisposableStackLike,
) {
  const fds = new Map([...maps].map(([name, map]) => [name, map.fd.number]));
  const data = new Map([...sections].map(([name, section]) => [name, section.map.fd.number]));
  const programs = new Map<string, KernelProgram>();
  const refusals: Diagnostic[] = [];
  for (const program of object.programs) {
    try {
      const loaded = loadProgram(sys, {
        program,
        functions: object.functions,
        license: object.license,
        maps: fds,
        sections: data,
        code: btf?.code(program.name),
        host: { types, ...(replaces && { replaces }), ...(device !== undefined && { device }) },
        logLevel,
      });
      programs.set(
        program.name,
        stack.use(new KernelProgram(sys, program, loaded, { cpu, maps: fds, types, siblings: programs, btf })),
      );
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      refusals.push(...error.diagnostics);
    }
  }
  if (refusals.length > 0) throw new DiagnosticError(refusals);
  return programs;
}

/** Options, and what the loads of one back end share. */
interface LoadOptions extends KernelOptions {
  readonly types: KernelTypes;
}

/** What is open, closed in reverse order; Node 20 has no DisposableStack of its own. */
class DisposableStackLike implements Disposable {
  readonly #open: Disposable[] = [];

  use<T extends Disposable>(resource: T): T {
    this.#open.push(resource);
    return resource;
  }

  [Symbol.dispose](): void {
    const failures: Diagnostic[] = [];
    for (let one = this.#open.pop(); one; one = this.#open.pop()) {
      try {
        one[Symbol.dispose]();
      } catch (error) {
        if (!(error instanceof DiagnosticError)) throw error;
        failures.push(...error.diagnostics);
      }
    }
    if (failures.length > 0) throw new DiagnosticError(failures);
  }
}

function loadObject(sys: Sys, object: BpfObject, options: LoadOptions): KernelObject {
  const stack = new DisposableStackLike();
  try {
    const btf = loadBtf(sys, object);
    if (btf) stack.use(btf);
    const host = { sys, cpus: possibleCpus(), poller: stack.use(new Poller(sys)), btf };
    const pinned = new PinnedMaps(host, object, options.pins);
    const maps = new Map(object.maps.map((spec) => [spec.name, stack.use(pinned.map(spec))]));
    const sections = new Map(object.sections.map((one) => [one.name, stack.use(createSection(host, one))]));
    const programs = loadPrograms(sys, object, { maps, sections, btf }, options, stack);
    fillProgramArrays(maps, programs);
    const pins = pinned.pin(maps);
    return { maps, sections, programs, pins, [Symbol.dispose]: () => stack[Symbol.dispose]() };
  } catch (error) {
    stack[Symbol.dispose]();
    throw error;
  }
}

/** The types of the running kernel, as bytes; undefined where it shows none. */
function readKernelBtf(): Uint8Array | undefined {
  try {
    return readFileSync("/sys/kernel/btf/vmlinux");
  } catch {
    return undefined;
  }
}

function checkCpu(cpu: number | undefined): void {
  if (cpu === undefined || (Number.isInteger(cpu) && cpu >= 0 && cpu < cpuLimit)) return;
  const message = `cpu is ${cpu}; it must be a whole number from 0 to ${cpuLimit - 1}`;
  throw new DiagnosticError([diagnostic(kernelDiagnostics.runRefused, { message, help: "give the number of a CPU" })]);
}

/**
 * The running Linux kernel as a place for objects. Making it asks the system for nothing; loading does.
 * @throws DiagnosticError on a CPU that no kernel has, and from `load`: missing platform, privilege or koffi, or the verifier's reason at its source line.
 */
export function kernel(options: KernelOptions = {}): KernelBackend {
  checkCpu(options.cpu);
  let opened: Promise<Sys> | undefined;
  const types = new KernelTypes(readKernelBtf);
  return {
    kind: "kernel",
    async load(object) {
      opened ??= openSys();
      return loadObject(await opened, object, { ...options, types });
    },
  };
}
