// Helpers of programs that are called as system calls are. Prototypes: kernel/bpf/syscall.c, kernel/bpf/btf.c (Linux 6.12).
import { uapi } from "../uapi.generated.ts";
import type { HelperRow } from "./row.ts";

const flags = { name: "flags", is: "integer", width: 64, signed: false, optional: true } as const;

export const systemCallsHelpers = {
  sysBpf: {
    symbol: "bpf_sys_bpf",
    number: uapi.helper.sys_bpf,
    since: "5.14",
    sleeps: true,
    args: [
      { name: "command", is: "integer", width: 32, signed: false },
      { name: "attr", is: "memoryUpdate", size: "size" },
      { name: "size", is: "size", zero: false },
    ],
    returns: { is: "integer", width: 32, signed: true },
    effects: ["impure", "acts"],
    license: "any",
    programs: ["syscall"],
    surface: { on: "context", as: "sysBpf" },
    doc: "bpf(2) with the attributes in `attr`. What it gives, or a negative errno.",
  },
  sysClose: {
    symbol: "bpf_sys_close",
    number: uapi.helper.sys_close,
    since: "5.14",
    sleeps: true,
    args: [{ name: "fd", is: "integer", width: 32, signed: false }],
    returns: { is: "status" },
    effects: ["impure", "acts"],
    license: "any",
    programs: ["syscall"],
    surface: { on: "context", as: "sysClose" },
    doc: "close(2). 0, or a negative errno.",
  },
  btfFindByNameKind: {
    symbol: "bpf_btf_find_by_name_kind",
    number: uapi.helper.btf_find_by_name_kind,
    since: "5.14",
    sleeps: true,
    args: [
      { name: "name", is: "memoryRead", size: "size" },
      { name: "size", is: "size", zero: false },
      { name: "kind", is: "integer", width: 32, signed: false },
      flags,
    ],
    returns: { is: "integer", width: 64, signed: true },
    effects: ["impure"],
    license: "any",
    programs: ["syscall"],
    surface: { on: "context", as: "btfFindByNameKind" },
    doc: "Number of a type in the kernel's BTF (lower half), and the descriptor of its module (upper half); a negative errno where there is none.",
  },
  kallsymsLookupName: {
    symbol: "bpf_kallsyms_lookup_name",
    number: uapi.helper.kallsyms_lookup_name,
    since: "5.16",
    args: [
      { name: "name", is: "memoryRead", size: "size" },
      { name: "size", is: "size", zero: true },
      flags,
      { name: "value", is: "fixedWrite", bytes: 8 },
    ],
    returns: { is: "status" },
    effects: ["impure"],
    license: "any",
    programs: ["syscall"],
    surface: { on: "context", as: "kallsymsLookupName", order: ["name", "flags"] },
    doc: "The address of a symbol of the kernel.",
  },
} as const satisfies Readonly<Record<string, HelperRow>>;
