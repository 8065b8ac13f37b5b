// Functions of the kernel that programs call by id: what a device tells of a packet, read by a program that was loaded for
// that device, and how a load is refused. Needs root.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, expect, test } from "vitest";
import { compile } from "../../packages/codegen/src/index.ts";
import { kernel, load, simulator } from "../../packages/loader/src/index.ts";
import { createTestbed } from "../../packages/loader/src/testing/index.ts";
import { describeKernel, testSince } from "./gate.ts";
import { diagnosticOf } from "./objects.ts";

type Filters = typeof import("./filters/metadata.bpf.ts");
const object = await compile(new URL("filters/metadata.bpf.ts", import.meta.url), { targetKernel: "6.8" });
const script = fileURLToPath(new URL("./metadata-child.ts", import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
});

test("the simulator answers as a device without metadata", async () => {
  using filters = await load<Filters>(object, simulator());
  expect(filters.programs.reads.run({ packet: new Uint8Array(64) }).action).toBe("PASS");
  expect([0, 1, 2, 3, 4].map((index) => filters.maps.told.get(index))).toEqual([0n, 0n, 0n, 0n, 1n]);
});

describeKernel("functions of the kernel by id", () => {
  testSince("6.8", "a program reads the metadata of the device that it was loaded for", async () => {
    await using testbed = await createTestbed();
    const child = testbed.host.inNamespace(() => fork(script, [], { execArgv: ["--import", tsx] }));
    children.add(child);
    expect((await Promise.race([once(child, "message"), once(child, "exit")]))[0]).toBe("ready");
    expect(await testbed.ping({ from: "10.42.0.2" })).toEqual({ sent: 3, received: 3 });
    child.send("tell");
    const [counts] = await once(child, "message");
    const [timed, hashed, hash, tagged, all] = (counts as readonly string[]).map(BigInt);
    expect(all).toBeGreaterThanOrEqual(3n);
    expect([timed, hashed, tagged]).toEqual([all, all, 0n]);
    expect(hash).toBeGreaterThan(0n);
  });

  testSince("6.18", "a program makes the start of its packet readable", async () => {
    const source = new URL("filters/pull-data.bpf.ts", import.meta.url);
    const pulls = await compile(source, { targetKernel: "6.18" });
    using filters = await load<typeof import("./filters/pull-data.bpf.ts")>(pulls, kernel());
    const packet = new Uint8Array(100);
    expect(filters.programs.pull.run({ packet }).action).toBe("PASS");
    packet[60] = 7;
    expect(filters.programs.pull.run({ packet }).action).toBe("TX");
    expect(filters.programs.pull.run({ packet: packet.slice(0, 40) }).action).toBe("DROP");
    expect((await diagnosticOf(() => load(pulls, simulator()))).message).toContain("bpf_xdp_pull_data");
  });

  test("without a device it is refused with what to do", async () => {
    const refused = await diagnosticOf(() => load<Filters>(object, kernel()));
    expect(refused.code).toBe("BPF6277");
    expect(refused.message).toContain("bpf_xdp_metadata_rx_timestamp");
    expect(refused.help).toContain("device");
  });

  testSince("6.8", "a device whose driver tells nothing is refused", async () => {
    const refused = await diagnosticOf(() => load<Filters>(object, kernel({ device: "lo" })));
    expect([refused.code, refused.message]).toEqual([
      "BPF6277",
      'the driver of the device tells "reads" nothing of packets',
    ]);
  });

  test("a function that the kernel does not have is named", async () => {
    const renamed = {
      ...object,
      programs: object.programs.map((program) => ({
        ...program,
        relocations: program.relocations.map((one) =>
          one.kind === "kernelFunction" ? { ...one, name: "bpf_xdp_no_such_function" } : one,
        ),
      })),
    };
    const refused = await diagnosticOf(() => kernel().load(renamed));
    expect(refused.code).toBe("BPF6275");
    expect(refused.message).toContain("bpf_xdp_no_such_function");
  });
});
