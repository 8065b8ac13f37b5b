// Reads what BTF does not carry from the kernel's user-space headers: object-like macros with integer values, and the
// names of the structs and unions that are part of the contract. Macros that are not integers are left out.

/** What the snapshot takes from headers. */
export interface HeaderContents {
  readonly macros: ReadonlyMap<string, bigint>;
  /** Names of structs and unions. */
  readonly aggregates: readonly string[];
  /** Every identifier that occurs, to tell the contract's enums from the kernel's own. */
  readonly words: ReadonlySet<string>;
}

/** Binary operators by precedence, loosest first. */
const operators: readonly (readonly string[])[] = [["|"], ["&"], ["<<", ">>"], ["+", "-"]];

function apply(operator: string, left: bigint, right: bigint): bigint {
  switch (operator) {
    case "|":
      return left | right;
    case "&":
      return left & right;
    case "<<":
      return left << right;
    case ">>":
      return left >> right;
    case "+":
      return left + right;
    default:
      return left - right;
  }
}

/** Value of a C integer constant expression, or undefined when it is anything else. */
export function evaluate(text: string, lookup: (name: string) => bigint | undefined): bigint | undefined {
  const tokens = text.match(/0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*|\w+|<<|>>|\S/g) ?? [];
  let position = 0;

  const unary = (): bigint | undefined => {
    const token = tokens[position++];
    if (token === undefined) return undefined;
    if (token === "(") {
      const inner = binary(0);
      return tokens[position++] === ")" ? inner : undefined;
    }
    if (token === "-" || token === "~") {
      const operand = unary();
      return operand === undefined ? undefined : token === "-" ? -operand : ~operand;
    }
    if (/^\d/.test(token)) return BigInt(token.replace(/[uUlL]+$/, ""));
    return /^\w/.test(token) ? lookup(token) : undefined;
  };

  const binary = (level: number): bigint | undefined => {
    const here = operators[level];
    if (!here) return unary();
    let left = binary(level + 1);
    for (let token = tokens[position]; token !== undefined && here.includes(token); token = tokens[position]) {
      position++;
      const right = binary(level + 1);
      if (left === undefined || right === undefined) return undefined;
      left = apply(token, left, right);
    }
    return left;
  };

  const value = binary(0);
  return position === tokens.length ? value : undefined;
}

/** Reads header texts; `wanted` selects macros by name, `known` gives values of enumerators that macros refer to. */
export function readHeaders(
  texts: readonly string[],
  wanted: RegExp,
  known: (name: string) => bigint | undefined,
): HeaderContents {
  const text = texts
    .join("\n")
    .replace(/\\\n/g, " ")
    .replace(/\/\*[\s\S]*?\*\//g, " ");
  const sources = new Map<string, string>();
  for (const [, name = "", body = ""] of text.matchAll(/^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+(.+)$/gm)) {
    if (body.trim() !== name) sources.set(name, body.trim());
  }
  const macroValue = (name: string, depth = 0): bigint | undefined => {
    const body = sources.get(name);
    if (body === undefined || depth > 16) return known(name);
    return evaluate(body, (inner) => macroValue(inner, depth + 1));
  };
  const macros = new Map<string, bigint>();
  for (const name of sources.keys()) {
    const value = wanted.test(name) ? macroValue(name) : undefined;
    if (value !== undefined) macros.set(name, value);
  }
  const aggregates = [...text.matchAll(/^(?:struct|union)\s+(\w+)\s*\{/gm)].map(([, name = ""]) => name);
  return { macros, aggregates: [...new Set(aggregates)], words: new Set(text.match(/\w+/g)) };
}
