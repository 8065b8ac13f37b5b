// Lines to trace: the formats of bpf_trace_printk and bpf_trace_vprintk (bpf_bprintf_prepare of kernel/bpf/helpers.c,
// Linux 6.12). A format that the kernel refuses gives -EINVAL and no line.
import { errno } from "../../errno.ts";
import { bytesAt, giveBack, type Implementation, int, unsigned, type World, wide } from "./world.ts";

/** Most bytes of a line (MAX_BPRINTF_BUF). */
const maxLine = 1024;
const maxValues = 12;

type Write = (value: bigint) => string;

const bits: Readonly<Record<string, number>> = { "": 32, l: 64, ll: 64 };

/** How a conversion writes its value, of `width` bits. */
const conversions: Readonly<Record<string, (width: number) => Write>> = {
  d: (width) => (value) => BigInt.asIntN(width, value).toString(),
  i: (width) => (value) => BigInt.asIntN(width, value).toString(),
  u: (width) => (value) => BigInt.asUintN(width, value).toString(),
  x: (width) => (value) => BigInt.asUintN(width, value).toString(16),
  X: (width) => (value) => BigInt.asUintN(width, value).toString(16).toUpperCase(),
};

interface Line {
  readonly text: string;
  readonly values: readonly bigint[];
}

function padded(text: string, flags: string, width: number): string {
  if (flags.includes("-")) return text.padEnd(width);
  const sign = text.startsWith("-") ? "-" : "";
  return flags.includes("0") ? sign + text.slice(sign.length).padStart(width - sign.length, "0") : text.padStart(width);
}

/** The NUL-terminated text at an address. */
function textAt(world: World, address: bigint): string {
  const high = Number(BigInt.asIntN(32, address >> 32n));
  const low = Number(BigInt.asUintN(32, address));
  let text = "";
  for (let index = 0; index < maxLine; index++) {
    const [byte] = world.machine.memory.bytes(high, low + index, 1, "read");
    if (byte === undefined || byte === 0) break;
    text += String.fromCharCode(byte);
  }
  return text;
}

/** The line, or undefined where the kernel refuses the format. */
function format(world: World, text: string, next: (index: number) => bigint | undefined): Line | undefined {
  const values: bigint[] = [];
  let line = "";
  let rest = text;
  while (rest !== "") {
    const plain = /^(?:[^%]+|%%)/u.exec(rest)?.[0];
    if (plain !== undefined) {
      line += plain === "%%" ? "%" : plain;
      rest = rest.slice(plain.length);
      continue;
    }
    const [all, flags = "", width = "", length = "", kind = ""] =
      /^%([-+ #0]*)(\d*)(l{0,2})([diuxXcsp])/u.exec(rest) ?? [];
    const value = all === undefined ? undefined : next(values.length);
    if (all === undefined || value === undefined) return undefined;
    values.push(value);
    line += padded(written(world, kind, bits[length] ?? 32, value), flags, Number(width));
    rest = rest.slice(all.length);
  }
  return { text: line, values };
}

function written(world: World, kind: string, width: number, value: bigint): string {
  if (kind === "c") return String.fromCharCode(Number(value & 0xffn));
  if (kind === "s") return textAt(world, value);
  if (kind === "p") return value.toString(16).padStart(16, "0");
  return conversions[kind]?.(width)(value) ?? "";
}

function print(world: World, next: (index: number) => bigint | undefined): void {
  const bytes = bytesAt(world, 1, int(world, 2), "read");
  const end = bytes.indexOf(0);
  const source = String.fromCharCode(...bytes.subarray(0, Math.max(end, 0)));
  const isPrintable = /^[\t-\r\x20-\x7e]*$/u.test(source);
  const line = end < 0 || !isPrintable ? undefined : format(world, source, next);
  if (!line) {
    giveBack(world, -errno.EINVAL);
    return;
  }
  const text = line.text.slice(0, maxLine - 1);
  world.traced.push({ text, format: source, values: line.values });
  giveBack(world, text.length);
}

/** Values in r3 to r5. */
export const tracePrintk: Implementation = (world) =>
  print(world, (index) => (index < 3 ? wide(world, 3 + index) : undefined));

/** Values in memory, 8 bytes each. */
export const traceVprintk: Implementation = (world) => {
  const size = unsigned(world, 4);
  if (size % 8 !== 0 || size > maxValues * 8 || (size > 0 && wide(world, 3) === 0n)) {
    giveBack(world, -errno.EINVAL);
    return;
  }
  const data = size === 0 ? new Uint8Array(0) : bytesAt(world, 3, size, "read");
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  print(world, (index) => (index * 8 < size ? view.getBigUint64(index * 8, true) : undefined));
};
