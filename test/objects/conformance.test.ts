// Objects that others compiled (data beside the repository): every one is read, listed, and loaded where libbpf loads it.
// What cannot be loaded here yet is refused by name, and nothing else is.
import { existsSync, readFileSync } from "node:fs";
import { type BpfObject, decode, disassemble, encode, programSection, readElf } from "@typebpf/abi";
import { kernel, load } from "@typebpf/loader";
import { describe, expect, test } from "vitest";
import { codesOf, formatAssembly } from "../../packages/cli/src/output/assembly.ts";
import { stylesFor } from "../../packages/cli/src/output/style.ts";
import { describeKernel } from "../kernel/gate.ts";

interface Row {
  readonly path: string;
  readonly programs: readonly {
    readonly name: string;
    readonly section: string;
    readonly verdict: string;
    /** With which it was loaded: one of the recorder's own where libbpf does not know the section. */
    readonly prog_type: number;
  }[];
  readonly libbpf_open_error?: string;
}

const data = new URL("../../../shared/conformance/", import.meta.url);
const present = existsSync(new URL("objects.json", data));
const rows: readonly Row[] = present ? JSON.parse(readFileSync(new URL("objects.json", data), "utf8")) : [];
const cases = rows.map((row) => [row.path, row] as const);

function objectOf({ path }: Row): BpfObject {
  const read = readElf(readFileSync(new URL(path, data)));
  if ("format" in read) return read;
  throw new Error(read.map(({ code, message }) => `${code}: ${message}`).join("\n"));
}

describe.skipIf(!present)("objects of other compilers (needs ../shared/conformance/objects)", () => {
  test("all are there", () => expect(rows.length).toBe(103));

  test.each(cases)("%s is read and listed", (_, row) => {
    const object = objectOf(row);
    const codes = codesOf(object);
    for (const { insns } of codes) {
      expect(decode(encode(insns)).insns).toEqual(insns);
      expect(disassemble(insns).length).toBe(insns.length);
    }
    expect(formatAssembly(object, stylesFor(false)).split("instructions,").length).toBe(codes.length + 1);
    const names = new Set(codes.map(({ name, section }) => `${section} ${name}`));
    for (const { name, section } of row.programs) expect(names).toContain(`${section} ${name}`);
  });
});

/** Why an object that libbpf loads is not loaded here. */
function reasons({ foreign }: BpfObject): readonly string[] {
  if (!foreign) return [];
  const { programs, maps, references } = foreign;
  const all = [
    ...programs.map(({ type }) => type),
    ...maps.map(({ why }) => why),
    ...references.map(({ kind }) => kind),
  ];
  return [...new Set(all)].sort();
}

const accepted = rows.filter(
  ({ programs }) =>
    programs.length > 0 &&
    programs.every(
      ({ verdict, section, prog_type }) =>
        verdict === "accept" && (programSection(section)?.number ?? prog_type) === prog_type,
    ),
);

describeKernel("objects that libbpf loads", () => {
  const loadable = accepted.filter((row) => !objectOf(row).foreign);

  test.skipIf(!present)("the others are named", () => {
    const others = accepted.filter((row) => !loadable.includes(row));
    expect([...new Set(others.flatMap((row) => reasons(objectOf(row))))].sort()).toEqual([
      "core",
      "extern",
      "initial values of maps",
      'maps of the old form (section "maps")',
      "pinned maps",
    ]);
    expect(loadable.length).toBeGreaterThanOrEqual(9);
  });

  test.each(loadable.map((row) => [row.path, row] as const))("%s is loaded", async (_, row) => {
    await using loaded = await load(objectOf(row), kernel());
    expect(Object.keys(loaded.programs).sort()).toEqual(row.programs.map(({ name }) => name).sort());
  });
});
