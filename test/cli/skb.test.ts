// The command on programs on socket buffers: the context in and out, verdicts below zero, and `mark` in specs.
import { describe, expect, test } from "vitest";
import { document, Folder, packetFrom, typebpf } from "./harness.ts";

const folder = new Folder();
const filter = folder.file(
  "mark.bpf.ts",
  `import { socketFilter, tc, TC } from "@typebpf/dsl";

export const mark = tc((ctx) => {
  ctx.mark = ctx.priority + 1;
  ctx.tstamp = 1n << 60n;
  return TC.UNSPEC;
});
export const first = socketFilter((ctx) => 10);
`,
);
const packet = packetFrom("10.0.0.9");

function spec(mark: number): string {
  return folder.file(`mark-${mark}.json`, JSON.stringify({ packets: [{ data: packet, retval: -1, mark }] }));
}

describe("programs on socket buffers", () => {
  test("the context goes in and comes out", async () => {
    const packets = folder.file("packets.json", JSON.stringify([{ packet, ctx: { priority: 7 } }]));
    const { status, json } = await document("run", filter, "--program", "mark", "--packets", packets);
    expect({ status, json }).toMatchObject({
      status: 0,
      json: {
        runs: [{ retval: 0xffffffff, action: "UNSPEC", context: { mark: 8, tstamp: `${1n << 60n}`, ifindex: 1 } }],
      },
    });
  });

  test("a spec says what the mark must be", async () => {
    expect((await document("test", filter, "--spec", spec(1))).json).toMatchObject({ passed: 1, failed: 0 });
    const { status, stdout } = await typebpf("test", filter, "--spec", spec(2));
    expect(status).toBe(1);
    expect(stdout).toContain("the mark is 1, expected 2");
  });

  test("a socket filter keeps some bytes", async () => {
    const { json } = await document("run", filter, "--program", "first", "--packet", packet);
    expect(json).toMatchObject({ runs: [{ retval: 10, action: null, packet }] });
  });

  test("a field that a test run cannot take is refused", async () => {
    const packets = folder.file("bad.json", JSON.stringify([{ packet, ctx: { protocol: 7 } }]));
    const { status, json } = await document("run", filter, "--program", "mark", "--packets", packets);
    expect({ status, json }).toMatchObject({ status: 2, json: { diagnostics: [{ code: "BPF6008" }] } });
  });
});
