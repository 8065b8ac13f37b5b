// Nothing outlives the process: attachments and namespaces end with it, by whichever signal, and by exit. Needs root.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, expect, test } from "vitest";
import { removePin } from "../../packages/loader/src/index.ts";
import { createTestbed, type TestbedSide } from "../../packages/loader/src/testing/index.ts";
import { Bpffs } from "./bpffs.ts";
import { describeKernel } from "./gate.ts";

const script = fileURLToPath(new URL("./process-child.ts", import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
});

/** A child inside the side's network that has done its task. */
async function start(side: TestbedSide, ...task: readonly string[]): Promise<ChildProcess> {
  const child = side.inNamespace(() => fork(script, [...task], { execArgv: ["--import", tsx] }));
  children.add(child);
  const [message] = await Promise.race([once(child, "message"), once(child, "exit")]);
  expect(message).toBe("ready");
  return child;
}

const endings: Readonly<Record<string, (child: ChildProcess) => unknown>> = {
  SIGKILL: (child) => child.kill("SIGKILL"),
  SIGINT: (child) => child.kill("SIGINT"),
  SIGTERM: (child) => child.kill("SIGTERM"),
  SIGHUP: (child) => child.kill("SIGHUP"),
  exit: (child) => child.send("exit"),
};

describeKernel("a process that ends", () => {
  test.each(Object.entries(endings))("by %s leaves nothing attached", async (_, end) => {
    await using testbed = await createTestbed();
    const child = await start(testbed.host, "attach");
    const attached = () => testbed.host.links().find((link) => link.name === "veth0")?.xdp;
    expect(attached()).toBeDefined();
    const ended = once(child, "exit");
    end(child);
    await ended;
    expect(attached()).toBeUndefined();
  });

  test.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)("by %s leaves what it pinned, and that only", async (signal) => {
    using fs = new Bpffs();
    await using testbed = await createTestbed();
    const child = await start(testbed.host, "pin", fs.folder);
    const attached = () => testbed.host.links().find((link) => link.name === "veth0")?.xdp?.programId;
    const program = attached();
    expect(program).toBeDefined();
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
    expect(attached()).toBe(program);
    expect(readdirSync(fs.path("maps")).toSorted()).toEqual(["blocked", "hits"]);
    await removePin("link", fs.path("link"));
    expect(attached()).toBeUndefined();
  });

  test.each(["SIGKILL", "exit"] as const)("by %s leaves nothing of a pinning that failed half way", async (name) => {
    using fs = new Bpffs();
    await using testbed = await createTestbed();
    const child = await start(testbed.host, "failingPin", fs.folder);
    const attached = () => testbed.host.links().find((link) => link.name === "veth0")?.xdp;
    expect(attached()).toBeDefined();
    expect(readdirSync(fs.folder).filter((one) => !one.includes("."))).toEqual([]);
    const ended = once(child, "exit");
    endings[name]?.(child);
    await ended;
    expect(attached()).toBeUndefined();
  });

  test("by SIGKILL leaves no namespace", async () => {
    await using testbed = await createTestbed();
    const child = await start(testbed.host, "testbed");
    const witness = () => testbed.host.links().some((link) => link.name === "witness");
    expect(witness()).toBe(true);
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
    // The kernel takes namespaces down in the background; with them go both ends of their veth pairs.
    while (witness()) await delay(20);
  });

  test("that makes a test bed takes it away again, and stays in its own network", async () => {
    const { createNamespace } = await import("../../packages/loader/src/testing/namespace.ts");
    const { openSys } = await import("../../packages/loader/src/kernel/sys.ts");
    const { readlinkSync } = await import("node:fs");
    const here = () => readlinkSync("/proc/thread-self/ns/net");
    const home = here();
    using namespace = await createNamespace(await openSys());
    expect(here()).toBe(home);
    expect(namespace.run(here)).not.toBe(home);
    const failing = (): never => {
      throw new Error("stop");
    };
    expect(() => namespace.run(failing)).toThrow("stop");
    expect(() => namespace.run(async () => 1)).toThrow("synchronous");
    expect(here()).toBe(home);
  });
});
