// Functions of the running kernel that programs call: their ids, found by name in its BTF, and the network device for which
// a program must be loaded that reads what a device tells of a packet (kernel/bpf/offload.c, Linux 6.3).
import {
  type Diagnostic,
  DiagnosticError,
  diagnostic,
  type Insn,
  type KernelFunctionRelocation,
  kernelFunctionNamed,
  nearest,
  type OpenRelocation,
  type ProgramSpec,
  uapi,
} from "@typebpf/abi";
import { findInterface } from "../attach/interface.ts";
import type { KernelTypes } from "./attach-target.ts";
import { kernelDiagnostics } from "./diagnostics.ts";
import type { Sys } from "./sys.ts";

/** What BPF_PROG_LOAD must know of the device; nothing for most programs. */
export interface DeviceBinding {
  readonly ifindex: number;
  readonly flags: number;
}

function refuse(one: Diagnostic): never {
  throw new DiagnosticError([one]);
}

/**
 * The call with the function's id in the kernel.
 * @throws DiagnosticError BPF6275 where the kernel has no such function for programs, BPF6270 where it shows no types
 */
export function kernelCall(
  insn: Insn,
  { name }: KernelFunctionRelocation,
  program: ProgramSpec,
  types: KernelTypes | undefined,
): Insn | undefined {
  if (!types) return undefined;
  const id = types.index.find(name, "func");
  if (id !== undefined) return { ...insn, src: uapi.pseudoSource.KFUNC_CALL, offset: 0, imm: id };
  const row = kernelFunctionNamed(name);
  const meant = row ? undefined : nearest(name, types.index.names("func", name.slice(0, 8)));
  const help = row ? `load on Linux ${row.since} or newer` : meant && `did you mean "${meant}"?`;
  const message = `"${program.name}" calls ${name}, which this kernel does not have`;
  return refuse(
    diagnostic(kernelDiagnostics.unknownKernelFunction, {
      message,
      ...(help !== undefined && { help }),
      ...(program.at && { at: program.at }),
    }),
  );
}

/**
 * The device of a program that calls functions of its driver; undefined for other programs.
 * @throws DiagnosticError BPF6277 where no device is given, or the one that there is not
 */
export function deviceBinding(
  sys: Sys,
  program: ProgramSpec,
  relocations: readonly OpenRelocation[],
  device: string | number | undefined,
): DeviceBinding | undefined {
  const bound = relocations.find((one) => one.kind === "kernelFunction" && kernelFunctionNamed(one.name)?.deviceBound);
  if (bound?.kind !== "kernelFunction") return undefined;
  if (device === undefined) {
    const message = `"${program.name}" calls ${bound.name}, a function of a device's driver, but of which device?`;
    return refuse(diagnostic(kernelDiagnostics.noDevice, { message, ...(program.at && { at: program.at }) }));
  }
  return { ifindex: findInterface(sys, device).index, flags: uapi.constant.BPF_F_XDP_DEV_BOUND_ONLY };
}
