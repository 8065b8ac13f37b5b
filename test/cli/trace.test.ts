// What filters trace, as `typebpf run` shows it: a table for people, `trace` of each run in --json.
import { expect, test } from "vitest";
import { document, Folder, packetFrom, typebpf } from "./harness.ts";

const folder = new Folder();
const filter = folder.file(
  "seen.bpf.ts",
  `import { trace, xdp, XDP } from "@typebpf/dsl";
import { Ethernet } from "@typebpf/dsl/net";

export const seen = xdp((ctx) => {
  const eth = ctx.packet.at(0, Ethernet);
  if (eth && eth.proto === 0x0800) trace\`\${ctx.packet.length} bytes, 100% of \${eth.proto}\`;
  return XDP.PASS;
});
`,
);
const [packet, other] = [packetFrom("10.0.0.9"), "ff".repeat(14)];

test("lines stand beside their packets", async () => {
  const { status, stdout } = await typebpf("run", filter, "--packet", packet, "--packet", other);
  expect(status).toBe(0);
  const size = packet.length / 2;
  expect(stdout).toMatch(new RegExp(`^packet +trace\\n.*\\n?packet 1 +${size} bytes, 100% of 2048$`, "mu"));
  expect(stdout.match(/100%/gu)).toHaveLength(1);
});

test("runs have their lines in the document", async () => {
  const { json } = await document("run", filter, "--packet", packet, "--packet", other);
  expect(json).toMatchObject({ runs: [{ trace: [`${packet.length / 2} bytes, 100% of 2048`] }, {}] });
  expect((json as { runs: readonly object[] }).runs[1]).not.toHaveProperty("trace");
});
