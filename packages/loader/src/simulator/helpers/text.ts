// Numbers in text, and texts compared. kernel/bpf/helpers.c (__bpf_strtoull), lib/string.c (Linux 6.12)
import { errno } from "../../errno.ts";
import { half, halfOf } from "../words.ts";
import { bytesAt, giveBack, type Implementation, int, type World, wide } from "./world.ts";

/** Bytes of a number that are looked at. */
const mostBytes = 63;

interface Parsed {
  readonly value: bigint;
  readonly negative: boolean;
  readonly length: number;
}

const bases: Readonly<Record<string, { readonly digits: RegExp; readonly prefix: string }>> = {
  8: { digits: /^[0-7]+/, prefix: "0o" },
  10: { digits: /^[0-9]+/, prefix: "" },
  16: { digits: /^[0-9a-fA-F]+/, prefix: "0x" },
};

/** _parse_integer_fixup_radix: the base, and how long a prefix of it is. */
function baseOf(text: string, wanted: bigint): readonly [base: number, prefix: number] {
  const hex = /^0[xX][0-9a-fA-F]/.test(text);
  if (wanted === 0n) return hex ? [16, 2] : [text.startsWith("0") ? 8 : 10, 0];
  return [Number(wanted), wanted === 16n && /^0[xX]/.test(text) ? 2 : 0];
}

/** The number that r1 (of r2 bytes) begins with, or a negative errno. */
function parse(world: World): Parsed | number {
  const flags = wide(world, 3);
  if (![0n, 8n, 10n, 16n].includes(flags)) return -errno.EINVAL;
  const source = String.fromCharCode(...bytesAt(world, 1, int(world, 2) >>> 0, "read"));
  const space = /^[\t-\r \xa0]*/.exec(source)?.[0].length ?? 0;
  const negative = source[space] === "-";
  const start = space + (negative ? 1 : 0);
  const text = source.slice(start, start + mostBytes);
  const [base, prefix] = baseOf(text, flags);
  const row = bases[base];
  const digits = row?.digits.exec(text.slice(prefix))?.[0];
  if (!row || digits === undefined) return -errno.EINVAL;
  const value = BigInt(`${row.prefix}${digits}`);
  if (value >= 2n ** 64n) return -errno.ERANGE;
  return { value, negative, length: start + prefix + digits.length };
}

function store(world: World, value: bigint, length: number): void {
  const place = bytesAt(world, 4, 8, "write");
  new DataView(place.buffer, place.byteOffset, 8).setBigUint64(0, BigInt.asUintN(64, value), true);
  giveBack(world, length);
}

export const strtol: Implementation = (world) => {
  const parsed = parse(world);
  if (typeof parsed === "number") return giveBack(world, parsed);
  const { value, negative, length } = parsed;
  const most = 2n ** 63n;
  if (negative ? value > most : value >= most) return giveBack(world, -errno.ERANGE);
  store(world, negative ? -value : value, length);
};

export const strtoul: Implementation = (world) => {
  const parsed = parse(world);
  if (typeof parsed === "number") return giveBack(world, parsed);
  if (parsed.negative) return giveBack(world, -errno.EINVAL);
  store(world, parsed.value, parsed.length);
};

/** −1, 0 or 1, as the first bytes that differ say. */
export const strncmp: Implementation = (world) => {
  const size = int(world, 2) >>> 0;
  const text = bytesAt(world, 1, size, "read");
  const { registers, memory } = world.machine;
  for (let at = 0; at < size; at++) {
    const own = text[at] ?? 0;
    const [other = 0] = memory.bytes(half(registers, halfOf(3) + 1), half(registers, halfOf(3)) + at, 1, "read");
    if (own !== other) return giveBack(world, own < other ? -1 : 1);
    if (own === 0) break;
  }
  giveBack(world, 0);
};
