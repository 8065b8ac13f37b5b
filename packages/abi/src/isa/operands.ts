// Reads one operand of assembly text into the fields it stands for. Takes a token of the right kind and what is known
// of the place; ensures that the value fits its field, or says in words and with a catalogue row why not.
import { abiDiagnostics } from "../diagnostics/catalogue.ts";
import type { DiagnosticRow } from "../diagnostics/diagnostic.ts";
import { fieldBounds, type InsnOperands } from "./build.ts";
import type { FieldName } from "./form.ts";
import { isRegister } from "./registers.ts";
import type { OperandName } from "./syntax.ts";
import { numberValue, type Token } from "./tokens.ts";

/** Where the operand stands, and the names it may use. */
export interface OperandContext {
  /** Slot of the instruction. */
  readonly slot: number;
  /** Slot of each label. */
  readonly labels: ReadonlyMap<string, number>;
  readonly helperNumber?: ((name: string) => number | undefined) | undefined;
}

/** Fields of the instruction, or what is wrong with the token. */
export type OperandValue =
  | { readonly kind: "fields"; readonly fields: InsnOperands }
  | { readonly kind: "problem"; readonly row: DiagnosticRow; readonly why: string };

interface OperandReader {
  /** How the operand is called in "expected …". */
  readonly label: string;
  /** Whether the token can be such an operand at all; its value is looked at later. */
  readonly accepts: (token: Token) => boolean;
  readonly read: (token: Token, context: OperandContext) => OperandValue;
}

const KERNEL_FUNCTION = "kernel-function#";
const REGISTER = /^[rw]\d+$/;

/** True for names that always mean a register and so cannot be labels. */
export function isRegisterName(name: string): boolean {
  return REGISTER.test(name);
}

function problem(row: DiagnosticRow, why: string): OperandValue {
  return { kind: "problem", row, why };
}

function fields(values: InsnOperands): OperandValue {
  return { kind: "fields", fields: values };
}

function register(prefix: "r" | "w", field: "dst" | "src"): OperandReader {
  return {
    label: prefix === "r" ? "a register r0…r10" : "a half register w0…w10",
    accepts: ({ kind, text }) => kind === "word" && text.startsWith(prefix) && isRegisterName(text),
    read: ({ text }) => {
      const value = Number(text.slice(1));
      return isRegister(value)
        ? fields({ [field]: value })
        : problem(abiDiagnostics.badRegister, `there is no ${text}`);
    },
  };
}

function fieldNumber(field: FieldName, value: bigint | undefined, text: string): OperandValue {
  const [low, high] = fieldBounds[field];
  if (value === undefined || value < BigInt(low) || value > BigInt(high)) {
    return problem(abiDiagnostics.outOfRange, `${text} is not between ${low} and ${high}`);
  }
  return fields({ [field]: Number(value) });
}

/** A 32-bit field; hexadecimal and unsigned forms may use the top bit. */
function number32(field: "imm" | "nextImm", unsigned: (token: Token) => boolean): OperandReader {
  return {
    label: "a number",
    accepts: ({ kind }) => kind === "number",
    read: (token) => {
      const value = numberValue(token);
      const wraps = value !== undefined && value > 0x7fff_ffffn && value <= 0xffff_ffffn && unsigned(token);
      return fieldNumber(field, wraps ? BigInt.asIntN(32, value) : value, token.text);
    },
  };
}

const isHexadecimal = ({ text }: Token): boolean => /0x/i.test(text);

const IMMEDIATE = number32("imm", isHexadecimal);

const IMMEDIATE_64: OperandReader = {
  label: "a number",
  accepts: ({ kind }) => kind === "number",
  read: (token) => {
    const value = numberValue(token);
    if (value === undefined || value < -(1n << 63n) || value >= 1n << 64n) {
      return problem(abiDiagnostics.outOfRange, `${token.text} does not fit 64 bits`);
    }
    return fields({ imm: Number(BigInt.asIntN(32, value)), nextImm: Number(BigInt.asIntN(32, value >> 32n)) });
  },
};

const OFFSET: OperandReader = {
  label: "an offset",
  accepts: ({ kind, text }) => kind === "number" && /^[+-]/.test(text),
  read: (token) => fieldNumber("offset", numberValue(token), token.text),
};

function distance(field: "offset" | "imm"): OperandReader {
  return {
    label: "a target (pc+N or a label)",
    accepts: ({ kind, text }) =>
      kind === "relative" || (kind === "number" && /^[+-]/.test(text)) || (kind === "word" && !isRegisterName(text)),
    read: (token, { slot, labels }) => {
      if (token.kind !== "word") return fieldNumber(field, numberValue(token), token.text);
      const target = labels.get(token.text);
      if (target === undefined) return problem(abiDiagnostics.unknownName, `there is no label ${token.text}`);
      return fieldNumber(field, BigInt(target - slot - 1), `the distance to ${token.text}`);
    },
  };
}

function numberAfterHash(token: Token): OperandValue {
  const text = token.text.slice(token.text.indexOf("#") + 1);
  return fieldNumber("imm", numberValue({ ...token, text }), text);
}

const HELPER: OperandReader = {
  label: "a helper (name#number)",
  accepts: ({ kind, text }) =>
    (kind === "named" && !text.startsWith(KERNEL_FUNCTION)) ||
    (kind === "number" && !/^[+-]/.test(text)) ||
    (kind === "word" && !isRegisterName(text)),
  read: (token, { helperNumber }) => {
    if (token.kind === "named") return numberAfterHash(token);
    if (token.kind === "number") return IMMEDIATE.read(token, { slot: 0, labels: new Map() });
    const known = helperNumber?.(token.text);
    return known === undefined
      ? problem(abiDiagnostics.unknownName, `${token.text} is neither a label nor a known helper`)
      : fields({ imm: known });
  },
};

const KFUNC: OperandReader = {
  label: `a kernel function (${KERNEL_FUNCTION}number)`,
  accepts: ({ kind, text }) => kind === "named" && text.startsWith(KERNEL_FUNCTION),
  read: numberAfterHash,
};

/** How to read each operand of the templates. */
export const operandReaders: { readonly [K in OperandName]: OperandReader } = {
  dst: register("r", "dst"),
  src: register("r", "src"),
  wdst: register("w", "dst"),
  wsrc: register("w", "src"),
  imm: IMMEDIATE,
  immHex: IMMEDIATE,
  plusImm: { ...IMMEDIATE, accepts: ({ kind, text }) => kind === "number" && /^[+-]/.test(text) },
  imm64: IMMEDIATE_64,
  nextImm: number32("nextImm", isHexadecimal),
  nextOffset: {
    ...number32("nextImm", () => true),
    accepts: ({ kind, text }) => kind === "number" && text.startsWith("+"),
  },
  offset: OFFSET,
  target: distance("offset"),
  farTarget: distance("imm"),
  helper: HELPER,
  kfunc: KFUNC,
};
