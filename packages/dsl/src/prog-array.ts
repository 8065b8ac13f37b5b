// Arrays of programs: a program goes on with another of its type. Which programs lie in the slots may be said here, and is
// loaded with the filter; user space may change it. The operation is the kernel's helper bpf_tail_call.
import { defineMap, descriptor, type MapDescription } from "./maps.ts";
import type { u32 } from "./scalars.ts";

/** Any program of this DSL. */
export interface AnyProgram {
  readonly kind: string;
  readonly filter: unknown;
}

/** Programs by slot: the program, or its name where it is declared further down. Names of slots, or their numbers. */
export type ProgramTable = Readonly<Record<string | number, AnyProgram | string>>;

/** An array of programs of one type; `Slot` is the names of its slots. */
export interface ProgArray<Slot extends string = never> extends MapDescription<"progArray", u32, u32> {
  /** Names of slots, from slot 0 on. */
  readonly slots: readonly Slot[];
  /**
   * Goes on with the program in a slot, which is given the same context; the result is that program's. Comes back only where
   * the slot holds no program, or where 33 programs have gone on like this already. `ctx` is the program's context.
   */
  tailCall(ctx: object, slot: Slot | u32): void;
}

/** What an array of programs is made of. */
export interface ProgArrayOptions<Programs extends ProgramTable> {
  /** What lies in the slots when the filter is loaded: `{ tcp: handleTcp }`, or by number `{ [IpProtocol.TCP]: handleTcp }`. */
  readonly programs?: Programs;
  /** The number of slots; those of `programs` where it is left out. */
  readonly maxEntries?: number;
  /** `BPF_F_*` flags. */
  readonly flags?: number;
}

/** True for a property that is the number of a slot. */
function isNumber(name: string): boolean {
  return /^(0|[1-9][0-9]*)$/.test(name);
}

function checkProgram(name: string, program: unknown): AnyProgram | string {
  if (typeof program === "string" && program !== "") return program;
  const kind = typeof program === "object" && program !== null && "kind" in program ? program.kind : undefined;
  if (typeof kind === "string" && kind !== "map") return program as AnyProgram;
  throw new TypeError(`The slot ${name} of an array of programs must hold a program, or the name of one`);
}

/** The most slots that may be given by number: what lies between takes room in objects. */
const mostSlots = 65_536;

function slotsOf(programs: ProgramTable): {
  readonly names: readonly string[];
  readonly contents: readonly (AnyProgram | string | null)[];
} {
  const entries = Object.entries(programs).map(([name, program]) => [name, checkProgram(name, program)] as const);
  const numbered = entries.filter(([name]) => isNumber(name));
  if (numbered.length === 0) {
    return { names: entries.map(([name]) => name), contents: entries.map(([, program]) => program) };
  }
  if (numbered.length < entries.length)
    throw new TypeError("The slots of an array of programs are given by name or by number, not both");
  const count = Math.max(...numbered.map(([name]) => Number(name))) + 1;
  if (count > mostSlots) throw new RangeError(`Programs lie in the slots below ${mostSlots}`);
  const contents = new Array<AnyProgram | string | null>(count).fill(null);
  for (const [name, program] of numbered) contents[Number(name)] = program;
  return { names: [], contents };
}

/**
 * An array of programs: `progArray({ maxEntries: 4 })`, which user space fills, or
 * `progArray({ programs: { tcp: handleTcp, udp: "handleUdp" } })`, then `jumps.tailCall(ctx, "tcp")`.
 */
export function progArray<Programs extends ProgramTable = Record<never, never>>(
  options: ProgArrayOptions<Programs>,
): ProgArray<Extract<keyof Programs, string>> {
  const { programs, flags = 0 } = options;
  const { names, contents } = slotsOf(programs ?? {});
  const { maxEntries = contents.length } = options;
  if (contents.length > maxEntries)
    throw new RangeError(`An array of ${maxEntries} programs has no slot ${contents.length - 1}`);
  const more = { slots: Object.freeze(names), ...(contents.length > 0 && { programs: Object.freeze(contents) }) };
  return defineMap("progArray", { ...descriptor, maxEntries, flags }, ["tailCall"], more);
}
