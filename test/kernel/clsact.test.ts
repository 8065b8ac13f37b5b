// What a killed process leaves behind at tc: a clsact filter with our name, which the next attach of the program reports
// and replaces, while the filter of a process that lives is left alone. Links leave nothing. Needs root.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, expect, test } from "vitest";
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { Netlink } from "../../packages/loader/src/kernel/netlink.ts";
import { listFilters } from "../../packages/loader/src/kernel/netlink-tc.ts";
import { openSys } from "../../packages/loader/src/kernel/sys.ts";
import { createTestbed, type Testbed } from "../../packages/loader/src/testing/index.ts";
import { describeKernel } from "./gate.ts";
import { dropping, present } from "./objects.ts";

const script = fileURLToPath(new URL("./clsact-child.ts", import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const where = { interface: "veth0", direction: "ingress" } as const;
const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
});

async function start({ host }: Testbed, task: "once" | "again"): Promise<ChildProcess> {
  const child = host.inNamespace(() => fork(script, [task], { execArgv: ["--import", tsx] }));
  children.add(child);
  const [message] = await Promise.race([once(child, "message"), once(child, "exit")]);
  expect(message).toBe("ready");
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

async function open({ host }: Testbed) {
  const sys = await openSys();
  const loaded = await kernel().load(dropping);
  const netlink = host.inNamespace(() => new Netlink(sys));
  return {
    attach: (name: string, mode: "tcx" | "clsact") =>
      host.inNamespace(() => present(loaded.programs.get(name)).attach({ ...where, mode })),
    filters: () => listFilters(netlink, host.interface.index, "ingress").map(({ name }) => name),
    [Symbol.dispose]: () => loaded[Symbol.dispose](),
  };
}

const ping = { from: "10.42.0.2", count: 2, timeoutMs: 300 };

describeKernel("a clsact filter of a process that was killed", () => {
  test.each(["clsact", "tcx"] as const)(
    "goes on filtering; the next attach by %s reports and replaces it",
    async (mode) => {
      await using testbed = await createTestbed();
      using tc = await open(testbed);
      // The neighbour is known from here on, so that later pings need nothing else.
      await testbed.ping({ from: "10.42.0.2" });
      await kill(await start(testbed, "once"));
      expect(tc.filters()).toEqual(["typebpf:drop"]);
      expect(await testbed.ping(ping)).toEqual({ sent: 2, received: 0 });
      const link = tc.attach("drop", mode);
      expect(link.warnings?.map(({ code, severity }) => [code, severity])).toEqual([["BPF6235", "warning"]]);
      expect(link.warnings?.[0]?.message).toMatch(/typebpf:drop .*tc ingress on veth0 \(priority \d+, handle 1\)/u);
      expect(tc.filters()).toEqual(mode === "clsact" ? ["typebpf:drop"] : []);
      link.detach();
      expect(tc.filters()).toEqual([]);
      expect(await testbed.ping(ping)).toEqual({ sent: 2, received: 2 });
      using again = tc.attach("drop", mode);
      expect(again.warnings).toEqual([]);
    },
  );

  test("is left alone by another program, and while its process lives", async () => {
    await using testbed = await createTestbed();
    using tc = await open(testbed);
    const child = await start(testbed, "once");
    using beside = tc.attach("drop", "clsact");
    expect(beside.warnings).toEqual([]);
    expect(tc.filters()).toEqual(["typebpf:drop", "typebpf:drop"]);
    await kill(child);
    using other = tc.attach("pass", "clsact");
    expect(other.warnings).toEqual([]);
    beside.detach();
    expect(tc.filters()).toEqual(["typebpf:pass", "typebpf:drop"]);
  });

  test("is at most one, whenever the kill comes, and none after the next attach", async () => {
    await using testbed = await createTestbed();
    using tc = await open(testbed);
    for (const wait of [0, 3, 11]) {
      const child = await start(testbed, "again");
      await delay(wait);
      await kill(child);
      const left = tc.filters();
      expect(left.length).toBeLessThanOrEqual(1);
      const link = tc.attach("drop", "clsact");
      expect(link.warnings?.length).toBe(left.length);
      link.detach();
      expect(tc.filters()).toEqual([]);
    }
  });
});
