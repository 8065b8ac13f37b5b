// Random schemas: structs of integers of every width and byte order, bit fields, arrays and structs inside structs.
import { type ScalarName, scalarLayouts } from "@typebpf/abi";
import type { Choices } from "./choices.ts";

export interface ScalarShape {
  readonly kind: "scalar";
  readonly name: ScalarName;
}

export interface BitsShape {
  readonly kind: "bits";
  readonly unit: ScalarName;
  readonly count: number;
}

export interface ArrayShape {
  readonly kind: "array";
  readonly item: MemoryShape;
  readonly length: number;
  /** The constant that holds the schema. */
  readonly schema: string;
}

export interface StructShape {
  readonly kind: "struct";
  /** The constant that holds the schema. */
  readonly schema: string;
  readonly fields: readonly { readonly name: string; readonly shape: Shape }[];
  /** All fields lie over the same bytes. */
  readonly union?: boolean;
  /** The globals of the module: each field is a variable. */
  readonly isGlobals?: boolean;
}

/** What has bytes of its own. */
export type MemoryShape = ScalarShape | ArrayShape | StructShape;
export type Shape = MemoryShape | BitsShape;

/** Whether values are bigints. */
export function isWide(shape: ScalarShape): boolean {
  return scalarLayouts[shape.name].size === 8;
}

/** Whether values can be negative. */
export function isSigned(shape: ScalarShape): boolean {
  return scalarLayouts[shape.name].signed;
}

/** Least and greatest value of a number. */
export function rangeOf(shape: ScalarShape | BitsShape): readonly [low: number, high: number] {
  if (shape.kind === "bits") return [0, 2 ** shape.count - 1];
  const { size, signed } = scalarLayouts[shape.name];
  const values = 2 ** (size * 8);
  return signed ? [-values / 2, values / 2 - 1] : [0, values - 1];
}

/** The cast to a scalar's values: `u16` of `u16be`. */
export function castOf({ name }: ScalarShape): string {
  return name.replace("be", "");
}

/** The schema as an expression. */
export function schemaOf(shape: Shape): string {
  if (shape.kind === "scalar") return shape.name;
  return shape.kind === "bits" ? `bits(${shape.unit}, ${shape.count})` : shape.schema;
}

/** An upper bound of the bytes, padding included. */
export function roomOf(shape: Shape): number {
  switch (shape.kind) {
    case "scalar":
      return scalarLayouts[shape.name].size;
    case "bits":
      return scalarLayouts[shape.unit].size;
    case "array":
      return roomOf(shape.item) * shape.length;
    case "struct":
      if (shape.union) return Math.max(...shape.fields.map((field) => Math.ceil(roomOf(field.shape) / 8) * 8));
      return shape.fields.reduce((sum, field) => Math.ceil(sum / 8) * 8 + roomOf(field.shape), 7) & ~7;
  }
}

/** Size and alignment, as C lays out. */
function extent(shape: Shape): readonly [size: number, align: number] {
  switch (shape.kind) {
    case "scalar":
    case "bits": {
      const { size } = scalarLayouts[shape.kind === "bits" ? shape.unit : shape.name];
      return [size, size];
    }
    case "array": {
      const [size, align] = extent(shape.item);
      return [size * shape.length, align];
    }
    case "struct": {
      const { used, align } = measure(shape);
      return [Math.ceil(used / align) * align, align];
    }
  }
}

/** Bytes up to the last field's end, and how many of them are fields. */
function measure({ fields, union }: StructShape): {
  readonly used: number;
  readonly filled: number;
  readonly align: number;
} {
  let [used, filled, align, bits] = [0, 0, 1, 0];
  for (const { shape } of fields) {
    const [size, own] = extent(shape);
    align = Math.max(align, own);
    if (union) {
      [used, filled] = [Math.max(used, size), Math.max(filled, size)];
      continue;
    }
    // Bit fields come in runs that fill their unit.
    const isLater = shape.kind === "bits" && bits > 0;
    bits = shape.kind === "bits" ? (bits + shape.count) % (size * 8) : 0;
    if (isLater) continue;
    used = Math.ceil(used / own) * own + size;
    filled += size;
  }
  return { used, filled, align };
}

/** No bytes between its fields or behind them; what is inside of them does not count. */
export function isDense(shape: StructShape): boolean {
  const { used, filled, align } = measure(shape);
  return used === filled && used % align === 0;
}

const narrow = ["u8", "u16", "u32", "i8", "i16", "i32", "u16be", "u32be"] as const satisfies readonly ScalarName[];
const wide = ["u64", "i64", "u64be"] as const satisfies readonly ScalarName[];
const units = ["u8", "u16", "u32", "u16be", "u32be"] as const satisfies readonly ScalarName[];

function scalar(choices: Choices): ScalarShape {
  return { kind: "scalar", name: choices.chance(30) ? choices.of(wide) : choices.of(narrow) };
}

/** Makes schemas; each declares what it is made of. */
export class Schemas {
  readonly #choices: Choices;
  readonly declarations: string[] = [];
  readonly structs: StructShape[] = [];
  readonly arrays: ArrayShape[] = [];

  constructor(choices: Choices) {
    this.#choices = choices;
    for (let count = 2 + choices.pick(3); count > 0; count--) this.#struct();
    if (choices.chance(40)) this.#union();
    this.#array(scalar(choices));
  }

  #array(item: MemoryShape): ArrayShape {
    const length = this.#choices.of([2, 3, 4, 8]);
    const shape: ArrayShape = { kind: "array", item, length, schema: `List${this.arrays.length}` };
    this.declarations.push(`const ${shape.schema} = array(${schemaOf(item)}, ${length});`);
    this.arrays.push(shape);
    return shape;
  }

  /** Neighbours of one unit, so that they share it. */
  #bits(): readonly BitsShape[] {
    const unit = this.#choices.of(units);
    const room = scalarLayouts[unit].size * 8;
    const first = 1 + this.#choices.pick(room - 1);
    return [first, room - first].map((count) => ({ kind: "bits", unit, count }));
  }

  #members(): readonly Shape[] {
    const inner = this.structs.filter((one) => roomOf(one) <= 32);
    const arrays = this.arrays.filter((one) => roomOf(one) <= 32);
    switch (this.#choices.pick(10)) {
      case 6:
        return this.#bits();
      case 7:
        return inner.length > 0 ? [this.#choices.of(inner)] : [scalar(this.#choices)];
      case 8:
        return arrays.length > 0 ? [this.#choices.of(arrays)] : [this.#array(scalar(this.#choices))];
      case 9:
        return [
          this.#array(inner.length > 0 && this.#choices.chance(30) ? this.#choices.of(inner) : scalar(this.#choices)),
        ];
      default:
        return [scalar(this.#choices)];
    }
  }

  #union(): void {
    const schema = `S${this.structs.length}`;
    const shapes = [
      scalar(this.#choices),
      scalar(this.#choices),
      ...this.#members().filter(({ kind }) => kind !== "bits"),
    ];
    this.#declare("union", schema, shapes);
  }

  #declare(kind: "struct" | "union", schema: string, shapes: readonly Shape[]): void {
    const fields = shapes.map((shape, index) => ({
      name: `${"abcdefghijklmnopqrstuvwxyz"[index] ?? "z"}${index}`,
      shape,
    }));
    const text = fields.map(({ name, shape }) => `${name}: ${schemaOf(shape)}`).join(", ");
    this.declarations.push(`const ${schema} = ${kind}("${schema.toLowerCase()}", { ${text} });`);
    this.structs.push({ kind: "struct", schema, fields, ...(kind === "union" && { union: true }) });
  }

  #struct(): void {
    const schema = `S${this.structs.length}`;
    const shapes: Shape[] = [{ kind: "scalar", name: "u32" }];
    for (let count = 2 + this.#choices.pick(4); count > 0; count--) {
      const more = this.#members();
      if (roomOf({ kind: "struct", schema, fields: [...shapes, ...more].map((shape) => ({ name: "", shape })) }) <= 72)
        shapes.push(...more);
    }
    this.#declare("struct", schema, shapes);
  }
}
