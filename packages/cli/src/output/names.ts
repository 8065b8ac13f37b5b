// The kernel's own names of program and map types, in lower case as bpftool prints them: from the numbers in the snapshot.
import { type MapTypeName, mapTypes, type ProgramTypeName, programTypes, uapi } from "@typebpf/abi";

function nameOf(numbers: Readonly<Record<string, number>>, number: number, fallback: string): string {
  return (
    Object.entries(numbers)
      .find(([, value]) => value === number)?.[0]
      .toLowerCase() ?? fallback
  );
}

/** "lru_hash" for lruHash. */
export function mapTypeName(type: MapTypeName): string {
  return nameOf(uapi.mapType, mapTypes[type].number, type);
}

/** "xdp" for xdp, "sched_cls" for a traffic control program. */
export function programTypeName(type: ProgramTypeName): string {
  return nameOf(uapi.progType, programTypes[type].number, type);
}

/** "prog_array" for the number of BPF_MAP_TYPE_PROG_ARRAY. */
export function mapTypeOfNumber(number: number): string {
  return nameOf(uapi.mapType, number, `${number}`);
}
