// Which parameters of functions point to the stack at multiples of 8 bytes: those for which every call passes such a place.
// The kernel wants stack accesses aligned to their size (kernel/bpf/verifier.c, check_ptr_alignment), so that without this
// a function could read the caller's structs byte by byte only. Takes the functions of a module, which are not recursive.
import { entryOf } from "../ir/cfg.ts";
import type { IrFunction, Param, ValueId } from "../ir/function.ts";
import { Places } from "../ir/places.ts";

const unit = 8;

/** The functions with `aligned` on such parameters. */
export function alignParameters(functions: readonly IrFunction[]): readonly IrFunction[] {
  const candidates = functions.filter((fn) => fn.role === "subprogram" && paramsOf(fn).some(isOpen));
  if (candidates.length === 0) return functions;
  const places = new Map(functions.filter(hasInvoke).map((fn) => [fn, new Places(fn)]));
  const found = new Map<string, Set<number>>();
  // What is proved of a function's parameters may prove those of the functions that it calls.
  for (let before = -1, now = 0; before !== now; now = [...found.values()].reduce((sum, one) => sum + one.size, 0)) {
    before = now;
    const bad = new Map<string, Set<number>>(candidates.map((fn) => [fn.name, new Set()]));
    for (const [fn, own] of places) addMisaligned(fn, own, found.get(fn.name), bad);
    for (const fn of candidates) {
      const good = paramsOf(fn).flatMap((param, index) =>
        isOpen(param) && !bad.get(fn.name)?.has(index) ? [index] : [],
      );
      found.set(fn.name, new Set(good));
    }
  }
  return functions.map((fn) => (found.get(fn.name)?.size ? mark(fn, found.get(fn.name) ?? new Set()) : fn));
}

function paramsOf(fn: IrFunction): readonly Param[] {
  return entryOf(fn).params;
}

function isOpen({ type, aligned }: Param): boolean {
  return type === "ptr.stack" && aligned === undefined;
}

function hasInvoke(fn: IrFunction): boolean {
  return fn.blocks.some(({ insts }) => insts.some((inst) => inst.op === "invoke"));
}

/** Adds the arguments that may lie elsewhere, by callee. */
function addMisaligned(
  fn: IrFunction,
  places: Places,
  aligned: ReadonlySet<number> | undefined,
  bad: ReadonlyMap<string, Set<number>>,
): void {
  const roots = new Set(fn.slots.filter(({ align }) => align % unit === 0).map(({ id }) => `s${id}`));
  for (const [index, param] of paramsOf(fn).entries())
    if (param.aligned || aligned?.has(index)) roots.add(`v${param.value}`);
  const isAligned = (arg: ValueId): boolean => {
    const { root, offset } = places.of(arg);
    const definition = places.definition(arg);
    return (roots.has(root) && offset % unit === 0) || (definition?.op === "const" && definition.value === 0n);
  };
  for (const inst of fn.blocks.flatMap(({ insts }) => insts)) {
    if (inst.op !== "invoke") continue;
    for (const [index, arg] of inst.args.entries()) if (!isAligned(arg)) bad.get(inst.function)?.add(index);
  }
}

function mark(fn: IrFunction, aligned: ReadonlySet<number>): IrFunction {
  const [entry, ...others] = fn.blocks;
  if (!entry) return fn;
  const params = entry.params.map((param, index) =>
    aligned.has(index) ? { ...param, aligned: true as const } : param,
  );
  return { ...fn, blocks: [{ ...entry, params }, ...others] };
}
