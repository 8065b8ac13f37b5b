// Files of another runtime's tests (data beside the repository) that no loader may take: each is one diagnostic.
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readElf } from "./read.ts";

interface Case {
  readonly name: string;
  readonly kind: string;
  readonly stale?: boolean;
  readonly elf: string | null;
}

const file = new URL("../../../../../../shared/conformance/isa.json", import.meta.url);
const present = existsSync(file);
const all: readonly Case[] = present ? JSON.parse(readFileSync(file, "utf8")).cases : [];
const cases = all.filter(({ kind }) => kind === "elf");
const fresh = cases.filter(({ stale }) => stale !== true);

describe.skipIf(!present)("ELF files that are refused (needs ../shared/conformance/isa.json)", () => {
  test("the data is what we think it is", () => expect([cases.length, fresh.length]).toEqual([21, 12]));

  test.each(fresh.map((one) => [one.name, one] as const))("%s", (_, { elf }) => {
    const bytes = Uint8Array.from((elf ?? "").match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
    const read = readElf(bytes);
    expect("format" in read ? "an object" : read.map(({ code }) => code)).toEqual([
      expect.stringMatching(/^BPF504[01]$/),
    ]);
  });
});
