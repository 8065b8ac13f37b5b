// The plugin as its runner starts it: arguments, standard input, standard output, exit status.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const plugin = fileURLToPath(new URL("./plugin.mjs", import.meta.url));

function run(
  args: readonly string[],
  input: string,
): { readonly status: number | null; readonly out: string; readonly err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [plugin, ...args], { input, encoding: "utf8" });
  return { status, out: stdout, err: stderr };
}

/** r0 = the 32-bit word at r1. */
const load = "61 10 00 00 00 00 00 00 95 00 00 00 00 00 00 00";

test("reads spaced hex and prints r0 without a prefix, alone", { timeout: 30_000 }, () => {
  expect(run(["aa  bb  cc  dd ", ""], `${load}\n`)).toEqual({ status: 0, out: "ddccbbaa\n", err: "" });
});

test("takes the program as an option too", { timeout: 30_000 }, () => {
  expect(run(["--program", load, "01000000"], "").out).toBe("1\n");
});

test("a fault is one line on standard error, and exit status 1", { timeout: 30_000 }, () => {
  const { status, out, err } = run([], load);
  expect([status, out]).toEqual([1, ""]);
  expect(err).toBe("BPF6101: read of 4 bytes through a null pointer\n");
});
