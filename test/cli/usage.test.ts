// What the command refuses: usage, files and values, each with its code, exit status 2, and a document that has the
// command's form with --json. Nothing shows a stack.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { commandTable } from "../../packages/cli/src/completion/table.ts";
import { createProgram } from "../../packages/cli/src/program.ts";
import { document, Folder, packetFrom, typebpf } from "./harness.ts";

const folder = new Folder();
const firewall = folder.firewall();
const packet = packetFrom("10.0.0.9");
const run = ["run", firewall, "--packet", packet] as const;

const refused: readonly (readonly [code: string, command: string, ...args: string[]])[] = [
  ["BPF6300", "rum"],
  ["BPF6301", "run", "--pcpa", "x"],
  ["BPF6300", "toString"],
  ["BPF6302", "run"],
  ["BPF6302", "check"],
  ["BPF6302", "test", firewall],
  ["BPF6302", "attach", firewall],
  ["BPF6303", "run", firewall, "-O7"],
  ["BPF6303", "run", firewall, "--repeat", "0"],
  ["BPF6303", "run", firewall, "--packet"],
  ["BPF6303", "check", firewall, "--target-kernel", "new"],
  ["BPF6304", "check", firewall, "-O1"],
  ["BPF6304", "run", "--insns", "95", "--pcap", "x"],
  ["BPF6304", "run", firewall, "--packet", packet, "--memory", "00"],
  ["BPF6304", "build", firewall, "--emit", "elf"],
  ["BPF6115", "attach", firewall, "--interface", "none0", "--config", "limit=1"],
  ["BPF6306", ...run, "--program", "other"],
  ["BPF6307", "build", firewall, "--emit", "ir", "-o", "/tmp/none.ir"],
  ["BPF6310", "check", "none.bpf.ts"],
  ["BPF6310", "run", firewall, "--pcap", "/"],
  ["BPF6311", ...run, "--write", "/none/out.pcap"],
  ["BPF6313", "check", folder.file("broken.json", "{")],
  ["BPF6314", "check", folder.file("empty.json", "{}")],
  ["BPF6314", "check", folder.file("deep.json", "[".repeat(100_000) + "]".repeat(100_000))],
  ["BPF6314", "run", firewall, "--packets", folder.file("p.json", '[{"packet":"00","extra":1}]')],
  ["BPF6315", "check", folder.file("filter.c", "int main;")],
  ["BPF6320", "run", firewall],
  ["BPF6321", "run", firewall, "--pcap", folder.file("text.pcap", "hello world")],
  ["BPF6330", ...run, "--set", "other[1]=1"],
  ["BPF6331", ...run, "--set", "blocked"],
  ["BPF6150", ...run, "--set", "blocked[99999999999]=1"],
  ["BPF6154", ...run, "--set", "blocked[10.0.0.999]=1"],
  [
    "BPF6151",
    "run",
    firewall,
    "--packet",
    packet,
    "--maps",
    folder.file("m.json", '{"blocked":[{"key":{},"value":1}]}'),
  ],
  ["BPF6154", "run", firewall, "--packet", "xyz"],
];

describe("what is refused", () => {
  test.each(refused)("%s: %s", async (code, command, ...args) => {
    const { status, json } = await document(command, ...args);
    expect({ status, json }).toMatchObject({ status: 2, json: { diagnostics: [{ code }] } });
  });

  test("the document has the form of the command that was called", async () => {
    expect(Object.keys((await document("build", "--nothing")).json as object)).toEqual([
      "programs",
      "maps",
      "diagnostics",
    ]);
    expect(Object.keys((await document("nothing")).json as object)).toEqual(["diagnostics"]);
    expect((await document("test", "x.json", "--spec", "y", "--kernel")).json).toMatchObject({
      backend: "kernel",
      cases: [],
    });
  });

  test("people see one diagnostic with a suggestion, on standard error", async () => {
    expect(await typebpf("buidl")).toEqual({
      status: 2,
      stdout: "",
      stderr:
        "error[BPF6300]: unknown command 'buidl'\n  = help: did you mean build? typebpf --help lists the commands\n\n1 error\n",
    });
  });

  test("hostile text does not reach the terminal", async () => {
    const { stderr } = await typebpf("run", firewall, "--packet", packet, "--set", "a\u001b[31m[1]=2");
    expect(stderr).not.toContain("\u001b");
  });
});

describe("help", () => {
  test.each(["check", "build", "run", "test", "attach", "disasm", "explain", "completion"])(
    "%s --help has an example",
    async (command) => {
      const { status, stdout, stderr } = await typebpf(command, "--help");
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout).toMatch(new RegExp(`Examples?:\\s.*typebpf ${command} `));
      expect(stdout).toContain("--json");
    },
  );

  test("docs/cli.md has every command and option", () => {
    const text = readFileSync(new URL("../../docs/cli.md", import.meta.url), "utf8");
    const missing = commandTable(createProgram("0.0.0", async () => undefined)).flatMap(({ name, options }) => {
      const flags = options.map((option) => option.flags.at(-1) ?? "");
      const wanted = name === "help" ? [] : [`typebpf ${name}`, ...flags];
      return wanted.filter((one) => !["--help", "--output"].includes(one) && !text.includes(one));
    });
    expect(missing).toEqual([]);
  });

  test("--help and --version of the whole", async () => {
    expect(await typebpf("--help")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("Example: typebpf run"),
    });
    expect(await typebpf("--version")).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    expect(await typebpf("help", "run")).toMatchObject({ status: 0, stderr: "" });
    expect(await typebpf()).toMatchObject({ status: 2, stdout: "" });
  });
});
