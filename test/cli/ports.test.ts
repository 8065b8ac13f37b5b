// The reference filters with their specs, in the simulator and in the kernel: written before the compiler, they fix what
// the language and the command must do.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { canRunKernel } from "@typebpf/loader/testing";
import { describe, expect, test } from "vitest";
import { document } from "./harness.ts";

const ports = [
  ...["empty", "parse_drop", "drop_udp_port", "counter", "ratelimit", "vlan", "l4lb", "fw_lpm"].map(
    (one) => `xdp_${one}`,
  ),
  ...["tc_empty", "tc_dns_block", "tc_conntrack", "socket_filter_http"],
];
const bench = fileURLToPath(new URL("../../../shared/bench/", import.meta.url));
const capability = await canRunKernel();
const missing = existsSync(bench) ? "" : " (the reference filters are not beside the repository)";
const noKernel = capability.ok ? "" : ` (${capability.missing.join("; ")})`;

describe.skipIf(missing !== "")(`reference filters${missing}`, () => {
  const passes = async (name: string, ...options: readonly string[]): Promise<void> => {
    const args = [`${bench}ts/${name}.bpf.ts`, "--spec", `${bench}spec/${name}.json`, ...options];
    const { status, json } = await document("test", ...args);
    expect(json).toMatchObject({ failed: 0, diagnostics: [] });
    expect(status).toBe(0);
  };

  test.each(ports)("%s in the simulator", (name) => passes(name));
  test.each(ports)("%s in the simulator, not optimised", (name) => passes(name, "-O0"));
  test.skipIf(!capability.ok).each(ports)(`%s in the kernel${noKernel}`, (name) => passes(name, "--kernel"));
});
