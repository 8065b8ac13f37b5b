// Words of the assembly language. Takes one line without its label; ensures that each token knows its column, and that
// the table's templates and the user's text are cut up the same way.

/** `relative` is `pc+3`; `named` is `name#1`; a number carries its sign. */
export interface Token {
  readonly kind: "word" | "number" | "relative" | "named" | "sign";
  readonly text: string;
  /** 0-based, within the text given. */
  readonly at: number;
}

const COMMENT = /;|\/\//y;
const SPACE = /\s+/y;

// Order matters: a sign belongs to the number behind it, but not to `+=`.
const PATTERNS: readonly { readonly kind: Token["kind"]; readonly pattern: RegExp }[] = [
  { kind: "named", pattern: /[A-Za-z_][\w-]*#-?\d+(?!\w)/y },
  { kind: "relative", pattern: /pc[+-]\d+(?!\w)/y },
  { kind: "number", pattern: /(?:\+\s*-|[+-])?\s*(?:0[xX][\da-fA-F]+|\d+)(?!\w)/y },
  { kind: "word", pattern: /[A-Za-z_.$][\w.$]*/y },
  { kind: "sign", pattern: /(?:<<|>>|[<>=!&|^+\-*/%])=|[-*()[\]<>=&:,]/y },
];

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** The tokens of a line up to a comment; or the position of a character that begins none. */
export function tokenize(line: string): { readonly tokens: readonly Token[]; readonly strayAt?: number } {
  const tokens: Token[] = [];
  let at = 0;
  while (at < line.length) {
    const space = matchAt(SPACE, line, at);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    if (matchAt(COMMENT, line, at) !== undefined) break;
    const token = tokenAt(line, at);
    if (token === undefined) return { tokens, strayAt: at };
    tokens.push(token);
    at += token.text.length;
  }
  return { tokens };
}

function tokenAt(line: string, at: number): Token | undefined {
  for (const { kind, pattern } of PATTERNS) {
    const text = matchAt(pattern, line, at);
    if (text !== undefined) return { kind, text, at };
  }
  return undefined;
}

/** The value of a `number` or `relative` token; undefined when it has more digits than any field can hold. */
export function numberValue(token: Token): bigint | undefined {
  const digits = token.text.replace(/^pc/, "").replace(/[+\-\s]/g, "");
  if (digits.length > 24) return undefined;
  return token.text.includes("-") ? -BigInt(digits) : BigInt(digits);
}
