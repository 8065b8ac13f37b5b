// Storages of sockets, tasks, inodes and cgroups as user space has them: values by the number of an owner, as many as there
// are owners, and nobody tells which (kernel/bpf/bpf_local_storage.c, Linux 6.12). Owners are numbers without a meaning.
import type { MapSpec } from "@typebpf/abi";
import type { ObjectReference, ResolvedReference } from "../../backend.ts";
import type { Memory } from "../memory.ts";
import { HashMap } from "./hash.ts";
import type { Objects } from "./objects.ts";

export class Storage extends HashMap {
  private readonly objects: Objects;

  constructor(spec: MapSpec, memory: Memory, objects: Objects) {
    super(spec, memory);
    this.objects = objects;
  }

  protected override makeRoom(): number {
    return 0;
  }

  resolve(reference: ObjectReference): ResolvedReference {
    return this.objects.resolve(reference);
  }

  override nextKey(): undefined {
    return undefined;
  }

  override entries(): Iterable<readonly [key: Uint8Array, value: Uint8Array]> {
    return [];
  }
}
