// The gate of the target kernel: what the module uses and a kernel as old as the target has not. Takes the converted
// module and its IR; gives one diagnostic for each place, with the release that a row of abi names.
import {
  type BpfObject,
  type CalleeRow,
  callees,
  compareKernels,
  type Diagnostic,
  diagnostic,
  features,
  helperSince,
  type MapTypeRow,
  mapTypes,
  type ProgramKindRow,
  programKinds,
  requirementsOf,
  requirementsOfMaps,
  type Span,
} from "@typebpf/abi";
import { analyzeDiagnostics } from "./analyze/diagnostics.ts";
import type { TypedModule } from "./ast/nodes.ts";
import type { IrFunction, IrModule } from "./ir/function.ts";

interface Use {
  readonly what: string;
  readonly since: string;
  readonly at: Span | undefined;
}

/** Licences that the kernel takes as compatible with the GPL (license_is_gpl_compatible of include/linux/license.h). */
const gplCompatible: ReadonlySet<string> = new Set([
  "GPL",
  "GPL v2",
  "GPL and additional rights",
  "Dual BSD/GPL",
  "Dual MIT/GPL",
  "Dual MPL/GPL",
]);

/** Everything that is newer than the module's target kernel, and every helper that its licence does not allow. */
export function checkTarget(module: TypedModule, ir: IrModule): readonly Diagnostic[] {
  return [...newerParts(module, ir), ...refusedByLicence(module, ir)];
}

function refusedByLicence(module: TypedModule, ir: IrModule): readonly Diagnostic[] {
  const { license, target } = module;
  if (gplCompatible.has(license)) return [];
  const isRefused = (row: CalleeRow): boolean =>
    row.license === "GPL" || (row.gplBefore !== undefined && compareKernels(row.gplBefore, target.kernel) > 0);
  const calls = helperCalls(ir).filter(({ row }) => isRefused(row));
  const once = new Map(calls.map(({ row, at }) => [JSON.stringify([row.symbol, at]), { row, at }]));
  return [...once.values()].map(({ row, at }) =>
    diagnostic(analyzeDiagnostics.licence, {
      message: `${row.symbol} with the licence ${JSON.stringify(license)}`,
      at,
    }),
  );
}

function helperCalls(ir: IrModule): readonly { readonly fn: IrFunction; readonly row: CalleeRow; readonly at: Span }[] {
  return ir.functions.flatMap((fn) =>
    fn.blocks.flatMap((block) =>
      block.insts.flatMap((inst) => (inst.op === "call" ? [{ fn, row: callees[inst.helper], at: inst.at }] : [])),
    ),
  );
}

function newerParts(module: TypedModule, ir: IrModule): readonly Diagnostic[] {
  const { kernel } = module.target;
  const uses = [
    ...mapUses(module),
    ...globalUses(module, ir),
    ...programUses(module),
    ...functionUses(ir),
    ...helperUses(module, ir),
  ];
  const newer = uses.filter((use) => compareKernels(use.since, kernel) > 0);
  const once = new Map(newer.map((use) => [JSON.stringify(use), use]));
  return [...once.values()].map((use) => tooNew(use, kernel));
}

function mapUses(module: TypedModule): readonly Use[] {
  return module.maps.map((map) => {
    const row: MapTypeRow = mapTypes[map.type];
    return { what: `the map type of ${map.name}`, since: row.since, at: map.at };
  });
}

/** A loop that stays one, for a kernel without loops. */
export function loopTooNew(kernel: string, at: Span, rounds: bigint | undefined): Diagnostic {
  const { since } = features.boundedLoops;
  const times = rounds === undefined ? "a loop of unknown length" : `a loop of up to ${rounds} rounds`;
  return diagnostic(analyzeDiagnostics.newerThanTarget, {
    message: `${times} needs Linux ${since}, the target is ${kernel}`,
    notes: ["for older kernels loops become copies of their body, all in all up to about 1,200 instructions"],
    help: `raise the target (--target-kernel ${since}), or make the loop shorter`,
    at,
  });
}

/** What the finished object needs that the target has not: instructions, loops that passes made, sizes. */
export function newerThanTarget(object: BpfObject): readonly Diagnostic[] {
  const { kernel } = object.target;
  const needs = [
    ...object.programs.flatMap((program) => requirementsOf(object, program)),
    ...requirementsOfMaps(object),
  ];
  return needs
    .filter(({ since }) => compareKernels(since, kernel) > 0)
    .map(({ what, since, at }) => tooNew({ what, since, at }, kernel));
}

function tooNew({ what, since, at }: Use, kernel: string): Diagnostic {
  return diagnostic(analyzeDiagnostics.newerThanTarget, {
    message: `${what} needs Linux ${since}, the target is ${kernel}`,
    help: `raise the target (--target-kernel ${since}), or do without it`,
    ...(at && { at }),
  });
}

/** Direct addresses of data came with globals. */
function globalUses(module: TypedModule, ir: IrModule): readonly Use[] {
  const { since } = features.globals;
  const variables = module.sections.flatMap((section) => section.variables);
  const declared = variables.map(({ name, at }) => ({ what: `the global ${name}`, since, at }));
  if (declared.length > 0) return declared;
  return ir.functions.flatMap((fn) =>
    fn.blocks.flatMap(({ insts }) =>
      insts.flatMap((inst) =>
        inst.op === "address" ? [{ what: `the data in ${inst.name}`, since, at: inst.at }] : [],
      ),
    ),
  );
}

function programUses(module: TypedModule): readonly Use[] {
  return module.programs.map((program) => {
    const row: ProgramKindRow = programKinds[program.kind];
    return { what: `${program.kind}, the kind of ${program.name},`, since: row.since, at: program.at };
  });
}

/** BPF functions that programs call. */
function functionUses(ir: IrModule): readonly Use[] {
  const { since } = features.subprograms;
  const insts = ir.functions.flatMap((fn) => fn.blocks.flatMap((block) => block.insts));
  return insts.flatMap((inst) =>
    inst.op === "invoke" ? [{ what: `the function ${inst.function}`, since, at: inst.at }] : [],
  );
}

/** Program types may get a helper later than others do. */
function helperUses(module: TypedModule, ir: IrModule): readonly Use[] {
  return helperCalls(ir).map(({ fn, row, at }) => {
    const program = module.programs.find((one) => one.name === fn.name)?.type ?? fn.program;
    return { what: row.symbol, since: (program && helperSince(row, program)) ?? row.since, at };
  });
}
