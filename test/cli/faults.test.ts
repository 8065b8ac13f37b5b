// What can go wrong around a call, one row each: exactly one diagnostic with the right code and exit status, no stack, and
// nothing left behind. Files and options are given in this process; what concerns the process itself is in a process.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { canRunKernel } from "@typebpf/loader/testing";
import { describe, expect, test } from "vitest";
import { Folder, packetFrom, typebpf } from "./harness.ts";

const launcher = fileURLToPath(new URL("../../packages/cli/bin/typebpf.mjs", import.meta.url));
const folder = new Folder();
const firewall = folder.firewall();
const filter = folder.file(
  "filter.bpf.ts",
  `import { xdp, XDP } from "@typebpf/dsl";\nexport const filter = xdp(() => XDP.PASS);\n`,
);
const packet = packetFrom("10.0.0.9");
mkdirSync(join(folder.path, "folder.bpf.ts"));

/** A classic capture: its header, then records with the lengths that they claim. */
function capture(linkType: number, ...records: readonly (readonly [claimed: number, data: number])[]): Uint8Array {
  const parts = [
    Buffer.alloc(24),
    ...records.map(([claimed, data]) => {
      const record = Buffer.alloc(16 + data);
      record.writeUInt32LE(claimed, 8);
      record.writeUInt32LE(claimed, 12);
      return record;
    }),
  ];
  const [header = Buffer.alloc(24)] = parts;
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(0xffff, 16);
  header.writeUInt32LE(linkType, 20);
  return Buffer.concat(parts);
}

/** A pcapng section header that claims 4 GiB. */
function hugeSection(): Uint8Array {
  const bytes = Buffer.alloc(28);
  bytes.writeUInt32LE(0x0a0d0d0a, 0);
  bytes.writeUInt32LE(0xffff_fffc, 4);
  bytes.writeUInt32LE(0x1a2b3c4d, 8);
  bytes.writeUInt16LE(1, 12);
  return bytes;
}

const garbage = Uint8Array.from({ length: 4096 }, (_, at) => (at * 7919 + 13) & 0xff);
const onCapture = (name: string, bytes: Uint8Array): string[] => ["run", firewall, "--pcap", folder.file(name, bytes)];
const onSpec = (name: string, text: string): string[] => ["test", firewall, "--spec", folder.file(name, text)];
const onPacket = (...more: readonly string[]): string[] => ["run", firewall, "--packet", packet, ...more];

interface Fault {
  readonly name: string;
  readonly args: readonly string[];
  readonly code: string;
  readonly status: 1 | 2;
  /** In the message or the help. */
  readonly says?: string;
}

const faults: readonly Fault[] = [
  { name: "a missing file", args: ["check", "none.bpf.ts"], code: "BPF6310", status: 2, says: "no such file" },
  { name: "a folder", args: ["check", join(folder.path, "folder.bpf.ts")], code: "BPF6310", status: 2 },
  { name: "no name", args: ["check", ""], code: "BPF6310", status: 2 },
  { name: "a device without an end", args: ["run", firewall, "--pcap", "/dev/zero"], code: "BPF6310", status: 2 },
  { name: "binary garbage", args: ["check", folder.file("garbage.bpf.ts", garbage)], code: "BPF1003", status: 1 },
  { name: "zeros", args: ["check", folder.file("zeros.bpf.ts", new Uint8Array(4096))], code: "BPF1003", status: 1 },
  { name: "an empty filter", args: ["check", folder.file("empty.bpf.ts", "")], code: "BPF1005", status: 1 },
  { name: "a garbled object", args: ["check", folder.file("garbage.json", garbage)], code: "BPF6313", status: 2 },
  { name: "no capture", args: onCapture("no.pcap", garbage), code: "BPF6321", status: 2 },
  { name: "an empty file", args: onCapture("zero.pcap", new Uint8Array(0)), code: "BPF6321", status: 2 },
  {
    name: "a capture without packets",
    args: onCapture("none.pcap", capture(1)),
    code: "BPF6320",
    status: 2,
    says: "none.pcap",
  },
  {
    name: "a truncated capture",
    args: onCapture("cut.pcap", capture(1, [60, 60], [60, 10])),
    code: "BPF6323",
    status: 2,
    says: "packet 2, at byte 116",
  },
  {
    name: "a claim of 4 GiB",
    args: onCapture("huge.pcap", capture(1, [0xffff_ffff, 60])),
    code: "BPF6323",
    status: 2,
    says: "4294967295",
  },
  { name: "a claim of 4 GiB, pcapng", args: onCapture("huge.pcapng", hugeSection()), code: "BPF6323", status: 2 },
  {
    name: "a wrong link type",
    args: onCapture("wifi.pcap", capture(105, [60, 60])),
    code: "BPF6322",
    status: 2,
    says: "105",
  },
  { name: "a packet too short to run", args: ["run", firewall, "--packet", "0011"], code: "BPF6006", status: 2 },
  {
    name: "a packet too long to run",
    args: ["run", firewall, "--packet", "00".repeat(4000)],
    code: "BPF6007",
    status: 2,
  },
  { name: "a spec that is none", args: onSpec("list.json", "[]"), code: "BPF6314", status: 2 },
  { name: "a spec with a misspelled field", args: onSpec("field.json", `{"packts":[]}`), code: "BPF6341", status: 2 },
  {
    name: "a spec with a wrong packet",
    args: onSpec("hex.json", `{"packets":[{"data":"zz"}]}`),
    code: "BPF6154",
    status: 2,
  },
  {
    name: "a case that fails",
    args: onSpec("fail.json", `{"packets":[{"data":"${packet}","retval":1}]}`),
    code: "BPF6342",
    status: 1,
  },
  { name: "an unknown flag", args: onPacket("--kernal"), code: "BPF6301", status: 2, says: "--kernel" },
  {
    name: "an unknown program",
    args: onPacket("--program", "firewal"),
    code: "BPF6306",
    status: 2,
    says: `"firewall"`,
  },
  { name: "an unknown map", args: onPacket("--set", "blcked[1]=1"), code: "BPF6330", status: 2, says: `"blocked"` },
  { name: "a value out of range", args: onPacket("--set", `blocked[1]=${2n ** 64n}`), code: "BPF6150", status: 2 },
  {
    name: "a full map",
    args: onPacket(...[1, 2, 3, 4, 5].flatMap((key) => ["--set", `blocked[${key}]=1`])),
    code: "BPF6160",
    status: 2,
  },
  { name: "a full disk", args: onPacket("--write", "/dev/full"), code: "BPF6311", status: 2, says: "no space" },
  {
    name: "a folder to write to",
    args: ["build", filter, "--emit", "asm", "-o", folder.path],
    code: "BPF6311",
    status: 2,
  },
  { name: "a fault of the program", args: ["run", folder.faulty(), "--packet", packet], code: "BPF6100", status: 1 },
];

describe("faults", () => {
  test.each(faults)("$name: $code", async ({ args, code, status: expected, says = "" }) => {
    const { status, stderr } = await typebpf(...args);
    expect(stderr).toContain(says);
    expect(stderr.match(/^error\[BPF\d{4}\]/gm)).toEqual([`error[${code}]`]);
    expect(stderr).toMatch(/\n {2}= help: \S/);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(status).toBe(expected);
  });

  test("a flood of diagnostics is cut for people", async () => {
    const path = folder.file("flood.bpf.ts", "#".repeat(200));
    const { stderr } = await typebpf("check", path);
    expect(stderr.match(/^error\[/gm)?.length).toBeLessThanOrEqual(50);
  });
});

/** A shell script in which `typebpf ` is the command; gives what it printed. */
function shell(script: string, before: readonly string[] = []) {
  // Not a function: in the background, that would be a process of its own.
  const command = `"${process.execPath}" "${launcher}" `;
  const text = `cd "${folder.path}"; rm -f out\n${script.replaceAll("typebpf ", command)}`;
  const [first = "sh", ...args] = [...before, "sh", "-c", text];
  const { status, stdout, stderr } = spawnSync(first, args, { encoding: "utf8", timeout: 50_000 });
  expect(stderr).not.toMatch(/^ +at /m);
  return { status, stdout, stderr };
}

describe("the process", () => {
  test("a pipe that closes early is no error", () => {
    const { stderr, stdout } = shell(`{ typebpf explain; echo "status $?" >&2; } | head -1`);
    expect({ stdout, stderr }).toEqual({ stdout: "The language\n", stderr: "status 0\n" });
  });

  test("a full disk behind standard output is", () => {
    const { status, stderr } = shell("typebpf explain > /dev/full");
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining("error[BPF6311]") });
  });

  test("Ctrl-C ends a run without a word", () => {
    const { stdout, stderr } = shell(`typebpf run firewall.json --packet ${packet} --repeat 2147483647 & sleep 3
      kill -INT $!; wait $!; echo "status $?"`);
    expect({ stdout, stderr }).toMatchObject({ stdout: "status 130\n" });
    expect(stderr).not.toContain("error");
  });
});

const capability = await canRunKernel();
const missing = !capability.ok
  ? capability.missing.join("; ")
  : spawnSync("unshare", ["--net", "ip", "link", "set", "lo", "up"]).status === 0
    ? ""
    : "unshare(1) and ip(8) cannot make a network namespace";

describe.skipIf(missing !== "")(`attach${missing && ` (${missing})`}`, () => {
  const inNamespace = (script: string) => shell(script, ["unshare", "--net"]);
  folder.sockets();
  // Also ends when the command does: `out` then has why.
  const attached = "while kill -0 $! && ! grep -qs 'is attached' out; do sleep 0.05; done";
  const left = "bpftool net show; tc filter show dev lo egress";

  test("without privilege", () => {
    const before = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"];
    const { status, stderr } = shell("typebpf attach firewall.json --interface lo", before);
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining("error[BPF6204]") });
  });

  test("an interface that is not there", () => {
    const { status, stderr } = inNamespace("typebpf attach firewall.json --interface l0");
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining("error[BPF6230]") });
    expect(stderr).toContain('did you mean "lo"?');
  });

  test("a hook that is taken", () => {
    const { stdout } = inNamespace(`typebpf attach firewall.json --interface lo > out 2>&1 & first=$!
      ${attached}
      typebpf attach firewall.json --interface lo 2>&1; echo "status $?"
      kill $first; wait $first; echo "status $?"; bpftool net show`);
    expect(stdout).toContain("error[BPF6231]");
    expect(stdout).toMatch(/status 2\nstatus 0\n/);
    expect(stdout.slice(stdout.indexOf("xdp:"))).not.toContain("lo(");
  });

  test("an interface that is removed meanwhile", () => {
    const { stdout } = inNamespace(`ip link add gone0 type veth peer name gone1 && ip link set gone0 up
      typebpf attach firewall.json --interface gone0 > out 2>&1 & pid=$!
      ${attached}
      ip link delete gone0; wait $pid; echo "status $?"; cat out`);
    expect(stdout).toMatch(/^status 2\n/);
    expect(stdout.match(/error\[BPF\d{4}\]/g)).toEqual(["error[BPF6350]"]);
  });

  test.each(["INT", "TERM", "HUP"])("SIG%s ends it well, and a clsact filter is gone", (signal) => {
    const { stdout } = inNamespace(`ip link set lo up
      typebpf attach sockets.json --program shape --interface lo --direction egress --mode clsact > out 2>&1 & pid=$!
      ${attached}
      kill -${signal} $pid; wait $pid; echo "status $?"; ${left}`);
    expect(stdout).toMatch(/^status 0\n/);
    expect(stdout).not.toContain("typebpf:");
  });

  test("a pipe that closes leaves no clsact filter", () => {
    const { stdout, stderr } = inNamespace(`ip link set lo up
      { typebpf attach sockets.json --program shape --interface lo --direction egress --mode clsact --duration 1; echo "status $?" >&2; } | head -1
      ${left}`);
    expect(stdout).toContain("shape is attached: tc egress on lo (clsact");
    expect(stdout).not.toContain("typebpf:");
    expect(stderr).toBe("status 0\n");
  });

  test("after kill -9 a link has gone, and a clsact filter is replaced", () => {
    const { stdout } = inNamespace(`ip link set lo up
      for mode in tcx clsact; do
        rm -f out
        typebpf attach sockets.json --program shape --interface lo --direction egress --mode $mode > out 2>&1 & pid=$!
        ${attached}
        kill -9 $pid; wait $pid 2> /dev/null; sleep 0.3
        echo "after $mode: $(bpftool net show | grep -c shape)"
      done
      typebpf attach sockets.json --program shape --interface lo --direction egress --duration 0.1 2>&1; echo "status $?"
      ${left}`);
    expect(stdout).toContain("after tcx: 0\nafter clsact: 1\n");
    expect(stdout).toContain("warning[BPF6235]");
    expect(stdout).toMatch(/detached\nstatus 0\n/);
    expect(stdout.slice(stdout.indexOf("status 0"))).not.toContain("typebpf:");
  });
});
