// Tracing programs attached to what this process does: events, tracepoints, functions of libraries, declared probes, samples.
// Functions of the kernel are probed where the kernel has probes. Needs root.
import { execFileSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { compileFile } from "@typebpf/codegen";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { declaredProbes, openBinary } from "../../packages/loader/src/attach/binary.ts";
import type { AttachOptions } from "../../packages/loader/src/backend.ts";
import { kernel, load } from "../../packages/loader/src/index.ts";
import { describeKernel } from "./gate.ts";
import { diagnosticOf, present } from "./objects.ts";

const source = fileURLToPath(new URL("./filters/probes.bpf.ts", import.meta.url));
type Filters = typeof import("./filters/probes.bpf.ts");

async function open() {
  const { object, diagnostics } = await compileFile(source, { targetKernel: "6.6" });
  if (!object) throw new Error(diagnostics.map((one) => one.message).join("\n"));
  return load<Filters>(object, kernel(), { config: { settings: { pid: process.pid } } });
}

/** The C library, through the bridge that the loader has. */
const { load: library } = createRequire(new URL("../../packages/loader/package.json", import.meta.url))("koffi") as {
  load(name: string): { func(prototype: string): (value: number) => number };
};

const text = (bytes: Iterable<number>): string =>
  new TextDecoder().decode(Uint8Array.from(bytes)).replace(/\0.*$/s, "");

describeKernel("tracing", () => {
  let loaded: Awaited<ReturnType<typeof open>>;
  const libc = library("libc.so.6");
  const abs = libc.func("int abs(int)");
  const labs = libc.func("long labs(long)");
  beforeAll(async () => {
    loaded = await open();
  });
  afterAll(async () => loaded[Symbol.asyncDispose]());
  const count = (key: number): bigint => loaded.maps.counts.get(key) ?? 0n;
  const attach = (name: keyof typeof loaded.programs, options: object) =>
    present(loaded.programs[name]).attach(options as AttachOptions as never);

  test("an event: its fields and arguments", () => {
    using link = attach("opens", {});
    using end = attach("opened", {});
    expect(link.description).toBe("tracepoint syscalls:sys_enter_openat");
    const before = count(1);
    for (let round = 0; round < 4; round++) closeSync(openSync("/proc/self/comm", "r"));
    expect(count(1)).toBe(before + 4n);
    const found = present(loaded.maps.seen.get(1));
    expect(text(found.path)).toBe("/proc/self/comm");
    expect(text(found.comm)).toBe("openat");
    expect(found.pid).toBe(-100);
    expect(() => openSync("/proc/self/nothing", "r")).toThrow("ENOENT");
    expect(loaded.maps.values.get(1)).toBe(-2n);
    end.detach();
    link.detach();
    closeSync(openSync("/proc/self/comm", "r"));
    expect(count(1), "after detach").toBe(before + 5n);
  });

  test("an event with a text behind its fields, and one by a schema", async () => {
    using execs = attach("execs", {});
    using exits = attach("bySchema", {});
    expect([execs.attached?.(), exits.attached?.()]).toEqual([true, true]);
    execFileSync("/bin/true");
    const found = present(loaded.maps.seen.get(2));
    expect(text(found.path)).toBe("/bin/true");
    expect(found.length).toBe("/bin/true".length + 1);
    expect(text(present(loaded.maps.seen.get(4)).comm)).not.toBe("");
  });

  test("an event with arrays", async () => {
    using link = attach("switches", { event: "sched:sched_switch" });
    await delay(20);
    expect(link.warnings ?? []).toEqual([]);
    expect(count(2)).toBeGreaterThan(0n);
    expect(present(loaded.maps.seen.get(3)).pid).toBe(process.pid);
  });

  test("a raw tracepoint", async () => {
    using link = attach("raw", {});
    closeSync(openSync("/proc/self/comm", "r"));
    expect(count(3)).toBeGreaterThan(0n);
    link.detach();
    expect(await diagnosticOf(() => attach("raw", { event: "sys_entre" }))).toMatchObject({
      code: "BPF6373",
      help: expect.stringContaining("sys_enter"),
    });
    expect(await diagnosticOf(() => attach("tooMany", {}))).toMatchObject({ code: "BPF6373" });
  });

  test("a function of a library is called and returns", () => {
    using call = attach("called", { pid: process.pid });
    using back = attach("returned", { pid: process.pid });
    for (let round = 0; round < 5; round++) expect(abs(-4242)).toBe(4242);
    expect(count(4)).toBe(5n);
    expect(loaded.maps.values.get(4)).toBe(-4242n);
    expect(loaded.maps.values.get(5)).toBe(4242n);
    expect(call.description).toContain("uprobe /");
    back.detach();
    call.detach();
    abs(-1);
    expect(count(4)).toBe(5n);
  });

  test("a function of a library, by offset and in all processes", () => {
    const { path, executable } = openBinary("libc.so.6");
    const address = present(executable.symbols.find(({ name }) => name === "abs")).address;
    using link = attach("called", { binary: path, function: `0x${address.toString(16)}` });
    const before = count(4);
    abs(-7);
    expect(count(4)).toBe(before + 1n);
    expect(link.attached?.()).toBe(true);
  });

  test("many functions of a library", () => {
    using link = attach("many", {});
    labs(-4);
    expect(count(6)).toBe(1n);
    expect(link.id).toBeGreaterThan(0);
  });

  const declared = existsSync("/lib/x86_64-linux-gnu/libc.so.6") ? declaredProbes(openBinary("libc.so.6")) : [];
  test.skipIf(declared.length === 0)("a probe that a library declares", async () => {
    expect(declared).toContainEqual(expect.objectContaining({ provider: "libc", name: "setjmp" }));
    using link = attach("declared", { binary: "libc.so.6", probe: "libc:setjmp" });
    // The shell jumps.
    execFileSync("/bin/sh", ["-c", "true; (exit 0)"]);
    expect(link.attached?.()).toBe(true);
    expect(await diagnosticOf(() => attach("declared", { binary: "libc.so.6", probe: "libc:setjump" }))).toMatchObject({
      code: "BPF6377",
      help: expect.stringContaining("libc:"),
    });
  });

  test("samples of a clock", async () => {
    using link = attach("sampled", { event: "task-clock", period: 100_000, pid: process.pid });
    const end = process.cpuUsage().user + 50_000;
    while (process.cpuUsage().user < end) JSON.stringify([1, 2, 3]);
    expect(count(8)).toBeGreaterThan(10n);
    expect(count(9)).toBeGreaterThan(10n);
    link.detach();
    const after = count(8);
    await delay(5);
    expect(count(8)).toBe(after);
    using everywhere = attach("sampled", { event: "cpu-clock", frequency: 200 });
    await delay(50);
    expect(everywhere.attached?.()).toBe(true);
    expect(count(8)).toBeGreaterThan(after);
  });

  describe("says what is wrong", () => {
    test.each([
      ["opens", { event: "syscalls:sys_enter_openatt" }, "BPF6373", "sys_enter_openat"],
      ["opens", { evnt: "x:y" }, "BPF6234", "event"],
      ["called", { function: "abbs" }, "BPF6371", "abs"],
      ["called", { binary: "libnothing.so" }, "BPF6372", "path"],
      ["called", { binary: "/etc/hostname" }, "BPF6372", "ELF"],
      ["called", { pid: 0x7fff_fff0 }, "BPF6233", "no such process"],
      ["sampled", { event: "cycles" }, "BPF6234", ""],
      ["sampled", { event: "cpu-clock", period: 1000, frequency: 5 }, "BPF6234", "one"],
    ] as const)("%s %o", async (name, options, code, help) => {
      const found = await diagnosticOf(() => attach(name, options));
      expect(found.code).toBe(code);
      expect(`${found.message} ${found.help}`).toContain(help);
    });

    const hasCounters = existsSync("/sys/bus/event_source/devices/cpu");
    test.skipIf(hasCounters)("of counters that the machine does not have", async () => {
      expect((await diagnosticOf(() => attach("sampled", { event: "cpu-cycles" }))).code).toBe("BPF6376");
    });
  });

  const hasKprobes = existsSync("/sys/bus/event_source/devices/kprobe/type");
  test.skipIf(hasKprobes)("kernels without kprobes are told from those with them", async () => {
    expect((await diagnosticOf(() => attach("entered", {}))).code).toBe("BPF6370");
  });

  test.skipIf(!hasKprobes)(
    "a function of the kernel is called and returns (missing here: CONFIG_KPROBES)",
    async () => {
      using call = attach("entered", {});
      using back = attach("left", { function: "do_sys_openat2" });
      const fd = openSync("/proc/self/comm", "r");
      closeSync(fd);
      expect(count(10)).toBe(1n);
      expect(loaded.maps.values.get(10)).toBe(BigInt(fd));
      expect([call, back].map((link) => link.attached?.())).toEqual([true, true]);
      expect((await diagnosticOf(() => attach("entered", { function: "do_sys_openat3" }))).code).toBe("BPF6371");
    },
  );

  test("nothing is mounted for it", () => {
    expect(readFileSync("/proc/self/mounts", "utf8")).not.toMatch(/^\S+ \/proc\/self\S* tracefs/m);
  });
});
