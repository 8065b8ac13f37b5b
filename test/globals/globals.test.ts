// Globals and configuration from one filter on both back ends: typed handles, values given at load time, and what is
// wrong with them. The kernel's map behind read-only data is frozen.
import { fileURLToPath } from "node:url";
import { DiagnosticError } from "@typebpf/abi";
import { type Backend, kernel, load, simulator } from "@typebpf/loader";
import { describe, expect, test } from "vitest";
import { compile } from "../../packages/codegen/src/compile.ts";
import { kernelGate } from "../harness/kernel-gate.ts";

type Filter = typeof import("./settings.bpf.ts");

const gate = await kernelGate();
const object = await compile(fileURLToPath(new URL("./settings.bpf.ts", import.meta.url)));
const packet = new Uint8Array(64);

function messages(run: () => Promise<unknown>): Promise<readonly string[]> {
  return run().then(
    () => [],
    (error: unknown) => {
      if (!(error instanceof DiagnosticError)) throw error;
      return error.diagnostics.map(({ code, message }) => `${code} ${message}`);
    },
  );
}

function onBackend(make: () => Backend): void {
  test("programs and user space see the same variables", async () => {
    using loaded = await load<Filter>(object, make());
    const { globals, programs } = loaded;
    expect(programs.main.run(packet).action).toBe("DROP");
    expect(globals.count.get()).toBe(2n);
    globals.count.set(2n ** 64n - 1n);
    globals.step.set(7);
    globals.last.set({ saddr: 0xffff_ffff, port: 1 });
    globals.words.set([1, 2, 3]);
    programs.main.run(packet);
    expect(globals.count.get()).toBe(6n);
    expect(globals.step.get()).toBe(7);
    expect(globals.last.get()).toEqual({ saddr: 6, port: 53 });
    expect(globals.words.get()).toEqual([1, 2, 3, 3]);
    expect(globals.settings.get()).toEqual({ port: 53, limit: 0, from: { saddr: 7, port: 0 } });
    expect("set" in globals.factor).toBe(false);
  });

  test("config is what load was given, the rest has its defaults", async () => {
    const config = { settings: { limit: 64, from: { saddr: 1 } }, factor: 5 };
    using loaded = await load<Filter>(object, make(), { config });
    expect(loaded.programs.main.run(packet).action).toBe("PASS");
    expect(loaded.globals.settings.get()).toEqual({ port: 53, limit: 64, from: { saddr: 1, port: 0 } });
    expect(loaded.globals.factor.get()).toBe(5);
    expect(loaded.globals.last.get()).toEqual({ saddr: 1, port: 53 });
    expect(loaded.globals.words.get()).toEqual([1, 2, 3, 5]);
  });

  test("values that do not fit are refused and change nothing", async () => {
    using loaded = await load<Filter>(object, make());
    expect(() => loaded.globals.step.set(-1)).toThrow(/BPF6150|does not fit/);
    expect(() => loaded.globals.last.set({ saddr: 1, port: 65_536 })).toThrow(/last.port/);
    expect(loaded.globals.step.get()).toBe(2);
    expect(loaded.globals.last.get()).toEqual({ saddr: 0, port: 53 });
  });

  test("two objects have globals of their own, and none after the end", async () => {
    using one = await load<Filter>(object, make());
    const two = await load<Filter>(object, make());
    one.globals.count.set(5n);
    expect(two.globals.count.get()).toBe(0n);
    two.close();
    expect(() => two.globals.count.get()).toThrow(/BPF6005|disposed/);
  });
}

describe("in the simulator", () => onBackend(() => simulator()));
describe.skipIf(!gate.ok)(`in the ${gate.title}`, () => onBackend(() => kernel()));

test("what is wrong with a configuration is told at once", async () => {
  const config = { settings: { prt: 1, port: 65_536, limit: 1n }, factors: 1, count: 2n };
  expect(await messages(() => load(object, simulator(), { config }))).toEqual([
    "BPF6115 there is no configuration value settings.prt",
    "BPF6115 there is no configuration value factors",
    "BPF6115 there is no configuration value count",
    "BPF6150 settings.port: 65536 does not fit u16 (0 to 65535)",
    "BPF6151 settings.limit: u32 takes a number, not 1n",
  ]);
});
