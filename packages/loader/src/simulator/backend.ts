// The simulator as a back end: loads an object into a machine of its own and runs its programs on packets. Nothing of
// the host is reached but its clock for `durationNs`, so that it runs wherever JavaScript does.
import {
  type BpfObject,
  type Diagnostic,
  DiagnosticError,
  flattenProgram,
  helperNames,
  helpers,
  type MapSpec,
  mapTypes,
  type OpenRelocation,
  type ProgramSpec,
  programTypes,
} from "@typebpf/abi";
import type { Backend, BackendMap, BackendObject, BackendProgram, RunInput, RunOutput } from "../backend.ts";
import { loaderDiagnostic, loaderError } from "../diagnostics.ts";
import { errno } from "../errno.ts";
import { type Clock, seededRandom, virtualClock } from "./clock.ts";
import { PacketStructContext } from "./contexts/packet-struct.ts";
import { SkbContext, type SocketFilterStart, socketFilterStarts } from "./contexts/skb.ts";
import { XdpContext } from "./contexts/xdp.ts";
import { Fault } from "./fault.ts";
import { kernelImplementation } from "./helpers/kernel-functions.ts";
import { implementations, unknownHelper } from "./helpers/registry.ts";
import type { Implementation, World } from "./helpers/world.ts";
import { type Code, Machine } from "./machine.ts";
import { whyNoMap } from "./maps/limits.ts";
import type { SimulatedMap } from "./maps/map.ts";
import { type LoadedMap, Objects } from "./maps/objects.ts";
import { type MapHost, makeMap } from "./maps/registry.ts";
import { UserMap } from "./maps/user-map.ts";
import { addressHigh, REGION_START, segment } from "./memory.ts";
import { DEFAULT_MAX_INSTRUCTIONS } from "./raw.ts";
import { SimulatedSection } from "./section.ts";
import { type Stage, stageOf } from "./stages.ts";
import type { HelperRun } from "./steps/control.ts";
import { Surroundings, type SurroundingsOptions } from "./surroundings.ts";
import { type Address, translate } from "./translate.ts";

/** How the simulated machine is set up. All defaults are deterministic. */
export interface SimulatorOptions {
  /** Nanoseconds since boot: a clock of your own, or the start of one that goes on 1 µs at each reading. Default: 1 s. */
  readonly clock?: Clock | bigint;
  /** A source of unsigned 32-bit numbers, or the seed of one. Default: seed 1. */
  readonly random?: (() => number) | number;
  /** Possible CPUs: the number of copies in per-CPU maps. Default 1. */
  readonly cpus?: number;
  /** The CPU that runs the programs. Default 0. */
  readonly cpu?: number;
  /**
   * Where the packet of a socket filter begins: at the Ethernet header (a packet socket), behind it (a test run in the
   * kernel; the default), or at the header of TCP, UDP and the like (a socket of that protocol).
   */
  readonly socketFilterStart?: SocketFilterStart;
  /** The task that runs programs, memory that they read by address, and what else stands around them. */
  readonly surroundings?: SurroundingsOptions;
  /** A run that goes on longer is stopped with BPF6108. Default 100 million. */
  readonly maxInstructions?: number;
}

interface Settings {
  readonly socketFilterStart: SocketFilterStart;
  readonly clock: Clock;
  readonly random: () => number;
  readonly cpus: number;
  readonly cpu: number;
  readonly surroundings: Surroundings;
  readonly maxInstructions: number;
}

function integer(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw loaderError("option", { message: `${name} is ${value}; it must be a whole number from ${least} to ${most}` });
}

function settingsOf(options: SimulatorOptions): Settings {
  const { clock, random = 1, maxInstructions = DEFAULT_MAX_INSTRUCTIONS } = options;
  const cpus = integer("cpus", options.cpus ?? 1, 1, 1024);
  const { socketFilterStart = "network" } = options;
  if (!socketFilterStarts.includes(socketFilterStart)) {
    const message = `socketFilterStart is ${socketFilterStart}; it must be one of ${socketFilterStarts.join(", ")}`;
    throw loaderError("option", { message });
  }
  return {
    socketFilterStart,
    clock: typeof clock === "object" ? clock : virtualClock(clock === undefined ? {} : { start: clock }),
    random: typeof random === "function" ? random : seededRandom(random),
    cpus,
    cpu: integer("cpu", options.cpu ?? 0, 0, cpus - 1),
    surroundings: new Surroundings(options.surroundings ?? {}),
    maxInstructions: integer("maxInstructions", maxInstructions, 1, Number.MAX_SAFE_INTEGER),
  };
}

function mapProblem(spec: MapSpec): Diagnostic | undefined {
  // Types that are not known here get their own message when the map is made.
  const why = Object.hasOwn(mapTypes, spec.type) ? whyNoMap(spec) : undefined;
  const details = { message: `map "${spec.name}": ${why}`, ...(spec.at && { at: spec.at }) };
  return why === undefined ? undefined : loaderDiagnostic("unsimulatedMap", details);
}

/** An object in the simulator. */
class SimulatedObject implements BackendObject {
  readonly maps = new Map<string, BackendMap>();
  readonly sections = new Map<string, SimulatedSection>();
  readonly programs = new Map<string, BackendProgram>();
  private readonly machine: Machine;
  private readonly world: World;
  private readonly host: MapHost;
  private readonly objects = new Objects();
  private readonly bySegment = new Map<number, SimulatedMap>();
  private readonly all: SimulatedMap[] = [];
  private disposed = false;

  constructor(object: BpfObject, settings: Settings) {
    this.machine = new Machine(settings.maxInstructions, true);
    const xdp = new XdpContext(this.machine.memory);
    const skb = new SkbContext(this.machine.memory, settings.socketFilterStart);
    const struct = new PacketStructContext(this.machine.memory);
    const { clock, random, cpu, surroundings } = settings;
    const { machine, objects, bySegment } = this;
    const contexts = { xdp, skb, struct };
    const around = { clock, random, cpu, surroundings, traced: [] };
    this.world = { machine, maps: bySegment, objects, redirected: undefined, ...around, ...contexts };
    this.host = { count: settings.cpus, current: cpu, objects, create: (spec) => this.createMap(spec) };
    const handles = new Map<string, number>();
    const problems: Diagnostic[] = [];
    for (const spec of object.maps) {
      const problem = mapProblem(spec) ?? this.addMap(spec, handles);
      if (problem) problems.push(problem);
    }
    for (const spec of object.sections) {
      this.sections.set(spec.name, new SimulatedSection(spec, this.machine.memory, () => this.disposed));
    }
    if (problems.length === 0) {
      for (const spec of object.programs) problems.push(...this.addProgram(object, spec, handles));
    }
    if (problems.length === 0) problems.push(...this.fillProgramArrays(object));
    if (problems.length > 0) throw new DiagnosticError(problems);
  }

  /** A map that programs can reach. */
  private createMap(spec: MapSpec): LoadedMap {
    const map = makeMap(spec, this.machine.memory, this.host);
    const handle = this.machine.memory.add(segment("map", `map "${spec.name}" itself`, new Uint8Array(0)));
    const made = { map, handle, user: new UserMap(map, () => this.disposed) };
    this.bySegment.set(handle, map);
    this.all.push(map);
    this.objects.add(made);
    return made;
  }

  private addMap(spec: MapSpec, handles: Map<string, number>): Diagnostic | undefined {
    try {
      const { handle, user } = this.createMap(spec);
      handles.set(spec.name, handle);
      this.maps.set(spec.name, user);
      return undefined;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return loaderDiagnostic(error.diagnostic, { message: error.message, ...(spec.at && { at: spec.at }) });
    }
  }

  /** Puts programs into the slots that the object says. */
  private fillProgramArrays({ maps }: BpfObject): readonly Diagnostic[] {
    return maps.flatMap(({ name, programs = [], at }) =>
      programs.flatMap((program, slot) => {
        if (program === null) return [];
        const status = this.putProgram(name, slot, program);
        const message = `slot ${slot} of "${name}" cannot hold the program "${program}"`;
        return status === 0 ? [] : [loaderDiagnostic("mapReference", { message, ...(at && { at }) })];
      }),
    );
  }

  private putProgram(map: string, slot: number, name: string): number {
    const [user, program] = [this.maps.get(map), this.programs.get(name)];
    if (!user?.resolve || !program) return -errno.ENOENT;
    const words = Uint32Array.of(slot, user.resolve({ kind: "program", program }).number);
    return user.update(new Uint8Array(words.buffer, 0, 4), new Uint8Array(words.buffer, 4, 4), 0);
  }

  private helper(spec: ProgramSpec, number: number): HelperRun | string | undefined {
    const name = helperNames.find((one) => helpers[one].number === number);
    if (name === undefined) return unknownHelper(number);
    const row = helpers[name];
    if (row.programs !== "all" && !(row.programs as readonly string[]).includes(spec.type)) {
      return `programs of type ${spec.type} may not call ${row.symbol}`;
    }
    const implementation = implementations[name];
    if (typeof implementation !== "function") return `${row.symbol}: ${implementation.unsimulated}`;
    return () => this.done(implementation, spec);
  }

  private done(implementation: Implementation, { type }: ProgramSpec): number | undefined {
    implementation(this.world, type);
    return this.machine.takeJump();
  }

  private kernelFunction(spec: ProgramSpec, one: OpenRelocation | undefined): HelperRun | string | undefined {
    const implementation = one?.kind === "kernelFunction" ? kernelImplementation(one.name) : undefined;
    return typeof implementation === "function" ? () => this.done(implementation, spec) : implementation;
  }

  /** What a relocation stands for; undefined where nothing has that name. */
  private addressOf(one: OpenRelocation, handles: ReadonlyMap<string, number>): Address | undefined {
    if (one.kind === "kernelFunction") return undefined;
    if (one.kind === "data") {
      const high = this.sections.get(one.section)?.high;
      return high === undefined ? undefined : { high, offset: one.offset };
    }
    const handle = handles.get(one.map);
    if (handle === undefined) return undefined;
    if (one.kind === "map") return { high: addressHigh(handle, 0), offset: 0 };
    const high = this.world.maps.get(handle)?.directValue?.();
    return high === undefined ? undefined : { high, offset: one.offset };
  }

  private addProgram(
    object: BpfObject,
    spec: ProgramSpec,
    handles: ReadonlyMap<string, number>,
  ): readonly Diagnostic[] {
    if (!Object.hasOwn(programTypes, spec.type)) {
      const message = `program ${spec.name} is of type ${spec.type}, which the simulator does not know`;
      return [loaderDiagnostic("unsimulatedProgram", { message, ...(spec.at && { at: spec.at }) })];
    }
    const stage = stageOf(spec);
    const flat = flattenProgram(object, spec);
    if (typeof flat === "string") return [loaderDiagnostic("mapReference", { notes: [flat] })];
    const references = new Map(flat.relocations.map((one) => [one.slot, this.addressOf(one, handles)]));
    const code = translate(this.machine, {
      name: spec.name,
      insns: flat.insns,
      lines: flat.lines,
      addressAt: (slot) => references.get(slot),
      helper: (number) => this.helper(spec, number),
      kernelFunction: (slot) =>
        this.kernelFunction(
          spec,
          flat.relocations.find((one) => one.slot === slot),
        ),
      packetLoads: stage.packetLoads,
    });
    if (!("steps" in code)) return code;
    const program: BackendProgram = {
      spec,
      run: (input) => this.run(code, stage, input),
      attach: () => {
        throw loaderError("attachInSimulator", spec.at && { at: spec.at });
      },
    };
    this.programs.set(spec.name, program);
    this.objects.add({ program, code });
    return [];
  }

  private run(code: Code, stage: Stage, input: RunInput): RunOutput {
    if (this.disposed) throw loaderError("disposed");
    stage.check(input);
    const { repeat = 1 } = input;
    const { machine } = this;
    let instructions = 0;
    const start = performance.now();
    for (let done = 0; done < repeat; done++) {
      const context = stage.begin(this.world, input);
      machine.context = context;
      this.world.traced.length = 0;
      this.world.surroundings.begin();
      this.world.redirected = undefined;
      try {
        instructions = machine.run(code, () => machine.setRegister(1, REGION_START, context.high));
      } finally {
        for (const map of this.all) map.endRun();
      }
    }
    const durationNs = Math.round(((performance.now() - start) * 1e6) / repeat);
    const retval = (machine.registers[0] ?? 0) >>> 0;
    const { redirected: redirect, traced } = this.world;
    const result = { retval, ...stage.result(this.world, input), durationNs, instructions, trace: [...traced] };
    return redirect ? { ...result, redirect } : result;
  }

  [Symbol.dispose](): void {
    this.disposed = true;
    for (const map of this.all) map.close?.();
  }
}

/**
 * A back end that simulates the kernel: no privileges, no operating system, the same results every time.
 * @throws DiagnosticError BPF6009 on an option out of range.
 */
export function simulator(options: SimulatorOptions = {}): Backend {
  const settings = settingsOf(options);
  return { kind: "simulator", load: async (object) => new SimulatedObject(object, settings) };
}
