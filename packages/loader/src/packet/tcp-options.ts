// Options of TCP: the common ones by name, in the order in which Linux sends them, or raw bytes. What they leave of
// the last 32-bit word is filled with no-operations, of raw bytes with zeros, which end the list (RFC 9293, RFC 7323).
import { type Layout, scalarLayouts, structLayout } from "@typebpf/abi";
import { describe, encode } from "../codec.ts";
import { loaderError } from "../diagnostics.ts";
import { optionBytes } from "./field.ts";
import { propertiesOf } from "./layer.ts";

const { u8, u16be, u32be } = scalarLayouts;

/** The common options. */
export interface TcpOptions {
  /** Maximum segment size. */
  readonly mss?: number;
  /** Selective acknowledgements are welcome. */
  readonly sackPermitted?: boolean;
  /** The sender's clock, and the value that it last heard. */
  readonly timestamps?: { readonly value: number; readonly echo: number };
  /** Shift of the window, 0 to 14. */
  readonly windowScale?: number;
}

interface OptionRow {
  readonly number: number;
  /** Undefined for an option without a value: it is there or not. */
  readonly layout: Layout | undefined;
}

const rows = {
  mss: { number: 2, layout: u16be },
  sackPermitted: { number: 4, layout: undefined },
  timestamps: { number: 8, layout: structLayout("timestamps", { value: u32be, echo: u32be }) },
  windowScale: { number: 3, layout: u8 },
} as const satisfies { readonly [K in keyof TcpOptions]-?: OptionRow };

const noOperation = 1;

function optionOf(row: OptionRow, value: unknown, path: string): readonly number[] {
  if (!row.layout) {
    if (typeof value === "boolean") return value ? [row.number, 2] : [];
    throw loaderError("valueKind", { message: `${path}: takes true or false, not ${describe(value)}` });
  }
  const bytes = encode(row.layout, value, path);
  return [row.number, bytes.length + 2, ...bytes];
}

/**
 * The bytes of options, a multiple of four.
 * @throws DiagnosticError BPF6150–6152 with the path of the option.
 */
export function tcpOptionBytes(options: TcpOptions | Uint8Array | undefined, path: string): Uint8Array {
  if (options === undefined || options instanceof Uint8Array) return optionBytes(options, 4, path);
  const given = new Map<string, unknown>(Object.entries(propertiesOf(options, path)));
  for (const name of given.keys()) {
    if (Object.hasOwn(rows, name)) continue;
    const known = `it has ${Object.keys(rows).join(", ")}`;
    throw loaderError("unknownField", { message: `${path}: there is no option ${describe(name)}; ${known}` });
  }
  const bytes = Object.entries(rows).flatMap(([name, row]) => {
    const value = given.get(name);
    return value === undefined ? [] : optionOf(row, value, `${path}.${name}`);
  });
  while (bytes.length % 4 !== 0) bytes.push(noOperation);
  return Uint8Array.from(bytes);
}
