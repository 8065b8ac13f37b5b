// The body of a marked loop as a callback of bpf_loop (kernel/bpf/bpf_iter.c) or bpf_for_each_map_elem or bpf_user_ringbuf_drain. What the body shares with the function around it
// lies in a struct on that one's stack, 8 bytes for each value, so that none loses anything: what it reads, and what it
// carries from one iteration to the next. Takes a function without asserts; gives the function that calls the helper, and
// the callback, which returns 0 to go on and 1 to stop.
import type { CalleeName, Span } from "@typebpf/abi";
import { argsOf, argsOfEnd, edgesOf, resultOf, valueTypes } from "../ir/cfg.ts";
import type {
  Block,
  BlockId,
  Edge,
  ElementInst,
  Inst,
  IrFunction,
  LoadInst,
  Param,
  SlotId,
  Terminator,
  ValueId,
} from "../ir/function.ts";
import type { Ranges } from "../ir/ranges.ts";
import { type Fresh, freshIds, mapEdges, renameEdge, renameEnd, renameInst } from "../ir/rewrite.ts";
import type { IrType } from "../ir/types.ts";
import { inOrder, isElementOf, isOverMap, loopBody, ownSlots, type Test } from "./loop-body.ts";

/** Instructions that give the same value in any function. */
const remade: ReadonlySet<string> = new Set(["const", "map", "function", "address"]);
const bytes = 8;

/** The function around the loop, and the body as a callback; undefined where the body never goes on to the next iteration. */
export function outlineLoop(
  fn: IrFunction,
  header: Block,
  test: Test,
  ranges: Ranges,
  name: string,
): { readonly caller: IrFunction; readonly callback: IrFunction } | undefined {
  const body = loopBody(fn, header, test);
  return body && new Outliner(fn, header, test, body, ranges, name).run();
}

class Outliner {
  readonly #fn: IrFunction;
  readonly #header: Block;
  readonly #test: Test;
  readonly #body: readonly Block[];
  readonly #inside: ReadonlySet<BlockId>;
  readonly #ranges: Ranges;
  readonly #name: string;
  readonly #fresh: Fresh;
  readonly #at: Span;
  readonly #types: ReadonlyMap<ValueId, IrType>;
  readonly #definitions = new Map<ValueId, Inst>();
  /** Values that the body makes. */
  readonly #own = new Set<ValueId>();
  /** Slots that the body alone uses, made anew in each iteration. */
  readonly #ownSlots: ReadonlySet<SlotId>;
  readonly #cells = new Map<string, number>();
  readonly #place: ValueId;
  /** The way out of the loop by `return false`. */
  readonly #exit: Edge | undefined;

  constructor(fn: IrFunction, header: Block, test: Test, body: readonly Block[], ranges: Ranges, name: string) {
    this.#fn = fn;
    this.#header = header;
    this.#test = test;
    this.#body = body;
    this.#inside = new Set(body.map((block) => block.id));
    this.#ranges = ranges;
    this.#name = name;
    this.#fresh = freshIds(fn);
    this.#at = test.at;
    this.#types = valueTypes(fn);
    const exits = body.flatMap((block) => edgesOf(block.end).filter((edge) => this.#leaves(edge)));
    if (exits.length > 1) throw new Error(`analyze: the body of a loop in ${fn.name} is left in ${exits.length} ways`);
    [this.#exit] = exits;
    for (const inst of fn.blocks.flatMap((block) => block.insts))
      this.#definitions.set(resultOf(inst)?.value ?? -1, inst);
    this.#ownSlots = ownSlots(fn, body, [
      ...header.params.map(({ type }) => type),
      ...(this.#exit?.args ?? []).map((arg) => this.#types.get(arg)),
    ]);
    for (const block of body) {
      for (const param of block.params) this.#own.add(param.value);
      for (const inst of block.insts) if (!this.#isHoisted(inst)) this.#own.add(resultOf(inst)?.value ?? -1);
    }
    this.#place = this.#fresh.value();
  }

  #leaves(edge: Edge): boolean {
    return edge.block !== this.#header.id && !this.#inside.has(edge.block);
  }

  #isHoisted(inst: Inst): boolean {
    return inst.op === "slot" && !this.#ownSlots.has(inst.slot);
  }

  get #index(): ValueId {
    return this.#test.args[0];
  }

  get #carried(): readonly Param[] {
    return this.#header.params.filter((param) => param.value !== this.#index);
  }

  #cell(name: string): number {
    const known = this.#cells.get(name) ?? this.#cells.size * bytes;
    this.#cells.set(name, known);
    return known;
  }

  #store(cell: string, value: ValueId, place: ValueId): Inst {
    return { op: "store", size: bytes, offset: this.#cell(cell), args: [place, value], at: this.#at };
  }

  #loadOf(cell: string, place: ValueId): Pick<LoadInst, "op" | "size" | "signed" | "offset" | "args"> {
    return { op: "load", size: bytes, signed: false, offset: this.#cell(cell), args: [place] };
  }

  #load(cell: string, result: ValueId, of: ValueId, place: ValueId): Inst {
    const range = this.#ranges.at(of, this.#test.then.block);
    const type = this.#types.get(of) ?? "i64";
    return {
      ...this.#loadOf(cell, place),
      result,
      type,
      ...(type === "i64" && { known: { range, width: 64 } }),
      at: this.#at,
    };
  }

  #constant(value: bigint, insts: Inst[]): ValueId {
    const result = this.#fresh.value();
    insts.push({ op: "const", value, result, type: "i64", at: this.#at });
    return result;
  }

  /** Values from outside that the body reads, but for what the loop carries. */
  #read(): readonly ValueId[] {
    const carried = new Set(this.#header.params.map((param) => param.value));
    const used = this.#body.flatMap(({ insts, end }) => [
      ...insts.filter((inst) => !this.#isHoisted(inst)).flatMap(argsOf),
      ...argsOfEnd(end),
    ]);
    return [...new Set([...used, ...this.#test.then.args])].filter(
      (value) => !this.#own.has(value) && !carried.has(value),
    );
  }

  run(): { readonly caller: IrFunction; readonly callback: IrFunction } {
    const read = this.#read();
    const callback = this.#callback(read);
    return { caller: this.#caller(read), callback };
  }

  // ── The callback ─────────────────────────────────────────────────────────────────────────────────────────────────

  #callback(read: readonly ValueId[]): IrFunction {
    const place = this.#fresh.value();
    const insts: Inst[] = [];
    for (const value of read) {
      const definition = this.#definitions.get(value);
      if (definition && remade.has(definition.op)) insts.push(definition);
      else insts.push(this.#load(`v${value}`, value, value, place));
    }
    for (const { value } of this.#carried) insts.push(this.#load(`v${value}`, value, value, place));
    const added: Block[] = [];
    const leave = (edge: Edge): Edge => (this.#inside.has(edge.block) ? edge : this.#ending(edge, place, added));
    const body = this.#body.map((block): Block => {
      const kept = block.insts.filter((inst) => !this.#isHoisted(inst) && !isElementOf(this.#test, inst));
      return { ...block, insts: kept, end: mapEdges(block.end, leave) };
    });
    const params = [...this.#given(insts), { value: place, type: "ptr.stack", aligned: true } as const];
    const entry: Block = {
      id: this.#fresh.block(),
      params,
      insts,
      end: { op: "jump", to: this.#test.then, at: this.#at },
    };
    const { program } = this.#fn;
    const slots = this.#fn.slots.filter((slot) => this.#ownSlots.has(slot.id));
    const blocks = [entry, ...body, ...added];
    return { name: this.#name, role: "callback", ...(program && { program }), failure: 1, slots, blocks };
  }

  /** What the helper calls the function with, but for the place; the index of elements is nothing to anybody. */
  #given(insts: Inst[]): readonly Param[] {
    if (!isOverMap(this.#test)) {
      const range = this.#ranges.at(this.#index, this.#test.then.block);
      return [{ value: this.#index, type: "i64", known: { range, width: 64 } }];
    }
    if (this.#header.params.some((param) => param.value === this.#index))
      insts.push({ op: "const", value: 0n, result: this.#index, type: "i64", at: this.#at });
    const elements = this.#body.flatMap((block) => block.insts.filter((inst) => isElementOf(this.#test, inst)));
    const value = (of: ElementInst["of"]): ValueId =>
      elements.find((one) => one.of === of)?.result ?? this.#fresh.value();
    if (this.#test.callback?.helper === "userRingbufDrain") return [{ value: value("record"), type: "ptr.dynptr" }];
    return [
      { value: this.#fresh.value(), type: "ptr.map" },
      { value: value("key"), type: "ptr.mapKey" },
      { value: value("value"), type: "ptr.mapValue" },
    ];
  }

  /** A block that leaves the values of an edge in their cells and returns. */
  #ending(edge: Edge, place: ValueId, added: Block[]): Edge {
    const insts: Inst[] = [];
    const isNext = edge.block === this.#header.id;
    edge.args.forEach((arg, index) => {
      const param = isNext ? this.#header.params[index]?.value : undefined;
      if (isNext && (param === this.#index || param === arg)) return;
      const cell = isNext ? `v${param}` : `x${index}`;
      if (isNext || this.#isOfBody(arg)) insts.push(this.#store(cell, arg, place));
    });
    const verdict = this.#constant(isNext ? 0n : 1n, insts);
    if (!isNext) insts.push(this.#store("stopped", verdict, place));
    const id = this.#fresh.block();
    added.push({ id, params: [], insts, end: { op: "return", args: [verdict], at: this.#at } });
    return { block: id, args: [] };
  }

  #isOfBody(value: ValueId): boolean {
    return this.#own.has(value) || value === this.#index;
  }

  // ── The caller ───────────────────────────────────────────────────────────────────────────────────────────────────

  #caller(read: readonly ValueId[]): IrFunction {
    const { insts: before, id, params } = this.#header;
    const slot = this.#fn.slots.reduce((highest, one) => Math.max(highest, one.id), -1) + 1;
    const at = this.#at;
    const insts: Inst[] = [...before];
    for (const block of this.#body) insts.push(...block.insts.filter((inst) => this.#isHoisted(inst)));
    insts.push({ op: "slot", slot, result: this.#place, type: "ptr.stack", at });
    const zero = this.#constant(0n, insts);
    for (const value of read) {
      const definition = this.#definitions.get(value);
      if (!definition || !remade.has(definition.op)) insts.push(this.#store(`v${value}`, value, this.#place));
    }
    for (const { value } of this.#carried) insts.push(this.#store(`v${value}`, value, this.#place));
    if (this.#exit) insts.push(this.#store("stopped", zero, this.#place));
    const address = this.#fresh.value();
    insts.push({ op: "function", function: this.#name, result: address, type: "ptr.function", at });
    const { helper, over } = this.#helper(insts);
    const visited = this.#fresh.value();
    insts.push({ op: "call", helper, args: [over, address, this.#place, zero], result: visited, type: "i64", at });
    const count = this.#test.args[1];
    const after = new Map<ValueId, ValueId>([[this.#index, isOverMap(this.#test) ? visited : count]]);
    if (isOverMap(this.#test)) after.set(count, visited);
    for (const { value } of this.#carried) {
      const loaded = this.#fresh.value();
      insts.push(this.#load(`v${value}`, loaded, value, this.#place));
      after.set(value, loaded);
    }
    const rename = (value: ValueId): ValueId => after.get(value) ?? value;
    const added: Block[] = [];
    const end = this.#afterwards(insts, zero, rename, added);
    const size = Math.max(1, this.#cells.size) * bytes;
    const slots = [
      ...this.#fn.slots.filter((one) => !this.#ownSlots.has(one.id)),
      { id: slot, size, align: bytes, name: "what a loop's body shares", at },
    ];
    const others = this.#fn.blocks.filter((block) => block.id !== id && !this.#inside.has(block.id));
    const renamed = others.map((block): Block => {
      return {
        ...block,
        insts: block.insts.filter((inst) => !isElementOf(this.#test, inst)).map((inst) => renameInst(inst, rename)),
        end: renameEnd(block.end, rename),
      };
    });
    return { ...this.#fn, slots, blocks: inOrder(this.#fn.blocks, [{ id, params, insts, end }, ...renamed, ...added]) };
  }

  /** The helper, and its first argument: how often, or over which map. */
  #helper(insts: Inst[]): { readonly helper: CalleeName; readonly over: ValueId } {
    const { callback } = this.#test;
    if (callback === undefined || callback.helper === "loop") return { helper: "loop", over: this.#test.args[1] };
    const over = this.#fresh.value();
    insts.push({ op: "map", map: callback.map, result: over, type: "ptr.map", at: this.#at });
    return { helper: callback.helper, over };
  }

  /** Where the caller goes on: where the loop ended by itself, or by `return false`. */
  #afterwards(insts: Inst[], zero: ValueId, rename: (value: ValueId) => ValueId, added: Block[]): Terminator {
    const at = this.#at;
    const done = renameEdge(this.#test.else, rename);
    if (!this.#exit) return { op: "jump", to: done, at };
    const stopped = this.#fresh.value();
    insts.push({ ...this.#loadOf("stopped", this.#place), result: stopped, type: "i64", at });
    const loads: Inst[] = [];
    const args = this.#exit.args.map((arg, index) => {
      if (!this.#isOfBody(arg)) return rename(arg);
      const loaded = this.#fresh.value();
      loads.push(this.#load(`x${index}`, loaded, arg, this.#place));
      return loaded;
    });
    const id = this.#fresh.block();
    added.push({ id, params: [], insts: loads, end: { op: "jump", to: { block: this.#exit.block, args }, at } });
    return { op: "branch", compare: "ne64", args: [stopped, zero], then: { block: id, args: [] }, else: done, at };
  }
}
