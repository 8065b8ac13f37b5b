// What only terminals see: how far a long replay is, and colours. With --json, on pipes and on dumb terminals there is none.
import { describe, expect, test } from "vitest";
import { main } from "../../packages/cli/src/cli.ts";
import { writeCapture } from "../../packages/cli/src/pcap/write.ts";
import { Folder, packetFrom } from "./harness.ts";

const folder = new Folder();
const firewall = folder.firewall();
const data = Uint8Array.from(Buffer.from(packetFrom("10.0.0.9"), "hex"));
const capture = folder.file(
  "long.pcap",
  writeCapture(Array.from({ length: 600 }, () => ({ data, originalLength: data.length, time: 0n }))),
);

/** Runs the command on terminals, or on pipes. */
async function onTerminal(isTTY: boolean, env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const texts = { stdout: "", stderr: "" };
  const output = (name: "stdout" | "stderr") => ({
    isTTY,
    columns: 100,
    rows: 24,
    write: (text: string) => {
      texts[name] += text;
    },
  });
  const status = await main(args, { stdout: output("stdout"), stderr: output("stderr"), env });
  return { status, ...texts };
}

describe("on a terminal", () => {
  test("a long replay says how far it is, and takes it away at the end", async () => {
    const { status, stderr } = await onTerminal(true, {}, "run", firewall, "--pcap", capture);
    expect(status).toBe(0);
    const erase = "\r\u001b[K";
    const [before, ...shown] = stderr.split(erase);
    expect({ before, last: shown.pop() }).toEqual({ before: "", last: "" });
    expect(shown.length).toBeGreaterThan(0);
    for (const text of shown) expect(text).toMatch(/^\d+ of 600 packets$/);
  });

  interface Quiet {
    readonly name: string;
    readonly isTTY: boolean;
    readonly env: Readonly<Record<string, string>>;
    readonly options: readonly string[];
  }
  const quiet: readonly Quiet[] = [
    { name: "a pipe", isTTY: false, env: {}, options: [] },
    { name: "a dumb terminal", isTTY: true, env: { TERM: "dumb" }, options: [] },
    { name: "a document", isTTY: true, env: {}, options: ["--json"] },
  ];
  test.each(quiet)("nothing of it on $name", async ({ isTTY, env, options }) => {
    const { status, stdout, stderr } = await onTerminal(isTTY, env, "run", firewall, "--pcap", capture, ...options);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).not.toContain("\r");
  });

  test("colours, unless NO_COLOR says otherwise", async () => {
    expect((await onTerminal(true, {}, "explain", "BPF2101")).stdout).toContain("\u001b[1m");
    expect((await onTerminal(true, { NO_COLOR: "1" }, "explain", "BPF2101")).stdout).not.toContain("\u001b");
  });
});
