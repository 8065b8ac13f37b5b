// Test runs of programs on socket buffers in the running kernel: packets, the fields of the context that go in and come
// out, and what the kernel does not take. Needs CAP_BPF and CAP_NET_ADMIN.
import { expect, test } from "vitest";
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { describeKernel } from "./gate.ts";
import { diagnosticOf, object, present, program } from "./objects.ts";

const packet = Uint8Array.from({ length: 60 }, (_, index) => index);
const tc = (name: string, assembly: string) => program(name, assembly, "sched_cls");

describeKernel("test runs on socket buffers", () => {
  test("tc sees the frame, reads and writes the context", async () => {
    using loaded = await kernel().load(
      object([
        tc("length", "r0 = *(u32 *)(r1 +0)\nexit"),
        // mark += 1, priority = mark, cb[1] = 7
        tc(
          "write",
          "r2 = *(u32 *)(r1 +8)\nr2 += 1\n*(u32 *)(r1 +8) = r2\n*(u32 *)(r1 +32) = r2\nr2 = 7\n*(u32 *)(r1 +52) = r2\nw0 = 0\nexit",
        ),
        tc("ifindex", "r0 = *(u32 *)(r1 +40)\nexit"),
      ]),
    );
    const run = (name: string, context = {}) => present(loaded.programs.get(name)).run({ packet, context });
    expect(run("length")).toMatchObject({ retval: 60, packet });
    const written = run("write", { mark: 41, tstamp: 5n, "cb[0]": 3 });
    expect(written).toMatchObject({ retval: 0, packet });
    expect(written.context).toMatchObject({ mark: 42, priority: 42, tstamp: 5n, "cb[0]": 3, "cb[1]": 7 });
    expect(run("ifindex", { ifindex: 1 }).retval).toBe(1);
  });

  test("tc changes the packet, also to more than a page", async () => {
    using loaded = await kernel().load(
      object([
        // bpf_skb_change_tail(skb, 15000, 0)
        tc("grow", "r2 = 15000\nr3 = 0\ncall 38\nexit"),
        // bpf_skb_store_bytes(skb, 0, "\1\2", 2, 0)
        tc("store", "*(u16 *)(r10 -2) = 0x0201\nr3 = r10\nr3 += -2\nr2 = 0\nr4 = 2\nr5 = 0\ncall 9\nexit"),
      ]),
    );
    const grown = present(loaded.programs.get("grow")).run({ packet });
    expect(grown.retval).toBe(0);
    expect(grown.packet.length).toBe(15000);
    expect(grown.packet.subarray(0, 60)).toEqual(packet);
    const stored = present(loaded.programs.get("store")).run({ packet });
    expect([...stored.packet.subarray(0, 4)]).toEqual([1, 2, 2, 3]);
  });

  test("a socket filter sees what comes behind the Ethernet header", async () => {
    const seen = program("seen", "r0 = *(u32 *)(r1 +0)\nexit", "socket_filter");
    using loaded = await kernel().load(object([seen]));
    const output = present(loaded.programs.get("seen")).run({ packet, repeat: 100 });
    expect(output.retval).toBe(46);
    expect(output.packet.length).toBe(60);
  });

  test("what the kernel does not take is refused before it is asked", async () => {
    using loaded = await kernel().load(object([tc("pass", "w0 = 0\nexit")]));
    const run = (input: object) => () => present(loaded.programs.get("pass")).run({ packet, ...input });
    const ipv4 = Uint8Array.from({ length: 30 }, (_, index) => (index === 12 ? 8 : 0));
    for (const input of [
      { packet: new Uint8Array(13) },
      { packet: ipv4 },
      { packet: new Uint8Array(5000) },
      { repeat: 0 },
      { context: { len: 60 } },
      { context: { mark: -1 } },
      { context: { mark: 2 ** 32 } },
      { context: { wireLen: 59 } },
      { context: { gsoSegs: 70_000 } },
      { context: { "cb[5]": 1 } },
    ]) {
      expect((await diagnosticOf(run(input))).code).toMatch(/^BPF600[6-9]$/u);
    }
    const missing = await diagnosticOf(run({ context: { ifindex: 0x7fff_fff0 } }));
    expect(missing.code).toBe("BPF6222");
    expect(missing.message).toContain("no interface with this index");
  });
});
