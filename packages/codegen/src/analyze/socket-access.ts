// What may be done with the kernel's sockets: their fields are read one by one, at constant offsets. A write, a copy of the
// whole, an index that is no constant, and memory of a socket for a helper are diagnostics, as the kernel refuses the program
// (kernel/bpf/verifier.c, check_sock_access).
import { type CalleeRow, callees, type Diagnostic, diagnostic } from "@typebpf/abi";
import { valueTypes } from "../ir/cfg.ts";
import type { Inst, IrFunction, ValueId } from "../ir/function.ts";
import type { IrType } from "../ir/types.ts";
import { analyzeDiagnostics } from "./diagnostics.ts";

/** Diagnostics of accesses to sockets that the kernel does not allow. */
export function checkSocketAccess(fn: IrFunction): readonly Diagnostic[] {
  const types = valueTypes(fn);
  if (![...types.values()].includes("ptr.socket")) return [];
  const constants = new Set(
    fn.blocks.flatMap(({ insts }) => insts.flatMap((inst) => (inst.op === "const" ? [inst.result] : []))),
  );
  return fn.blocks.flatMap(({ insts }) =>
    insts.flatMap((inst) => {
      const message = refusal(inst, types, constants);
      return message === undefined ? [] : [diagnostic(analyzeDiagnostics.socketAccess, { at: inst.at, message })];
    }),
  );
}

function refusal(inst: Inst, types: ReadonlyMap<ValueId, IrType>, constants: ReadonlySet<ValueId>): string | undefined {
  const isSocket = (value: ValueId | undefined): boolean => value !== undefined && types.get(value) === "ptr.socket";
  switch (inst.op) {
    case "store":
    case "atomic":
    case "zero":
      return isSocket(inst.args[0]) ? "a socket can only be read" : undefined;
    case "copy":
      if (isSocket(inst.args[0])) return "a socket can only be read";
      return isSocket(inst.args[1]) ? "a socket cannot be copied whole" : undefined;
    case "ptradd":
      if (!isSocket(inst.args[0]) || constants.has(inst.args[1])) return undefined;
      return "an index into a socket must be a constant";
    case "call": {
      const row: CalleeRow = callees[inst.helper];
      const wrong = inst.args.some((arg, index) => isSocket(arg) && row.args[index]?.is !== "socket");
      return wrong ? "a socket is no memory for a helper" : undefined;
    }
    default:
      return undefined;
  }
}
