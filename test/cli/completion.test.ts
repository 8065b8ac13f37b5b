// Completion scripts: every command and option is in them, and bash really completes with its own.
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { commandTable } from "../../packages/cli/src/completion/table.ts";
import { createProgram } from "../../packages/cli/src/program.ts";
import { document, Folder, typebpf } from "./harness.ts";

const folder = new Folder();
const has = (shell: string): boolean => spawnSync(shell, ["--version"]).status === 0;

async function script(shell: string): Promise<string> {
  const { status, stdout, stderr } = await typebpf("completion", shell);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout;
}

/** What bash offers for the last of the words. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const path = folder.file("completion.bash", await script("bash"));
  const program = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _typebpf; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync("bash", ["-c", program, "bash", path, ...words], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout.split("\n").filter((line) => line !== "");
}

describe("completion", () => {
  test.each(["bash", "zsh", "fish"])("%s: no command, option or choice is missing", async (shell) => {
    const text = await script(shell);
    const commands = commandTable(createProgram("0.0.0", async () => undefined));
    expect(commands.length).toBeGreaterThan(7);
    for (const { name, options } of commands) {
      expect(text).toContain(name);
      for (const { flags, value } of options) {
        for (const flag of flags) expect(text).toContain(shell === "fish" ? flag.replace(/^-+/, "") : flag);
        if (value?.kind === "words") expect(text).toContain(value.words.join(" "));
      }
    }
  });

  const words: readonly (readonly [line: readonly string[], offered: readonly string[]])[] = [
    [["typebpf", "bu"], ["build"]],
    [["typebpf", "build", "--em"], ["--emit"]],
    [
      ["typebpf", "build", "f.bpf.ts", "--emit", ""],
      ["elf", "json", "asm", "ir", "btf", "header"],
    ],
    [
      ["typebpf", "check", "-O", ""],
      ["0", "1", "2"],
    ],
    [["typebpf", "completion", "f"], ["fish"]],
    [["typebpf", "run", "--pcap", ""], []],
    [["typebpf", "help", "exp"], ["explain"]],
  ];
  test.skipIf(!has("bash")).each(words)("bash completes %j", async (line, expected) => {
    expect(await offered(...line)).toEqual(expected);
  });

  for (const shell of ["zsh", "fish"]) {
    const missing = has(shell) ? "" : " (it is not installed)";
    test.skipIf(missing !== "")(`${shell} can read its script${missing}`, async () => {
      const path = folder.file(`completion.${shell}`, await script(shell));
      expect(spawnSync(shell, ["--no-execute", path], { encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
    });
  }

  test("another shell is refused", async () => {
    expect(await document("completion", "tcsh")).toMatchObject({
      status: 2,
      json: { script: null, diagnostics: [{ code: "BPF6303" }] },
    });
  });
});
