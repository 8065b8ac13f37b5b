// One test on both back ends: the same object, the same assertions, in the simulator and in the running kernel.
import type { BpfObject, MapSpec, MapTypeName } from "@typebpf/abi";
import { describe } from "vitest";
import { machineCpus } from "../../packages/loader/src/kernel/cpus.ts";
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { type Loaded, load } from "../../packages/loader/src/load.ts";
import { simulator } from "../../packages/loader/src/simulator/index.ts";
import { describeKernel } from "./gate.ts";
import { map, object } from "./objects.ts";

/** A loaded object whose types nobody knows. */
export type AnyLoaded = Loaded<Record<string, unknown>>;

/** A back end as a test uses it. */
export interface Place {
  readonly kind: "simulator" | "kernel";
  /** Loads an object. */
  load(object: BpfObject): Promise<AnyLoaded>;
  /** Loads an object with one map, and gives the handle of that map by the type that the caller knows it to have. */
  open<Handle>(type: MapTypeName, rest?: Partial<MapSpec>): Promise<Opened<Handle>>;
}

/** One map of an object of its own. */
export interface Opened<Handle> extends Disposable {
  readonly m: Handle;
}

function placeOf(kind: Place["kind"]): Place {
  const cpus = machineCpus();
  const loadHere = (one: BpfObject): Promise<AnyLoaded> =>
    load(one, kind === "kernel" ? kernel({ cpu: cpus.first }) : simulator({ cpus: cpus.possible, cpu: cpus.first }));
  return {
    kind,
    load: loadHere,
    async open<Handle>(type: MapTypeName, rest: Partial<MapSpec> = {}) {
      const loaded = await loadHere(object([], [map("m", { type, ...rest })]));
      return { m: loaded.maps.m as unknown as Handle, [Symbol.dispose]: () => loaded.close() };
    },
  };
}

/** `describe` for tests that both back ends must pass. */
export function describeBoth(name: string, tests: (place: Place) => void): void {
  describe(`${name} in the simulator`, () => tests(placeOf("simulator")));
  describeKernel(`${name} in the kernel`, () => tests(placeOf("kernel")));
}
