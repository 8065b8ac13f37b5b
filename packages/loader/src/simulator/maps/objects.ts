// What entries of maps may stand for: programs and maps of the loaded object, each by a number of its own, which is both
// its descriptor and its id. Interfaces, CPUs, sockets and the like are numbers that nothing here gives a meaning.
import type { BackendMap, BackendProgram, ObjectReference, ResolvedReference } from "../../backend.ts";
import { loaderError } from "../../diagnostics.ts";
import type { Code } from "../machine.ts";
import type { SimulatedMap } from "./map.ts";

/** A program of the object, ready to run. */
export interface LoadedProgram {
  readonly program: BackendProgram;
  readonly code: Code;
}

/** A map of the object: as programs know it, by the index of its segment, and as user space does. */
export interface LoadedMap {
  readonly map: SimulatedMap;
  readonly user: BackendMap;
  readonly handle: number;
}

/** Numbers below are those of descriptors that every process has. */
const firstNumber = 3;

export class Objects {
  private readonly all: (LoadedProgram | LoadedMap)[] = [];

  /** Its number. */
  add(one: LoadedProgram | LoadedMap): number {
    return this.all.push(one) - 1 + firstNumber;
  }

  program(number: number): LoadedProgram | undefined {
    const found = this.all[number - firstNumber];
    return found && "code" in found ? found : undefined;
  }

  map(number: number): LoadedMap | undefined {
    const found = this.all[number - firstNumber];
    return found && "handle" in found ? found : undefined;
  }

  private numberOf(one: BackendProgram | BackendMap): number | undefined {
    const at = this.all.findIndex((known) => ("code" in known ? known.program === one : known.user === one));
    return at < 0 ? undefined : at + firstNumber;
  }

  /** The number of what user space names. @throws DiagnosticError where there is no such thing here */
  resolve(reference: ObjectReference): ResolvedReference {
    const number = this.find(reference);
    if (number !== undefined) return { number, [Symbol.dispose]: () => {} };
    const message = `the simulator has no such ${reference.kind}: it takes programs and maps of the same object, and numbers`;
    throw loaderError("simulatedReference", { message });
  }

  private find(reference: ObjectReference): number | undefined {
    const known = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
    switch (reference.kind) {
      case "program":
        return this.numberOf(reference.program);
      case "map":
        return this.numberOf(reference.map);
      case "socket":
        return known(reference.socket);
      case "interface":
        return known(reference.interface);
      case "process":
        return reference.pid;
      case "cgroup":
      case "file":
        return known(reference.at);
      default:
        return reference satisfies never;
    }
  }
}
