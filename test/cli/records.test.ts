// Ring buffers in the command: records of `run` on both back ends, and of `attach` as they come.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { canRunKernel } from "@typebpf/loader/testing";
import { describe, expect, test } from "vitest";
import { document, Folder, packetFrom, typebpf } from "./harness.ts";

const launcher = fileURLToPath(new URL("../../packages/cli/bin/typebpf.mjs", import.meta.url));
const folder = new Folder();
const filter = folder.file(
  "filter.bpf.ts",
  `import { ringBuffer, sizeOf, struct, u32be, u64, xdp, XDP } from "@typebpf/dsl";
import { Ethernet, EtherType, IPv4 } from "@typebpf/dsl/net";

const Seen = struct("seen", { source: u32be, bytes: u64 });
export const seen = ringBuffer({ value: Seen, maxEntries: 4096 });

export const filter = xdp((ctx) => {
  const eth = ctx.packet.at(0, Ethernet);
  if (!eth || eth.proto !== EtherType.IPv4) return XDP.PASS;
  const ip = ctx.packet.at(sizeOf(Ethernet), IPv4);
  if (!ip) return XDP.PASS;
  seen.output(Seen({ source: ip.saddr, bytes: BigInt(ctx.packet.length) }));
  return XDP.PASS;
});
`,
);
// More than the ring holds at once: it is read after each packet.
const packets = Array.from({ length: 300 }, (_, at) => ["--packet", packetFrom(`10.0.0.${at % 200}`)]).flat();
const capability = await canRunKernel();
const back: readonly (readonly string[])[] = capability.ok ? [[], ["--kernel"]] : [[]];

describe("records", () => {
  test.each(back)("run reads them in order %s", async (...options) => {
    const { status, json } = await document("run", filter, ...packets, ...options);
    expect(status).toBe(0);
    const records = Array.from({ length: 300 }, (_, at) => ({ source: 0x0a000000 + (at % 200), bytes: "42" }));
    expect(json).toMatchObject({ maps: {}, records: { seen: records }, diagnostics: [] });
  });

  test("a ring buffer has no entries to set", async () => {
    const { status, json } = await document("run", filter, ...packets.slice(0, 2), "--set", "seen[1]=1");
    expect({ status, json }).toMatchObject({ status: 2, json: { diagnostics: [{ code: "BPF6330" }] } });
  });

  test("people see the first ones", async () => {
    const { stdout } = await typebpf("run", filter, ...packets);
    expect(stdout).toContain(
      "\nseen (300 records)\n{ source: 10.0.0.0, bytes: 42 }\n{ source: 10.0.0.1, bytes: 42 }\n",
    );
    expect(stdout).toContain("\n… 260 more records; --json has all of them\n");
  });
});

const missing = !capability.ok
  ? capability.missing.join("; ")
  : spawnSync("unshare", ["--net", "ip", "link", "set", "lo", "up"]).status === 0
    ? ""
    : "unshare(1) and ip(8) cannot make a network namespace";

describe.skipIf(missing !== "")(`records of attach${missing && ` (${missing})`}`, () => {
  /** Attaches on the loopback interface while datagrams pass; gives what was printed. */
  function attached(...options: readonly string[]): string {
    const send = `const s = require("dgram").createSocket("udp4"); let n = 0;
      const t = setInterval(() => { s.send("x".repeat(100), 9, "127.0.0.1"); if (++n === 20) { clearInterval(t); s.close(); } }, 50)`;
    const command = `"${process.execPath}" "${launcher}" attach "${filter}" --interface lo --mode generic --duration 3`;
    const script = `ip link set lo up
      ${command} ${options.join(" ")} & pid=$!
      while kill -0 $pid && ! bpftool net show | grep -q generic; do sleep 0.05; done
      "${process.execPath}" -e '${send}'
      wait $pid; echo "status $?" >&2`;
    const { stdout, stderr } = spawnSync("unshare", ["--net", "sh", "-c", script], {
      encoding: "utf8",
      timeout: 50_000,
    });
    expect(stderr).toBe("status 0\n");
    return stdout;
  }

  test("are printed as they come", () => {
    expect(attached()).toMatch(
      /is attached: xdp on lo \(generic\); for 3 s\n(?:seen {2}\{ source: 127\.0\.0\.1, bytes: 142 \}\n)+/,
    );
  });

  test("are counted in the document", () => {
    const json: unknown = JSON.parse(attached("--json"));
    expect(json).toMatchObject({ recordCounts: { seen: expect.any(Number) }, maps: {}, diagnostics: [] });
    expect((json as { recordCounts: { seen: number } }).recordCounts.seen).toBeGreaterThan(0);
  });
});
