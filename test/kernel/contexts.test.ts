// The rows of contexts and return values against this kernel's verifier: for each kind of program a tiny program that reads
// or writes a field at its place, or returns a value, and whether it is let in. Kinds that load only with a function of the
// kernel to attach to, or that this machine refuses whatever they do, are left out by name.
import {
  assemble,
  type ContextFieldRow,
  type ContextRow,
  contextOf,
  contexts,
  encode,
  fieldsOf,
  type ProgramKindName,
  type ProgramKindRow,
  programKindNames,
  programKinds,
  programSection,
  programTypes,
  type ReturnRow,
  returnValues,
  uapi,
} from "@typebpf/abi";
import { expect, test } from "vitest";
import { Attr, attrLayouts } from "../../packages/loader/src/kernel/attr.ts";
import { openSys, type Sys } from "../../packages/loader/src/kernel/sys.ts";
import { describeKernel, olderThan } from "./gate.ts";

/** True where the kernel lets the program in. */
function isAccepted(sys: Sys, kind: ProgramKindName, assembly: string): boolean {
  const { insns } = assemble(assembly);
  const bytes = encode(insns);
  const row: ProgramKindRow = programKinds[kind];
  const code = sys.allocate(bytes.length);
  code.bytes.set(bytes);
  const license = sys.allocate(4);
  license.bytes.set(new TextEncoder().encode("GPL"));
  const attr = new Attr(sys, attrLayouts.programLoad);
  attr.set("prog_type", programTypes[row.type].number).set("insn_cnt", bytes.length / 8);
  attr.set("insns", code).set("license", license);
  if (programSection(row.section)?.sleepable) attr.set("prog_flags", uapi.constant.BPF_F_SLEEPABLE);
  if (row.attach !== undefined) attr.set("expected_attach_type", uapi.attachType[row.attach]);
  const fd = attr.call(uapi.command.PROG_LOAD);
  if (fd >= 0) sys.close(fd);
  return fd >= 0;
}

function rangeOf(kind: ProgramKindName): readonly [number, number] | undefined {
  const row: ReturnRow = returnValues[programKinds[kind].returns];
  return row.range;
}

/** Returns what every kind may return. */
function ending(kind: ProgramKindName): string {
  return `r0 = ${rangeOf(kind)?.[0] ?? 0}\nexit`;
}

/** Programs that differ in nothing that the verifier sees are asked about once. */
function distinct(): readonly ProgramKindName[] {
  const seen = new Set<string>();
  return programKindNames.filter((kind) => {
    const row: ProgramKindRow = programKinds[kind];
    const key = `${row.type} ${row.attach}`;
    return !seen.has(key) && seen.add(key) && !olderThan(row.since);
  });
}

/** Each field that the struct has, with the accesses to try: its first and its last item. */
function placesOf(kind: ProgramKindName) {
  const row: ContextRow = contexts[contextOf(kind)];
  const fields = row.fields.filter(({ since }) => !olderThan(since));
  return fields.flatMap((field) =>
    [...new Set([0, (field.count ?? 1) - 1])].map((item) => ({ field, offset: field.offset + item * field.size })),
  );
}

/** The bytes that our compiler reads of a field. */
function readSize({ bits, size }: ContextFieldRow): number {
  return bits === 16 ? 2 : size;
}

function endOf({ offset, size, count = 1 }: ContextFieldRow): number {
  return offset + size * count;
}

/** Types whose programs need a function of the kernel or another program to attach to, or a kernel made for them. */
const aloneNot: readonly string[] = ["tracing", "lsm", "struct_ops", "ext", "lirc_mode2"];

describeKernel("contexts by kind", () => {
  const kinds = distinct();

  test.each(kinds)("%s: fields are read and written as the rows say", async (kind) => {
    const sys = await openSys();
    if (!isAccepted(sys, kind, ending(kind))) return expect(aloneNot).toContain(programKinds[kind].type);
    const mine = fieldsOf({ kind });
    const wrong = placesOf(kind).flatMap(({ field, offset }) => {
      // Fields that lie in one place are one to the verifier.
      const there = mine.filter(
        (one) => (offset - one.offset) % one.size === 0 && offset >= one.offset && offset < endOf(one),
      );
      const isReadable = there.some((one) => readSize(one) === readSize(field));
      const isWritable = there.some((one) => one.access === "readWrite" && one.is === "integer");
      const read = `r1 = *(u${readSize(field) * 8} *)(r1 +${offset})\n${ending(kind)}`;
      const write = `r2 = 0\n*(u${field.size * 8} *)(r1 +${offset}) = r2\n${ending(kind)}`;
      return [
        ...(isAccepted(sys, kind, read) === isReadable ? [] : [`${field.name}+${offset}: read ${!isReadable}`]),
        ...(isAccepted(sys, kind, write) === isWritable ? [] : [`${field.name}+${offset}: write ${!isWritable}`]),
      ];
    });
    expect(wrong).toEqual([]);
  });

  test.each(kinds)("%s: parts of fields are read", async (kind) => {
    const sys = await openSys();
    if (!isAccepted(sys, kind, ending(kind))) return;
    for (const { offset, size, name } of fieldsOf({ kind }).filter((field) => field.name.includes("."))) {
      expect([name, isAccepted(sys, kind, `r1 = *(u${size * 8} *)(r1 +${offset})\n${ending(kind)}`)]).toEqual([
        name,
        true,
      ]);
    }
  });

  test.each(kinds)("%s: returns what the row says", async (kind) => {
    const sys = await openSys();
    if (!isAccepted(sys, kind, ending(kind))) return;
    const [min, max] = rangeOf(kind) ?? [-2, 0xffff];
    const values = [-2, -1, 0, 1, 2, 3, 4, 7, 128, 0xffff];
    const taken = values.filter((value) => isAccepted(sys, kind, `r0 = ${value}\nexit`));
    expect(taken).toEqual(values.filter((value) => value >= min && value <= max));
  });
});
