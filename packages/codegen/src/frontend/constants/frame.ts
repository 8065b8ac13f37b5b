// A call that is evaluated at compile time: its variables, and what all calls of one evaluation share. Nothing of the
// author's runs in this process: functions are walked statement by statement, and only for so many steps.
import type { ts } from "ts-morph";
import type { Closure, Constant } from "../values.ts";

/** What one evaluation may spend, and what it made itself. */
export class Budget {
  #left: number;
  /** Objects and arrays that were made in this evaluation, which it may change. */
  readonly owned = new WeakSet<Constant>();
  /** Functions that are being called: none may call itself. */
  readonly open = new Set<ts.Node>();

  constructor(steps: number) {
    this.#left = steps;
  }

  /** True when everything is spent, so that nothing can be said about the result. */
  get exhausted(): boolean {
    return this.#left <= 0;
  }

  /** Spends steps; false when there are none left. */
  spend(steps = 1): boolean {
    this.#left -= steps;
    return this.#left > 0;
  }
}

/** Variables of one call, and those around it. */
export class Frame implements Closure {
  readonly budget: Budget;
  readonly #variables = new Map<ts.Symbol, Constant>();
  readonly #outer: Closure;

  constructor(budget: Budget, outer: Closure) {
    this.budget = budget;
    this.#outer = outer;
  }

  declare(symbol: ts.Symbol, value: Constant): void {
    this.#variables.set(symbol, value);
  }

  get(symbol: ts.Symbol): Constant | "runtime" | undefined {
    return this.#variables.get(symbol) ?? this.#outer.get(symbol);
  }

  set(symbol: ts.Symbol, value: Constant): boolean {
    if (!this.#variables.has(symbol)) return this.#outer.set(symbol, value);
    this.#variables.set(symbol, value);
    return true;
  }
}
