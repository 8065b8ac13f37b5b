// The state of generating one program: what is in scope, how much may still be written, and the tables from which
// expressions and statements are chosen. A construct is a row of a table; a row that does not apply gives undefined.
import type { Choices } from "./choices.ts";
import { type Reference, Scope } from "./scope.ts";
import type { MemoryShape, StructShape } from "./shapes.ts";

/** A number expression, with the range that the compiler can know of it. */
export interface Num {
  readonly text: string;
  readonly low: number;
  readonly high: number;
  /** Its type is `number`, which is assignable to every narrower integer. */
  readonly plain: boolean;
  /** A literal, or an operation on literals alone. */
  readonly constant?: boolean;
}

/** A bigint expression of the module's signedness. */
export interface Big {
  readonly text: string;
  readonly constant?: boolean;
}

/** One construct. The first rows of a table apply everywhere and lead to nothing deeper. */
export interface Row<T> {
  readonly name: string;
  readonly weight: number;
  /** Leads to nothing deeper. */
  readonly leaf?: boolean;
  make(g: Gen): T | undefined;
}

export interface Tables {
  readonly numbers: readonly Row<Num>[];
  readonly bigints: readonly Row<Big>[];
  readonly conditions: readonly Row<string>[];
  readonly statements: readonly Row<string>[];
}

/** A map of the module. */
export interface MapShape {
  readonly name: string;
  readonly kind: "hash" | "array" | "perCpu";
  readonly key?: MemoryShape;
  readonly value: MemoryShape;
  readonly entries: number;
}

/** What the module has beside its programs. */
export interface World {
  readonly structs: readonly StructShape[];
  readonly schemas: readonly MemoryShape[];
  readonly maps: readonly MapShape[];
  readonly globals: readonly Reference[];
  /** What bigints are: i64 or u64. */
  readonly signed: boolean;
}

const fuelOfProgram = 170;
const mostDepth = 4;
const mostNesting = 3;

export class Gen {
  readonly choices: Choices;
  readonly world: World;
  readonly tables: Tables;
  scope = new Scope();
  /** Expressions and statements that may still be made. */
  fuel = fuelOfProgram;
  /** How often the current statement runs. */
  turns = 1;
  #depth = 0;
  #nesting = 0;
  #names = 0;

  constructor(choices: Choices, world: World, tables: Tables) {
    this.choices = choices;
    this.world = world;
    this.tables = tables;
  }

  /** A name that nothing else has, schemas and casts neither. */
  name(prefix: string): string {
    this.#names += 1;
    return `${prefix}_${this.#names}`;
  }

  /** The name of the bigint type. */
  get big(): "i64" | "u64" {
    return this.world.signed ? "i64" : "u64";
  }

  number(): Num {
    return this.#expression(this.tables.numbers);
  }

  bigint(): Big {
    return this.#expression(this.tables.bigints);
  }

  condition(): string {
    return this.#expression(this.tables.conditions);
  }

  #expression<T>(rows: readonly Row<T>[]): T {
    this.#depth += 1;
    this.fuel -= 1;
    const shallow = this.#depth > mostDepth || this.fuel <= 0 || this.choices.exhausted;
    const made = this.#choose(shallow ? rows.filter(({ leaf }) => leaf) : rows);
    this.#depth -= 1;
    return made;
  }

  #choose<T>(rows: readonly Row<T>[]): T {
    for (let tries = 0; tries < 6; tries++) {
      const made = this.choices.weighted(rows).make(this);
      if (made !== undefined) return made;
    }
    for (const row of rows) {
      const made = row.make(this);
      if (made !== undefined) return made;
    }
    throw new Error("fuzz: no row applies");
  }

  /** One statement, on lines of its own. */
  statement(): string {
    const depth = this.#depth;
    this.#depth = 0;
    this.#nesting += 1;
    this.fuel -= 1;
    const shallow = this.#nesting > mostNesting || this.fuel <= 0 || this.choices.exhausted;
    const made = this.#choose(shallow ? this.tables.statements.filter(({ leaf }) => leaf) : this.tables.statements);
    this.#nesting -= 1;
    this.#depth = depth;
    return made;
  }

  /** Statements with what they declare in a scope of their own; `prepare` puts more into it. */
  body(count: number, prepare: (scope: Scope) => void = () => undefined): string {
    const outer = this.scope;
    this.scope = outer.inner();
    prepare(this.scope);
    const lines = Array.from({ length: count }, () => this.statement());
    this.scope = outer;
    return lines.join("\n");
  }

  block(count: number, prepare?: (scope: Scope) => void): string {
    return `{\n${this.body(count, prepare)}\n}`;
  }
}
