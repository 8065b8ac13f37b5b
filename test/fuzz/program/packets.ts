// Refs into the packet at every kind of offset, checked at once, later, or asked with `?.`; they overlap.
import type { Gen, Row } from "./gen.ts";
import { integerPlace, readNumber } from "./places.ts";
import { numberIn } from "./ranges.ts";
import type { Reference, Scope } from "./scope.ts";
import { schemaOf } from "./shapes.ts";

const integers = ["u8", "u16", "u16be", "u32", "u32be", "i16", "i32", "u64", "i64", "u64be"] as const;

function offset(g: Gen): string {
  const constant = g.choices.pick(180);
  switch (g.choices.pick(8)) {
    case 3:
      return `${constant} + ${numberIn(g, 0, g.choices.of([3, 15, 63])).text}`;
    case 4:
      return `${numberIn(g, 0, 255).text}`;
    case 5:
      return `${numberIn(g, 0, 15).text} * ${g.choices.of([2, 4, 8])} + ${constant}`;
    case 6:
      return `${numberIn(g, -0x8000, 0x1ffff).text}`;
    case 7:
      return g.choices.of([
        `ctx.packet.length - ${constant}`,
        `${0xffff - constant}`,
        `${numberIn(g, 0, 0xffff).text}`,
      ]);
    default:
      return `${constant}`;
  }
}

function made(g: Gen): { readonly text: string; readonly reference: Reference } | undefined {
  if (!g.scope.context) return undefined;
  const shape = g.choices.chance(50)
    ? g.choices.of(g.world.schemas)
    : ({ kind: "scalar", name: g.choices.of(integers) } as const);
  const name = g.name("q");
  const text = `const ${name} = ctx.packet.at(${offset(g)}, ${schemaOf(shape)});`;
  return { text, reference: { text: name, shape, memory: "packet" } };
}

/** Runs only where it is there. */
export function tested(g: Gen, reference: Reference): string {
  const inside = g.block(1 + g.choices.pick(3), (scope) => {
    scope.references.push(reference);
  });
  const condition = g.choices.chance(30) ? `${reference.text} && ${g.condition()}` : reference.text;
  const outside = (): string =>
    g.block(1, ({ maybes }) => {
      // TypeScript knows there that it is undefined.
      maybes.splice(0, maybes.length, ...maybes.filter(({ text }) => text !== reference.text));
    });
  return `if (${condition}) ${inside}${g.choices.chance(30) ? ` else ${outside()}` : ""}`;
}

/** From here on it is there. */
export function required(g: Gen, reference: Reference): string | undefined {
  const exit = g.scope.leave;
  if (!exit) return undefined;
  const text = `if (!${reference.text}) ${exit()}`;
  g.scope.references.push(reference);
  return text;
}

function at(g: Gen): string | undefined {
  const ref = made(g);
  if (!ref) return undefined;
  switch (g.choices.pick(3)) {
    case 1:
      return `${ref.text}\n${tested(g, ref.reference)}`;
    case 2: {
      g.scope.maybes.push(ref.reference);
      return ref.text;
    }
    default: {
      const check = required(g, ref.reference);
      return check && `${ref.text}\n${check}`;
    }
  }
}

/** Something that may not be there is asked for now. */
function later(g: Gen): string | undefined {
  return g.scope.maybes.length > 0 ? tested(g, g.choices.of(g.scope.maybes)) : undefined;
}

/** A number of what may not be there, as a variable. */
function optional(g: Gen): string | undefined {
  const able = g.scope.maybes.map((one) => ({ ...one, text: `${one.text}?` }));
  const place = integerPlace(g, false, able);
  if (!place) return undefined;
  const name = g.name("maybe");
  const { low, high } = readNumber(place);
  g.scope.optionals.push({ name, low, high, plain: false, mutable: false });
  return `const ${name} = ${place.text};`;
}

/** Runs where a number is there. */
function present(g: Gen): string | undefined {
  if (g.scope.optionals.length === 0) return undefined;
  const found = g.choices.of(g.scope.optionals);
  const without = (scope: Scope): void => {
    const left = scope.optionals.filter(({ name }) => name !== found.name);
    scope.optionals.splice(0, scope.optionals.length, ...left);
  };
  const inside = g.block(1 + g.choices.pick(2), (scope) => {
    without(scope);
    scope.numbers.push(found);
  });
  return `if (${found.name} !== undefined) ${inside}${g.choices.chance(30) ? ` else ${g.block(1, without)}` : ""}`;
}

export const packets: readonly Row<string>[] = [
  { name: "number that may be undefined", weight: 1, make: optional },
  { name: "test of a number", weight: 1, make: present },
  { name: "packet.at", weight: 6, make: at },
  { name: "test of a ref", weight: 2, make: later },
];
