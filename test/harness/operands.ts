// Rows of operands for sweeps: for each type the values where arithmetic changes its mind, in pairs: all of them or, where
// they are many, an even share in which every value meets many others. Deterministic.
import { type ScalarName, scalarLayouts, structLayout } from "@typebpf/abi";
import { encode } from "@typebpf/loader";

/** One row: the operands as they lie in memory, and as text. */
export interface OperandRow {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** Values around every power of two that a width, a shift count or an exact double cares about. */
const anchors: readonly bigint[] = [
  ...[0n, 1n, 2n, 3n, 5n, 7n, 8n, 10n, 31n, 32n, 33n, 63n, 64n, 65n, 100n],
  ...[127n, 128n, 255n, 256n, 0x7fffn, 0x8000n, 0xffffn, 0x1_0000n],
  ...[0x1234_5678n, 0x7fff_ffffn, 0x8000_0000n, 0xdead_beefn, 0xffff_ffffn, 0x1_0000_0000n],
  ...[0x1f_ffff_ffff_ffffn, 0x0123_4567_89ab_cdefn, 0x7fff_ffff_ffff_ffffn, 0x8000_0000_0000_0000n],
  ...[0xfedc_ba98_7654_3210n, 0xffff_ffff_ffff_ffffn],
];

function valuesOf(name: ScalarName): readonly bigint[] {
  const { size, signed } = scalarLayouts[name];
  const bits = size * 8;
  const [least, most] = signed
    ? [-(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n]
    : [0n, (1n << BigInt(bits)) - 1n];
  const candidates = [...anchors, ...anchors.map((value) => -value)];
  return [...new Set(candidates.filter((value) => value >= least && value <= most))];
}

const mostRows = 450;

function combinations(types: readonly ScalarName[]): readonly (readonly bigint[])[] {
  const columns = types.map(valuesOf);
  const [first = [], second = [0n], ...more] = columns;
  const all = first.flatMap((left, row) =>
    second.map((right, column) => [
      left,
      right,
      ...more.map((values) => values[(row + column * 3) % values.length] ?? 0n),
    ]),
  );
  const stride = Math.ceil(all.length / mostRows);
  // Each value of the first operand starts elsewhere, so that no value of the second is left out.
  return all
    .filter((_, index) => (index + Math.floor(index / second.length)) % stride === 0)
    .map((row) => row.slice(0, types.length));
}

/** All rows for operands of these types. */
export function operandRows(types: readonly ScalarName[]): readonly OperandRow[] {
  const layout = structLayout("operands", Object.fromEntries(types.map((name, i) => [`o${i}`, scalarLayouts[name]])));
  return combinations(types).map((row) => {
    const fields = row.map((value, i) => {
      const wide = scalarLayouts[types[i] ?? "u8"].size === 8;
      return [`o${i}`, wide ? value : Number(value)] as const;
    });
    return { bytes: encode(layout, Object.fromEntries(fields)), text: row.join(", ") };
  });
}
