// ELF objects on the command line: built, and taken by every command that takes a filter.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type BpfObject, readElf, writeElf } from "@typebpf/abi";
import { expect, test } from "vitest";
import { document, Folder, typebpf } from "./harness.ts";

const firewall = fileURLToPath(new URL("../../examples/firewall/firewall.bpf.ts", import.meta.url));
const folder = new Folder();
const built = folder.file("firewall.o", "");
const packet = `${"00".repeat(12)}86dd${"00".repeat(50)}`;

function objectIn(path: string): BpfObject {
  const read = readElf(readFileSync(path));
  if ("format" in read) return read;
  throw new Error(read.map(({ message }) => message).join());
}

test("build -o writes an ELF object, which the other commands take", async () => {
  expect((await typebpf("build", firewall, "-o", built)).status).toBe(0);
  expect(objectIn(built).programs.map(({ name }) => name)).toEqual(["firewall"]);
  const json = folder.file("firewall.json", "");
  expect((await typebpf("build", built, "--emit", "json", "-o", json)).status).toBe(0);
  expect(JSON.parse(readFileSync(json, "utf8"))).toMatchObject({ programs: [{ name: "firewall" }] });
  expect((await typebpf("check", built)).stdout).toMatch("1 program");
  const listing = (await typebpf("disasm", built)).stdout;
  expect(listing).toMatch(/map\[blocked\]/);
  expect(listing).toMatch("examples/firewall/firewall.bpf.ts:9  const eth");
  expect((await typebpf("run", built, "--packet", packet)).stdout).toMatch("PASS");
});

test("a damaged object is a diagnostic of the program", async () => {
  const { status, stderr } = await typebpf("check", folder.file("filter.o", "\u007fELF"));
  expect([status, stderr]).toEqual([1, expect.stringMatching("BPF5041")]);
});

test("an object with parts of another compiler is listed, and refused by name when it runs", async () => {
  const path = folder.file("probe.o", "");
  const { programs, ...object } = objectIn(built);
  // Nobody knows this section: reading takes its programs for foreign ones.
  const renamed = programs.map((one) => ({ ...one, section: "mine/vfs_read" }));
  writeFileSync(path, writeElf({ ...object, programs: renamed }));
  expect(await document("disasm", path)).toMatchObject({
    status: 0,
    json: { programs: [{ name: "firewall", type: "unknown", section: "mine/vfs_read" }] },
  });
  expect(await document("run", path, "--packet", packet)).toMatchObject({
    status: 2,
    json: { diagnostics: [{ code: "BPF6020" }] },
  });
});

test("an ELF object goes into a file", async () => {
  expect((await typebpf("build", firewall, "--emit", "elf")).stderr).toMatch("BPF6304");
});
