// `typebpf explain`: pages of all packages, the list, suggestions, and examples that really cause what they explain.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { calls } from "../../packages/cli/src/explain/calls.ts";
import { document, Folder, typebpf } from "./harness.ts";

const folder = new Folder();
const filter = folder.file(
  "filter.bpf.ts",
  `import { hashMap, u32be, u64, xdp, XDP } from "@typebpf/dsl";
export const blocked = hashMap({ key: u32be, value: u64, maxEntries: 16 });
export const filter = xdp(() => (blocked.get(1) ? XDP.DROP : XDP.PASS));
`,
);
writeFileSync(join(folder.path, "filter.c"), "int main;");

/** The words of a command line, without the quotes. */
function words(call: string): string[] {
  return [...call.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
}

describe("explain", () => {
  test.each(["BPF2101", "bpf2101", "2101"])("%s has a page with an example", async (code) => {
    const { status, stdout } = await typebpf("explain", code);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^BPF2101: the index may lie outside of the array \(error\)\n/);
    expect(stdout).toContain("What to do: ");
    expect(stdout).toMatch(/A program that causes it\n\n.*seen\[ctx\.rxQueueIndex\] = 1; \/\/ ← BPF2101\n/s);
    expect(stdout).toMatch(/The same put right\n\n.*if \(ctx\.rxQueueIndex >= 16\) return XDP\.PASS;\n/s);
  });

  test.each(["BPF5002", "BPF2101", "BPF6150", "BPF6230", "BPF6190", "BPF6342"])("%s of each package", async (code) => {
    const { status, json } = await document("explain", code);
    expect({ status, json }).toMatchObject({ status: 0, json: { codes: [{ code }], diagnostics: [] } });
  });

  test("without a code all are listed", async () => {
    const { json } = await document("explain");
    const { codes } = json as { codes: readonly { code: string; title: string }[] };
    const { stdout } = await typebpf("explain");
    expect(codes.length).toBeGreaterThan(150);
    expect(codes.filter(({ code, title }) => !stdout.includes(`${code}  ${title.slice(0, 100)}`))).toEqual([]);
  });

  test.each([
    ["BPF2195", "did you mean BPF2105?"],
    ["BPF210", "did you mean BPF2100?"],
    ["nonsense", "typebpf explain lists all codes"],
  ])("%s is no code", async (code, help) => {
    const { status, stdout, stderr } = await typebpf("explain", code);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("error[BPF6308]");
    expect(stderr).toContain(help);
  });

  // An interface is looked for in a kernel; faults.test.ts has it.
  const runnable = Object.entries(calls).filter(([code]) => code !== "BPF6230");
  test.each(runnable)("%s: typebpf %s", async (code, call) => {
    const [command = "", ...rest] = words(call).map((word) =>
      word.replace(/^(filter\..*|none\..*)$/, `${folder.path}/$1`),
    );
    const { status, json } = await document(command, ...rest);
    expect({ status, json }).toMatchObject({ json: { diagnostics: [{ code }] } });
    expect(status).not.toBe(0);
  });
});

describe("disasm", () => {
  test("instructions have their source lines and maps by name", async () => {
    const { status, stdout, stderr } = await typebpf("disasm", filter);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(
      /^filter \(xdp\): \d+ instructions, \d+ bytes of stack\n; filter\.bpf\.ts:3 {2}export const filter/,
    );
    expect(stdout).toContain("= map[blocked]");
    expect(stdout).toContain("call bpf_map_lookup_elem#1\n");
    expect(await typebpf("build", filter, "--emit", "asm")).toMatchObject({ stdout });
  });

  test("the document has bytes and places", async () => {
    const { json } = await document("disasm", filter, "--program", "filter");
    expect(json).toMatchObject({
      programs: [{ name: "filter", type: "xdp", section: "xdp", instructions: expect.any(Array) }],
    });
    const { programs } = json as { programs: readonly [{ instructions: readonly { slot: number; bytes: string }[] }] };
    const bytes = programs[0].instructions.map((one) => one.bytes).join("");
    expect(bytes.length / 16).toBe((await countOf(filter)) ?? 0);
    expect(programs[0].instructions.at(-1)).toMatchObject({ bytes: "9500000000000000", text: "exit" });
  });

  test("bare bytecode", async () => {
    const hex = "180100000500000000000000010000009500000000000000";
    expect(await document("disasm", "--insns", hex)).toEqual({
      status: 0,
      json: {
        programs: [
          {
            name: "insns",
            type: null,
            section: null,
            stackBytes: null,
            instructions: [
              { slot: 0, bytes: hex.slice(0, 32), text: "r1 = 0x100000005 ll" },
              { slot: 2, bytes: hex.slice(32), text: "exit" },
            ],
          },
        ],
        diagnostics: [],
      },
    });
    expect((await typebpf("disasm", "--insns", hex)).stdout).toBe("   0: (18) r1 = 0x100000005 ll\n   2: (95) exit\n");
  });

  test("options that do not go together", async () => {
    expect(await document("disasm", filter, "--insns", "00")).toMatchObject({ status: 2, json: { programs: [] } });
    expect(await document("disasm")).toMatchObject({ status: 2, json: { diagnostics: [{ code: "BPF6302" }] } });
  });
});

async function countOf(path: string): Promise<number | undefined> {
  const { json } = await document("build", path);
  return (json as { programs: readonly { insns: number }[] }).programs[0]?.insns;
}

describe("suggestions", () => {
  test("a program and a map that were probably meant", async () => {
    const { stderr } = await typebpf("run", filter, "--packet", "00", "--program", "fliter");
    expect(stderr).toContain('did you mean "filter"?');
    const map = await typebpf("run", filter, "--packet", "00".repeat(14), "--set", "blokced[1]=1");
    expect(map.stderr).toContain('did you mean "blocked"?');
  });
});
