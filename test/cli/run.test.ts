// `typebpf run`, `test` and `build` on an object: documents, human output, files in and out, in the simulator and, where
// this machine can, in the kernel with the same results.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { machineCpus } from "@typebpf/loader";
import { canRunKernel } from "@typebpf/loader/testing";
import { describe, expect, test } from "vitest";
import { readCapture } from "../../packages/cli/src/pcap/read.ts";
import { writeCapture } from "../../packages/cli/src/pcap/write.ts";
import { document, Folder, packetFrom, typebpf } from "./harness.ts";

const folder = new Folder();
const firewall = folder.firewall();
const faulty = folder.faulty();
const bad = packetFrom("10.0.0.9");
const good = packetFrom("10.0.0.8");
const capability = await canRunKernel();
const kernelTest = test.skipIf(!capability.ok);
const why = capability.ok ? "" : ` (${capability.missing.join("; ")})`;

const block = ["--set", "blocked[10.0.0.9]=5"];
const runFirewall: readonly [string, ...string[]] = ["run", firewall, "--packet", bad, "--packet", good, ...block];

interface RunLike {
  readonly runs: readonly { readonly durationNs?: number }[];
}

function withoutTimes(json: unknown): object {
  const { runs, ...rest } = json as RunLike;
  return { ...rest, runs: runs.map(({ durationNs: _, ...run }) => run) };
}

/** A per-CPU value of this machine: `value` where programs run, `other` elsewhere. */
function onFirstCpu<T>(value: T, other: T): T[] {
  const { possible, first } = machineCpus();
  return Array.from({ length: possible }, (_, cpu) => (cpu === first ? value : other));
}

describe("run", () => {
  test("the document has runs, packets and map contents", async () => {
    const { status, json } = await document(...runFirewall);
    expect(status).toBe(0);
    expect(withoutTimes(json)).toEqual({
      backend: "simulator",
      runs: [
        { name: "packet 1", retval: 1, action: "DROP", packet: bad },
        { name: "packet 2", retval: 2, action: "PASS", packet: good },
      ],
      maps: {
        stats: [
          { key: 0, value: onFirstCpu({ packets: "2", bytes: "0" }, { packets: "0", bytes: "0" }) },
          { key: 1, value: onFirstCpu({ packets: "0", bytes: "0" }, { packets: "0", bytes: "0" }) },
        ],
        blocked: [{ key: 0x0a000009, value: "6" }],
      },
      diagnostics: [],
    });
  });

  const counter = fileURLToPath(new URL("../../bench/programs/xdp-counter.bpf.ts", import.meta.url));
  const capture = fileURLToPath(new URL("../../examples/captures/ping-dns-http.pcap", import.meta.url));
  const alike: readonly (readonly [name: string, args: readonly [string, ...string[]]])[] = [
    ["packets with a map entry", runFirewall],
    ["a capture", ["run", counter, "--pcap", capture]],
  ];
  kernelTest.each(alike)(`the kernel gives the same on %s, per-CPU maps included${why}`, async (_, args) => {
    const simulated = withoutTimes((await document(...args)).json);
    expect(withoutTimes((await document(...args, "--kernel")).json)).toEqual({ ...simulated, backend: "kernel" });
  });

  test("people see counts, maps without zeros and what it costs", async () => {
    const { status, stdout, stderr } = await typebpf(...runFirewall);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^firewall: 2 packets in the simulator$/m);
    expect(stdout).toMatch(/^DROP +1 +50\.0 %$/m);
    expect(stdout).toMatch(/^blocked \(hash, 1 of 4 entries\)\nkey +value\n10\.0\.0\.9 +6$/m);
    expect(stdout).toMatch(/^key +cpu +packets +bytes\n +0 +0 +2 +0\n\n/m);
    expect(stdout).toMatch(/^cost: .* instructions per packet/m);
  });

  test("map contents go out and in again; packets come from files and go into a capture", async () => {
    const first = (await document(...runFirewall)).json as { maps: unknown };
    const maps = folder.file("maps.json", JSON.stringify(first.maps));
    const packets = folder.file(
      "packets.json",
      JSON.stringify([{ name: "bad", packet: bad, ctx: { ingressIfindex: 1 } }]),
    );
    const data = Buffer.from(good, "hex");
    const capture = writeCapture([{ data, originalLength: data.length, time: 5_000_000_007n }]);
    const pcap = folder.file("in.pcap", capture);
    const write = join(folder.path, "out.pcap");
    const { status, json } = await document(
      "run",
      firewall,
      "--packets",
      packets,
      "--pcap",
      pcap,
      "--maps",
      maps,
      "--write",
      write,
    );
    expect(status).toBe(0);
    expect(json).toMatchObject({
      runs: [{ action: "PASS" }, { name: "bad", action: "DROP" }],
      maps: { stats: [{ value: onFirstCpu({ packets: "4" }, {}) }, {}], blocked: [{ value: "7" }] },
    });
    expect(Buffer.from(readFileSync(write)).equals(capture)).toBe(true);
    expect(readCapture(readFileSync(write), write).packets).toHaveLength(1);
  });

  test("bare bytecode", async () => {
    const { status, json } = await document(
      "run",
      "--insns",
      "180000000100000000000000010000009500000000000000",
      "--memory",
      "00ff",
    );
    expect({ status, json }).toMatchObject({
      status: 0,
      json: { r0: "4294967297", runs: [{ retval: 1, packet: "00ff" }] },
    });
  });

  test("a fault is an error on its line, with what came before it", async () => {
    const long = `${good}${"00".repeat(80)}`;
    const { status, json } = await document("run", faulty, "--packet", long, "--packet", good);
    expect({ status, json }).toMatchObject({
      status: 1,
      json: { runs: [{ name: "packet 1" }], diagnostics: [{ code: "BPF6100", at: { line: 2 } }] },
    });
    const { stderr } = await typebpf("run", faulty, "--packet", good);
    expect(stderr).toContain("--> firewall.bpf.ts:2:1");
    expect(stderr).toContain("2 | line 2");
    expect(stderr).toContain("1 error in ");
  });

  kernelTest(`a rejection by the kernel is an error on its line${why}`, async () => {
    const { status, json } = await document("run", faulty, "--packet", good, "--kernel");
    expect({ status, json }).toMatchObject({
      status: 1,
      json: { backend: "kernel", runs: [], diagnostics: [{ code: "BPF6214", at: { line: 2 } }] },
    });
  });

  test("a packet that cannot be run is left out and reported", async () => {
    const { status, json } = await document("run", firewall, "--packet", "00", "--packet", good);
    expect({ status, json }).toMatchObject({
      status: 2,
      json: { runs: [{ name: "packet 2" }], diagnostics: [{ code: "BPF6006" }] },
    });
  });
});

const entry = (key: string, value: string) => [{ map: "blocked", clear: 1, entries: [{ key, value }] }];
const spec = (packets: unknown): string =>
  folder.file(
    "spec.json",
    JSON.stringify({ program: "firewall", maps: entry("0a000009", "0100000000000000"), packets }),
  );

describe("test", () => {
  test("cases that hold, with state from packet to packet", async () => {
    const path = spec([
      {
        name: "one",
        data: bad,
        retval: 1,
        out: bad,
        after: [
          { map: "blocked", key: "0a000009", eq: 2 },
          { map: "stats", key: "00000000", off: 8, eq: "0" },
        ],
      },
      {
        name: "two",
        data: bad,
        retval: 1,
        bench: 0,
        after: [{ map: "stats", key: "00000000", off: 0, size: 4, eq: 2 }],
      },
      {
        name: "three",
        data: bad,
        retval: 2,
        maps: [{ map: "blocked", clear: 1 }],
        after: [{ map: "blocked", key: "0a000009", absent: 1 }],
      },
    ]);
    const expected = { passed: 3, failed: 0, diagnostics: [] };
    expect(await document("test", firewall, "--spec", path)).toMatchObject({ status: 0, json: expected });
    if (capability.ok) {
      expect(await document("test", firewall, "--spec", path, "--kernel")).toMatchObject({ status: 0, json: expected });
    }
  });

  test("each case that fails says why", async () => {
    const path = spec([
      { name: "verdict", data: bad, retval: 2 },
      { name: "packet", data: bad, out: good },
      { name: "sum", data: bad, after: [{ map: "blocked", key: "0a000009", eq: 1 }] },
      { name: "present", data: bad, after: [{ map: "blocked", key: "0a000009", absent: 1 }] },
      { name: "missing", data: bad, after: [{ map: "blocked", key: "0a00000a", eq: 1 }] },
      { name: "fine", data: bad, retval: 1 },
    ]);
    const { status, json } = await document("test", firewall, "--spec", path);
    expect(status).toBe(1);
    expect(json).toMatchObject({
      passed: 1,
      failed: 5,
      cases: [
        { name: "verdict", ok: false, why: "the verdict is 1 (DROP), expected 2 (PASS)" },
        { name: "packet", ok: false, why: "the packet differs at byte 29: 09, expected 08" },
        { name: "sum", ok: false, why: 'map "blocked", key 0a000009, offset 0: 4, expected 1' },
        { name: "present", ok: false, why: 'map "blocked", key 0a000009: there is an entry, expected none' },
        { name: "missing", ok: false, why: 'map "blocked", key 0a00000a: there is no entry' },
        { name: "fine", ok: true },
      ],
    });
    const { stdout } = await typebpf("test", firewall, "--spec", path);
    expect(stdout).toContain("failed verdict: the verdict is 1 (DROP), expected 2 (PASS)\n");
    expect(stdout).toContain("firewall in the simulator: 1 of 6 cases pass\n");
  });

  test.each([
    ["an unknown field", [{ data: bad, retvall: 1 }], "BPF6341"],
    ["a key of another size", [{ data: bad, after: [{ map: "blocked", key: "0a", eq: 1 }] }], "BPF6340"],
    [
      "bytes outside of the value",
      [{ data: bad, after: [{ map: "blocked", key: "0a000009", off: 4, eq: 1 }] }],
      "BPF6340",
    ],
    ["a map that is not there", [{ data: bad, maps: [{ map: "none" }] }], "BPF6330"],
    ["a mark", [{ data: bad, mark: 1 }], "BPF6340"],
    ["no packet", [{ retval: 1 }], "BPF6314"],
  ])("a spec with %s is refused", async (_, packets, code) => {
    const { status, json } = await document("test", firewall, "--spec", spec(packets));
    expect({ status, json }).toMatchObject({ status: 2, json: { diagnostics: [{ code }] } });
  });
});

describe("build", () => {
  test("the document has programs and maps by the kernel's names", async () => {
    const { status, json } = await document("build", firewall);
    expect(status).toBe(0);
    const at = (line: number) => ({ file: "firewall.bpf.ts", line, text: "line" });
    expect(json).toEqual({
      programs: [
        {
          name: "firewall",
          type: "xdp",
          section: "xdp",
          insns: 33,
          stackBytes: 8,
          minimumKernel: "4.8",
          needs: [
            { what: "bpf_map_lookup_elem", since: "3.19", at: at(7) },
            { what: "map type hash", since: "3.19", at: at(22) },
            { what: "map type percpu_array", since: "4.6", at: at(6) },
            { what: "xdp programs", since: "4.8" },
          ],
        },
      ],
      maps: [
        { name: "stats", type: "percpu_array", keySize: 4, valueSize: 16, maxEntries: 2, flags: 0 },
        { name: "blocked", type: "hash", keySize: 4, valueSize: 8, maxEntries: 4, flags: 0 },
      ],
      diagnostics: [],
    });
  });

  test("an object that is built again is the same file", async () => {
    const { status, stdout } = await typebpf("build", firewall, "--emit", "json");
    expect(status).toBe(0);
    expect(stdout).toBe(readFileSync(firewall, "utf8"));
  });

  test("assembly has the source lines and the names of maps", async () => {
    const { stdout } = await typebpf("build", firewall, "--emit", "asm");
    expect(stdout).toContain("; firewall.bpf.ts:6  line 6\n   5: (18) r1 = map[stats]");
    expect(stdout).toContain("   7: (85) call bpf_map_lookup_elem#1\n");
  });
});
