// The command as a process of its own: the launcher, exit statuses, a reader that goes away, and attaching to an interface
// of a network namespace that ends with the process.
import { type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { canRunKernel } from "@typebpf/loader/testing";
import { describe, expect, test } from "vitest";
import { Folder, packetFrom } from "./harness.ts";

const launcher = fileURLToPath(new URL("../../packages/cli/bin/typebpf.mjs", import.meta.url));
const folder = new Folder();
const firewall = folder.firewall();
const run = ["run", firewall, "--packet", packetFrom("10.0.0.9"), "--json"];

function typebpf(args: readonly string[], before: readonly string[] = []): SpawnSyncReturns<string> {
  const [command = process.execPath, ...rest] = [...before, process.execPath, launcher, ...args];
  return spawnSync(command, rest, { encoding: "utf8", cwd: folder.path });
}

describe("as a process", () => {
  test("the launcher runs from any folder", () => {
    const { status, stdout, stderr } = typebpf(run);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ runs: [{ action: "PASS" }] });
  });

  test("usage errors have status 2", () => {
    expect(typebpf(["check"])).toMatchObject({ status: 2, stdout: "", stderr: expect.stringContaining("BPF6302") });
  });

  test("a reader that goes away is no error", async () => {
    const child = spawn(process.execPath, [launcher, ...run]);
    child.stdout.destroy();
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const status = await new Promise((resolve) => child.on("close", resolve));
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });
});

const capability = await canRunKernel();
const inNamespace = ["unshare", "--net"];
const missing = !capability.ok
  ? capability.missing.join("; ")
  : spawnSync("unshare", ["--net", "true"]).status === 0
    ? ""
    : "unshare(1) cannot make a network namespace";

describe.skipIf(missing !== "")(`attach${missing && ` (${missing})`}`, () => {
  test("attaches for a while and reports the maps", () => {
    const args = [
      "attach",
      firewall,
      "--interface",
      "lo",
      "--mode",
      "generic",
      "--duration",
      "0.1",
      "--json",
      "--set",
      "blocked[10.0.0.9]=5",
    ];
    const { status, stdout, stderr } = typebpf(args, inNamespace);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      backend: "kernel",
      link: { description: "xdp on lo (generic)" },
      maps: { blocked: [{ key: 0x0a000009, value: "5" }] },
      diagnostics: [],
    });
  });

  const shape = ["--program", "shape", "--direction", "egress"];
  const places: readonly (readonly [description: string, ...args: string[]])[] = [
    ["tc egress on lo (tcx)", ...shape, "--mode", "tcx"],
    ["tc egress on lo (clsact, priority 7, handle 1)", ...shape, "--mode", "clsact", "--priority", "7"],
    ["socket filter on a packet socket on lo", "--program", "watch"],
  ];
  test.each(places)("%s", (description, ...where) => {
    const args = ["attach", folder.sockets(), "--interface", "lo", ...where, "--duration", "0.1", "--json"];
    const { status, stdout, stderr } = typebpf(args, inNamespace);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const passed = where.includes("watch") ? { passed: 0 } : {};
    expect(JSON.parse(stdout)).toMatchObject({ link: { description }, maps: {}, ...passed, diagnostics: [] });
  });

  test("options of another type of program are refused", () => {
    const { status, stderr } = typebpf([
      "attach",
      folder.sockets(),
      "--program",
      "watch",
      "--interface",
      "lo",
      ...shape.slice(2),
    ]);
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining("BPF6309") });
  });

  test("detaches on SIGTERM and ends well", async () => {
    const [command = "", ...before] = inNamespace;
    const child = spawn(command, [...before, process.execPath, launcher, "attach", firewall, "--interface", "lo"]);
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (stdout === "" && text.includes("is attached")) child.kill("SIGTERM");
      stdout += text;
    });
    const status = await new Promise((resolve) => child.on("close", resolve));
    expect(status).toBe(0);
    expect(stdout).toMatch(/^firewall is attached: xdp on lo.*Ctrl-C detaches it\n.*blocked.*\ndetached\n$/s);
  });

  test("an unknown interface is the environment's fault", () => {
    const { status, stderr } = typebpf(["attach", firewall, "--interface", "none0"], inNamespace);
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining("BPF6230") });
  });
});
