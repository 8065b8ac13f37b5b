// Global variables and configuration on the command line: set, shown, in documents, and what is wrong with them.
import { expect, test } from "vitest";
import { document, Folder, typebpf } from "./harness.ts";

const folder = new Folder();
const filter = folder.file(
  "settings.bpf.ts",
  `import { config, struct, u16, u32, u32be, type u64, xdp, XDP } from "@typebpf/dsl";
const Last = struct("last", { length: u32, from: u32be });
export let count: u64 = 0n;
export let last = Last({ from: 0x0a000001 });
export const settings = config({ port: u16, limit: u32 }, { port: 53 });
export const factor = config(u32, 3);
export const main = xdp((ctx) => {
  count += BigInt(factor);
  last.length = ctx.packet.length;
  return ctx.packet.length > settings.limit ? XDP.DROP : XDP.PASS;
});
`,
);
const packet = "00".repeat(64);

test("variables are set, shown to people and in documents", async () => {
  const args: [string, ...string[]] = [
    "run",
    filter,
    "--packet",
    packet,
    "--set",
    "count=40",
    "--set",
    'last={"from":"10.0.0.9"}',
  ];
  const { stdout, status } = await typebpf(...args, "--config", "settings.limit=64", "--config", "factor=2");
  expect([status, stdout]).toEqual([0, expect.stringMatching(/PASS/)]);
  expect(stdout).toMatch(/count +42\n/);
  expect(stdout).toMatch(/last +\{ length: 64, from: 10\.0\.0\.9 \}/);
  expect(stdout).toMatch(/settings\.port +53\n/);
  expect(await document(...args)).toMatchObject({
    status: 0,
    json: {
      runs: [{ action: "DROP" }],
      globals: { count: "43", "settings.port": 53, "settings.limit": 0, factor: 3, last: { length: 64 } },
    },
  });
});

test("one member of a struct is configured, the others keep their defaults", async () => {
  const nested = folder.file(
    "nested.bpf.ts",
    `import { config, struct, u16, u32, u64, xdp, XDP } from "@typebpf/dsl";
const Range = struct("range", { from: u16, to: u64 });
export const settings = config({ ports: Range, limit: u32 }, { ports: { from: 7, to: 9n }, limit: 5 });
export const main = xdp(() => settings.ports.to > 10n ? XDP.DROP : XDP.PASS);
`,
  );
  const changed = await document("run", nested, "--packet", packet, "--config", "settings.ports.to=99999999999");
  expect(changed).toMatchObject({
    status: 0,
    json: {
      runs: [{ action: "DROP" }],
      globals: { "settings.ports": { from: 7, to: "99999999999" }, "settings.limit": 5 },
    },
  });
});

test.each([
  ["--config", "settings.prt.x=1", "BPF6115"],
  ["--config", "__proto__.x=1", "BPF6115"],
  ["--config", "settings.prt=1", "BPF6115"],
  ["--config", "settings.port=65536", "BPF6150"],
  ["--config", "settings", "BPF6331"],
  ["--config", "count=1", "BPF6115"],
  ["--set", "cuont=1", "BPF6330"],
  ["--set", "factor=1", "BPF6330"],
  ["--set", "count=-1", "BPF6150"],
])("%s %s is %s", async (option, text, code) => {
  const { status, json } = await document("run", filter, "--packet", packet, option, text);
  expect([status, json]).toMatchObject([2, { diagnostics: [{ code }] }]);
});
