// Text and numbers. Prototypes: kernel/bpf/helpers.c (Linux 6.12).
import { uapi } from "../uapi.generated.ts";
import { basePrograms, programsBut, since } from "./program-sets.ts";
import type { HelperRow } from "./row.ts";

const flags = { name: "flags", is: "integer", width: 64, signed: false, optional: true } as const;

export const textHelpers = {
  strtol: {
    symbol: "bpf_strtol",
    number: uapi.helper.strtol,
    since: "5.2",
    programSince: since("6.1", programsBut(["cgroup_sysctl"])),
    args: [
      { name: "text", is: "memoryRead", size: "length" },
      { name: "length", is: "size", zero: false },
      flags,
      { name: "value", is: "fixedWrite", bytes: 8, signed: true },
    ],
    returns: { is: "length" },
    effects: ["impure"],
    license: "any",
    programs: basePrograms,
    surface: { on: "context", as: "strtol", order: ["text", "flags"] },
    doc: "The number that a text begins with.",
  },
  strtoul: {
    symbol: "bpf_strtoul",
    number: uapi.helper.strtoul,
    since: "5.2",
    programSince: since("6.1", programsBut(["cgroup_sysctl"])),
    args: [
      { name: "text", is: "memoryRead", size: "length" },
      { name: "length", is: "size", zero: false },
      flags,
      { name: "value", is: "fixedWrite", bytes: 8 },
    ],
    returns: { is: "length" },
    effects: ["impure"],
    license: "any",
    programs: basePrograms,
    surface: { on: "context", as: "strtoul", order: ["text", "flags"] },
    doc: "The number that a text begins with, without a sign.",
  },
  strncmp: {
    symbol: "bpf_strncmp",
    number: uapi.helper.strncmp,
    since: "5.17",
    args: [
      { name: "text", is: "memoryRead", size: "length" },
      { name: "length", is: "size", zero: false },
      { name: "other", is: "constantString" },
    ],
    returns: { is: "integer", width: 32, signed: true },
    effects: ["impure"],
    license: "any",
    programs: basePrograms,
    surface: { on: "context", as: "strncmp" },
    doc: "Compares a text with a constant one: 0 where they are the same, negative where it comes before, positive where after.",
  },
  snprintf: {
    symbol: "bpf_snprintf",
    number: uapi.helper.snprintf,
    since: "5.13",
    args: [
      { name: "schema", is: "memoryWrite", size: "size", cleared: true },
      { name: "size", is: "size", zero: true },
      { name: "fmt", is: "constantString" },
      { name: "data", is: "memoryRead", size: "dataLen", nullable: true },
      { name: "dataLen", is: "size", zero: true },
    ],
    returns: { is: "length" },
    effects: ["impure"],
    license: "GPL",
    programs: basePrograms,
    surface: { on: "none" },
    doc: "Writes values into text by a constant format.",
  },
} as const satisfies Readonly<Record<string, HelperRow>>;
