// A host for maps that are tested by themselves: no programs and no other maps.
import { Objects } from "./objects.ts";
import type { Cpus, MapHost } from "./registry.ts";

export function hostOf(cpus: Cpus, objects = new Objects()): MapHost {
  const create = (): never => {
    throw new Error("these maps are alone");
  };
  return { ...cpus, objects, create };
}
