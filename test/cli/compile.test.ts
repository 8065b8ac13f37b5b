// The command on TypeScript: a filter from source to verdict, its objects and listings at each level, and reports on the
// author's lines.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeBtf, dumpBtf } from "@typebpf/abi";
import { describe, expect, test } from "vitest";
import { document, Folder, packetFrom, typebpf } from "./harness.ts";

const folder = new Folder();
const filter = folder.file(
  "firewall.bpf.ts",
  `import { hashMap, sizeOf, u32be, u64, xdp, XDP } from "@typebpf/dsl";
import { Ethernet, EtherType, IPv4 } from "@typebpf/dsl/net";

export const blocked = hashMap({ key: u32be, value: u64, maxEntries: 10_000 });

export const firewall = xdp((ctx) => {
  const eth = ctx.packet.at(0, Ethernet);
  if (!eth || eth.proto !== EtherType.IPv4) return XDP.PASS;
  const ip = ctx.packet.at(sizeOf(Ethernet), IPv4);
  if (!ip) return XDP.PASS;
  const hits = blocked.get(ip.saddr);
  if (!hits) return XDP.PASS;
  hits.value += 1n;
  return XDP.DROP;
});
`,
);

const unchecked = folder.file(
  "unchecked.bpf.ts",
  `import { xdp, XDP } from "@typebpf/dsl";
import { Ethernet, EtherType } from "@typebpf/dsl/net";

export const filter = xdp((ctx) => {
  const eth = ctx.packet.at(0, Ethernet);
  return eth.proto === EtherType.IPv4 ? XDP.PASS : XDP.DROP;
});
`,
);

describe("the command on TypeScript", () => {
  test.each(["0", "1", "2"])("a filter runs at level %s", async (level) => {
    const packets = ["--packet", packetFrom("10.0.0.9"), "--packet", packetFrom("10.0.0.8")];
    const { status, json } = await document("run", filter, `-O${level}`, ...packets, "--set", "blocked[10.0.0.9]=41");
    expect({ status, json }).toMatchObject({
      status: 0,
      json: {
        runs: [{ action: "DROP" }, { action: "PASS" }],
        maps: { blocked: [{ key: 0x0a000009, value: "42" }] },
        diagnostics: [],
      },
    });
  });

  test("the object file stands for the filter", async () => {
    const object = join(folder.path, "firewall.json");
    expect(await typebpf("build", filter, "--emit", "json", "-o", object)).toMatchObject({ status: 0, stderr: "" });
    expect((await document("build", object)).json).toEqual((await document("build", filter)).json);
  });

  test("assembly and intermediate form", async () => {
    const assembly = await typebpf("build", filter, "--emit", "asm");
    expect(assembly.stdout).toContain("firewall.bpf.ts:11  const hits = blocked.get(ip.saddr);\n");
    expect(assembly.stdout).toContain("map[blocked]");
    const ir = await typebpf("build", filter, "--emit", "ir");
    expect(ir.stdout).toMatch(/^function firewall failure 0\n/);
  });

  test("types as BTF and as a C header", async () => {
    const dump = await typebpf("build", filter, "--emit", "btf");
    expect(dump.stdout).toMatch(/^\[1\] INT 'unsigned int' size=4 /);
    expect(dump.stdout).toMatch(/FUNC 'firewall' type_id=\d+ linkage=global\n/);
    const bytes = join(folder.path, "firewall.btf");
    expect(await typebpf("build", filter, "--emit", "btf", "-o", bytes)).toMatchObject({ status: 0, stderr: "" });
    const btf = decodeBtf(new Uint8Array(readFileSync(bytes)));
    expect("types" in btf && `${dumpBtf(btf.types)}`).toBe(dump.stdout);
    const header = await typebpf("build", filter, "--emit", "header");
    expect(header.stdout).toContain("typedef __u32 __be32;\n");
    expect(header.stdout).toContain("/* key of blocked: hash, 10000 entries */\ntypedef __be32 blocked_key;\n");
    expect(header.stdout).toContain("typedef __u64 blocked_value;\n");
  });

  test("a missing check is refused on its line", async () => {
    const { status, json } = await document("check", unchecked);
    expect({ status, json }).toMatchObject({
      status: 1,
      json: { ok: false, diagnostics: [{ at: { file: "unchecked.bpf.ts", line: 6, column: 10 } }] },
    });
    const { stdout, stderr } = await typebpf("check", filter, unchecked);
    expect(stdout).toBe(`${filter}: ok, 1 program\n`);
    expect(stderr).toContain("6 |   return eth.proto === EtherType.IPv4 ? XDP.PASS : XDP.DROP;\n  |          ^^^\n");
    expect(stderr).toMatch(/1 error in 2 files\n$/);
  });
});
