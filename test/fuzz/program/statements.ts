// Statements: declarations, assignments of every form, branches, switches, blocks with labels, returns.
import type { Gen, Row } from "./gen.ts";
import { grow } from "./numbers.ts";
import { bigFor, integerPlace, storable } from "./places.ts";
import { cast, literal, nonZero, numberIn, within } from "./ranges.ts";
import { castOf, isWide, rangeOf } from "./shapes.ts";

/** A number goes to a place. */
export function assign(g: Gen): string | undefined {
  const place = integerPlace(g, false);
  return place && `${place.text} = ${storable(g, place.shape)};`;
}

function assignBig(g: Gen): string | undefined {
  const place = integerPlace(g, true);
  return place?.shape.kind === "scalar" ? `${place.text} = ${bigFor(g, place.shape)};` : undefined;
}

function compound(g: Gen): string | undefined {
  const place = integerPlace(g, false);
  if (!place) return undefined;
  const operator = g.choices.of([
    "+=",
    "-=",
    "*=",
    "&=",
    "|=",
    "^=",
    "<<=",
    ">>=",
    ">>>=",
    "%=",
    "&&=",
    "||=",
  ] as const);
  const [low, high] = rangeOf(place.shape);
  if (operator.endsWith("<<=") || operator.endsWith(">>="))
    return `${place.text} ${operator} ${g.choices.of([0, 1, 3, 7, 8, 31])};`;
  const signed = low < 0;
  // A product of two wide ones leaves what a number holds.
  if (operator === "*=") return `${place.text} *= ${numberIn(g, Math.max(low, -128), Math.min(high, 0xffff)).text};`;
  if (operator === "%=") {
    const divisor = nonZero(g);
    return divisor.low > 0 || signed ? `${place.text} %= ${divisor.text};` : undefined;
  }
  if (operator === "&&=" || operator === "||=") return `${place.text} ${operator} ${storable(g, place.shape)};`;
  const value = numberIn(g, low, high);
  return `${place.text} ${operator} ${value.text};`;
}

function compoundBig(g: Gen): string | undefined {
  const place = integerPlace(g, true);
  if (place?.shape.kind !== "scalar" || castOf(place.shape) !== g.big) return undefined;
  const operator = g.choices.of(["+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="] as const);
  const value = operator === "<<=" || operator === ">>=" ? g.choices.of(["1n", "7n", "32n", "63n"]) : g.bigint().text;
  return `${place.text} ${operator} ${value};`;
}

function increment(g: Gen): string | undefined {
  const place = integerPlace(g, g.choices.chance(30));
  if (!place || (place.shape.kind === "scalar" && isWide(place.shape) && castOf(place.shape) !== g.big))
    return undefined;
  const operator = g.choices.of(["++", "--"]);
  return g.choices.chance(50) ? `${place.text}${operator};` : `${operator}${place.text};`;
}

function declareNumber(g: Gen): string {
  const value = within(g, g.number(), 2 ** 40);
  const name = g.name("n");
  const mutable = g.choices.chance(60);
  // With a type of its own, so that literals are not.
  g.scope.numbers.push({ name, low: value.low, high: value.high, plain: true, mutable });
  return `${mutable ? "let" : "const"} ${name}: number = ${value.text};`;
}

function declareFlavoured(g: Gen): string | undefined {
  const value = cast(g, g.number());
  if (!value) return undefined;
  const name = g.name("n");
  g.scope.numbers.push({ name, low: value.low, high: value.high, plain: false, mutable: false });
  return `const ${name} = ${value.text};`;
}

function declareLater(g: Gen): string {
  const name = g.name("n");
  const condition = g.condition();
  const [left, right] = [within(g, g.number(), 2 ** 40), within(g, g.number(), 2 ** 40)];
  const range = { low: Math.min(left.low, right.low), high: Math.max(left.high, right.high) };
  g.scope.numbers.push({ name, ...range, plain: true, mutable: true });
  return `let ${name}: number;\nif (${condition}) ${name} = ${left.text};\nelse ${name} = ${right.text};`;
}

function declareBig(g: Gen): string {
  const { text } = g.bigint();
  const name = g.name("b");
  const mutable = g.choices.chance(60);
  g.scope.bigints.push({ name, mutable });
  return `${mutable ? "let" : "const"} ${name} = ${g.big}(${text});`;
}

function declareBoolean(g: Gen): string {
  const text = g.condition();
  const name = g.name("c");
  const mutable = g.choices.chance(40);
  g.scope.booleans.push({ name, mutable });
  return `${mutable ? "let" : "const"} ${name}: boolean = ${text};`;
}

function setVariable(g: Gen): string | undefined {
  const able = g.scope.numbers.filter(({ mutable, plain }) => mutable && plain);
  if (able.length === 0) return undefined;
  const variable = g.choices.of(able);
  if (g.turns > 1) {
    const value = numberIn(g, variable.low, variable.high);
    return `${variable.name} = ${value.text};`;
  }
  if (g.choices.chance(50)) {
    const value = within(g, g.number(), 2 ** 40);
    grow(variable, value);
    return `${variable.name} = ${value.text};`;
  }
  const operator = g.choices.of(["+=", "-=", "&=", "|=", "^=", "<<=", ">>=", ">>>="] as const);
  if (operator === "+=" || operator === "-=") {
    if (Math.max(-variable.low, variable.high) > 2 ** 45) return undefined;
    const value = within(g, g.number(), 2 ** 40);
    const sign = operator === "+=" ? 1 : -1;
    const ends = [variable.low, variable.high].flatMap((a) => [a + sign * value.low, a + sign * value.high]);
    grow(variable, { low: Math.min(...ends), high: Math.max(...ends) });
    return `${variable.name} ${operator} ${value.text};`;
  }
  grow(variable, operator === ">>>=" ? { low: 0, high: 2 ** 32 - 1 } : { low: -(2 ** 31), high: 2 ** 31 - 1 });
  return `${variable.name} ${operator} ${g.number().text};`;
}

function setBig(g: Gen): string | undefined {
  const able = g.scope.bigints.filter(({ mutable }) => mutable);
  if (able.length === 0) return undefined;
  const operator = g.choices.of(["=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="]);
  return `${g.choices.of(able).name} ${operator} ${g.bigint().text};`;
}

function setBoolean(g: Gen): string | undefined {
  const able = g.scope.booleans.filter(({ mutable }) => mutable);
  return able.length === 0 ? undefined : `${g.choices.of(able).name} = ${g.condition()};`;
}

function branch(g: Gen): string {
  const condition = g.condition();
  const then = g.block(1 + g.choices.pick(2));
  switch (g.choices.pick(3)) {
    case 1:
      return `if (${condition}) ${then} else ${g.block(1 + g.choices.pick(2))}`;
    case 2:
      return `if (${condition}) ${then} else if (${g.condition()}) ${g.block(1)} else ${g.block(1)}`;
    default:
      return `if (${condition}) ${then}`;
  }
}

/** A switch with labels in any order, with and without `break`. */
function choose(g: Gen): string {
  const subject = cast(g, g.number()) ?? literal(0);
  const labels = g.choices.some([0, 1, 2, 5, 7, 128, 255, -1], 40).map((value) => `case ${value}`);
  labels.splice(g.choices.pick(labels.length + 1), 0, ...(g.choices.chance(70) ? ["default"] : []));
  const clauses = labels.map((label) => {
    const body = g.block(1, (scope) => {
      scope.inSwitch = true;
    });
    return `${label}: ${g.choices.chance(20) ? "" : body}${g.choices.chance(60) ? "\nbreak;" : ""}`;
  });
  return `switch (${subject.text}) {\n${clauses.join("\n")}\n}`;
}

function labelled(g: Gen): string {
  const name = g.name("block");
  const body = g.body(2, (scope) => {
    scope.labels.push({ name, loop: false });
  });
  return `${name}: {\n${body}\n}`;
}

/** Leaves a loop, a switch, a block or the function, where a condition holds. */
function leave(g: Gen): string | undefined {
  const { labels, inLoop, inSwitch, leave: exit } = g.scope;
  const ways: (() => string)[] = [
    ...(inLoop || inSwitch ? [() => "break;"] : []),
    ...(inLoop ? [() => "continue;"] : []),
    ...labels.map(
      ({ name }) =>
        () =>
          `break ${name};`,
    ),
    ...labels
      .filter(({ loop }) => loop)
      .map(
        ({ name }) =>
          () =>
            `continue ${name};`,
      ),
    ...(exit && g.choices.chance(40) ? [exit] : []),
  ];
  if (ways.length === 0) return undefined;
  return `if (${g.condition()}) ${g.choices.of(ways)()}`;
}

/** Two variables exchange their values. */
function exchange(g: Gen): string | undefined {
  const able = g.scope.numbers.filter(({ mutable, plain }) => mutable && plain);
  if (able.length < 2 || g.turns > 1) return undefined;
  const [a, b] = [g.choices.of(able), g.choices.of(able)];
  if (a === b) return undefined;
  grow(a, b);
  grow(b, a);
  return `[${a.name}, ${b.name}] = [${b.name}, ${a.name}];`;
}

/** Two places of one type exchange their values. */
function exchangePlaces(g: Gen): string | undefined {
  const [a, b] = [integerPlace(g, false), integerPlace(g, false)];
  if (a?.shape.kind !== "scalar" || b?.shape.kind !== "scalar" || castOf(a.shape) !== castOf(b.shape)) return undefined;
  return `[${a.text}, ${b.text}] = [${b.text}, ${a.text}];`;
}

/** The rows, simplest first. */
export const statements: readonly Row<string>[] = [
  { name: "assignment", weight: 8, leaf: true, make: assign },
  { name: "bigint assignment", weight: 3, leaf: true, make: assignBig },
  { name: "set a variable", weight: 5, leaf: true, make: setVariable },
  { name: "declare a number", weight: 5, leaf: true, make: declareNumber },
  { name: "compound assignment", weight: 4, make: compound },
  { name: "bigint compound assignment", weight: 3, make: compoundBig },
  { name: "increment", weight: 2, make: increment },
  { name: "declare a flavoured number", weight: 2, make: declareFlavoured },
  { name: "declare, then assign", weight: 1, make: declareLater },
  { name: "declare a bigint", weight: 2, make: declareBig },
  { name: "declare a boolean", weight: 2, make: declareBoolean },
  { name: "set a bigint", weight: 2, make: setBig },
  { name: "set a boolean", weight: 1, make: setBoolean },
  { name: "if", weight: 6, make: branch },
  { name: "switch", weight: 3, make: choose },
  { name: "label", weight: 1, make: labelled },
  { name: "leave", weight: 3, make: leave },
  { name: "exchange", weight: 1, make: exchange },
  { name: "exchange in memory", weight: 1, make: exchangePlaces },
];
