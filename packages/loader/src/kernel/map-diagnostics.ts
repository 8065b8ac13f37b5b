// The part of the kernel back end's catalogue that is about objects which maps refer to: BPF6260-6269.
import type { DiagnosticRow } from "@typebpf/abi";

/** Diagnostics of maps that hold other objects, or share their memory, by name. */
export const mapDiagnostics = {
  mapReference: {
    code: "BPF6260",
    severity: "error",
    title: "what the map's entry refers to cannot be opened",
    explain:
      "Some maps hold programs, maps, sockets, cgroups, processes or files. User space names them by descriptors, which are opened for the one call.",
    help: "check that the path or process exists, and that the map or program is of an open object in the kernel",
  },
  innerMap: {
    code: "BPF6261",
    severity: "error",
    title: "the map of maps has no template",
    explain: "The kernel checks each inner map against the one that a map of maps was created with.",
    help: "declare the map of maps with an inner map",
  },
  programSlot: {
    code: "BPF6263",
    severity: "error",
    title: "the program does not fit into the array of programs",
    explain:
      "An array of programs takes those of one type and attach type: of the first that it met, or that uses it. A tail call cannot change the type.",
    help: "put programs of the same type into one array",
  },
  mapShare: {
    code: "BPF6262",
    severity: "error",
    title: "the map cannot be shared with this process",
    explain: "Arrays with the flag BPF_F_MMAPABLE (0x400, Linux 5.5) and arenas can be mapped into memory.",
    help: "see the note for what the kernel reported",
  },
} as const satisfies Readonly<Record<string, DiagnosticRow>>;
