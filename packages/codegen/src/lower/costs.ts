// Which functions stay functions by cost. Sizes are nodes of the typed AST, with what is inlined in them: enough to tell the
// programs that inlining would make huge. In those, large functions that are called more than once are kept, callees first;
// not more than a few deep, since the kernel allows 8 frames.
import type { AstFunction } from "../ast/nodes.ts";
import { walkNodes } from "../ast/walk.ts";

/** Programs that would be larger than this with everything inlined keep functions. */
const inlineBudget = 50_000;
/** Larger ones are not for the kernel, which follows functions anew at each call: inlining runs into its own limit. */
const mostFollowed = 400_000;
/** Functions smaller than this are inlined anyway. */
const largeFunction = 200;
/** How many kept functions may be open at a time. */
const deepest = 5;

interface Cost {
  readonly size: number;
  /** Kept functions that can be open in it, itself included. */
  readonly depth: number;
  readonly isKept: boolean;
}

/** For each function of a module whether it stays one, in programs that inlining would make huge. */
export class KeptFunctions {
  readonly #own: readonly { readonly size: number; readonly callees: readonly number[] }[];
  readonly #calls = new Map<number, number>();
  readonly #inlined = new Map<number, Cost>();
  readonly #kept = new Map<number, Cost>();

  constructor(functions: readonly AstFunction[]) {
    this.#own = functions.map((fn) => {
      const callees: number[] = [];
      let size = 0;
      walkNodes(fn.body, (node) => {
        size++;
        if (!("callee" in node) || typeof node.callee !== "number") return;
        callees.push(node.callee);
        this.#calls.set(node.callee, (this.#calls.get(node.callee) ?? 0) + 1);
      });
      return { size, callees };
    });
  }

  /** True where `program`, the function of a program, would become huge and the function is worth a call. */
  has(index: number, program: number): boolean {
    const { size } = this.#cost(program, this.#inlined, false);
    if (size <= inlineBudget || size > mostFollowed) return false;
    return this.#cost(index, this.#kept, true).isKept;
  }

  /** Sizes with everything inlined, or with large functions kept. No function is recursive. */
  #cost(index: number, known: Map<number, Cost>, keeping: boolean): Cost {
    const found = known.get(index);
    if (found) return found;
    const { size, callees } = this.#own[index] ?? { size: 0, callees: [] };
    let total = size;
    let depth = 0;
    for (const callee of callees) {
      const cost = this.#cost(callee, known, keeping);
      total += cost.isKept ? 1 : cost.size;
      depth = Math.max(depth, cost.depth);
    }
    const isLarge = total >= largeFunction && (this.#calls.get(index) ?? 0) > 1;
    const isKept = keeping && isLarge && depth < deepest;
    const cost = { size: total, depth: isKept ? depth + 1 : depth, isKept };
    known.set(index, cost);
    return cost;
  }
}
