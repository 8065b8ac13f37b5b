// Per-CPU arrays: an array with a copy of each value for every possible CPU. The program sees the copy of its own CPU;
// user space all of them, one after another, each rounded up to 8 bytes.
import type { MapSpec } from "@typebpf/abi";
import type { Memory } from "../memory.ts";
import { ArrayMap } from "./array.ts";

export class PerCpuArray extends ArrayMap {
  constructor(spec: MapSpec, memory: Memory, cpus: number, cpu: number) {
    super(spec, memory, cpus, cpu);
  }
}
