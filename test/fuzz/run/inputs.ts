// Random inputs of programs: packets of many lengths with operands at the ends of their types, and entries in maps.
import fc from "fast-check";
import { type CaseRun, plainRun } from "../../harness/case-file.ts";

const corner = fc.constantFrom(0, 0, 1, 0x7f, 0x80, 0xff, 0xff, 0xfe, 2, 8);

/** Bytes of which many are at the ends of what a byte holds, in runs as wide integers have them. */
function bytes(length: number): fc.Arbitrary<number[]> {
  const run = fc.oneof(
    { weight: 3, arbitrary: fc.tuple(corner, fc.constantFrom(1, 1, 2, 4, 8)) },
    { weight: 2, arbitrary: fc.tuple(fc.nat(255), fc.constant(1)) },
  );
  return fc
    .noBias(fc.array(run, { minLength: length, maxLength: length }))
    .map((runs) => runs.flatMap(([byte, count]) => Array<number>(count).fill(byte)).slice(0, length));
}

/** XDP's test run takes no less than an Ethernet header. */
const least = 14;
const most = 256;

const packet = fc
  .tuple(
    bytes(most),
    fc.oneof(
      { weight: 9, arbitrary: fc.constant(most) },
      { weight: 1, arbitrary: fc.integer({ min: least, max: most }) },
    ),
  )
  .map(([all, length]) => Uint8Array.from(all.slice(0, length)));

/** So many runs of each program. */
export function inputsOf(programs: readonly string[], each: number): fc.Arbitrary<readonly CaseRun[]> {
  const count = programs.length * each;
  return fc
    .noBias(fc.array(packet, { minLength: count, maxLength: count }))
    .map((packets) => packets.map((one, index) => plainRun(programs[index % programs.length] ?? "", one)));
}
