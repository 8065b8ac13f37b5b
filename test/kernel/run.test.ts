// Test runs of hand-written programs in the running kernel: verdicts, packets, contexts, repetition, and what the kernel
// does not take. Needs CAP_BPF and CAP_NET_ADMIN.
import { expect, test } from "vitest";
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { describeKernel } from "./gate.ts";
import { diagnosticOf, map, object, present, program } from "./objects.ts";

const packet = Uint8Array.from({ length: 60 }, (_, index) => index);

describeKernel("test runs in the kernel", () => {
  test("give verdict and packet", async () => {
    using loaded = await kernel().load(
      object([
        program("drop", "w0 = 1\nexit"),
        program("pass", "w0 = 2\nexit"),
        program("odd", "w0 = -1\nexit"),
        // Moves the start of the packet 14 bytes to the front.
        program("grow", "r2 = -14\ncall 44\nr0 += 2\nexit"),
        program("shrink", "r2 = 20\ncall 44\nr0 += 3\nexit"),
      ]),
    );
    const run = (name: string) => present(loaded.programs.get(name)).run({ packet });
    expect(run("drop")).toMatchObject({ retval: 1, packet });
    expect(run("pass")).toMatchObject({ retval: 2, packet });
    expect(run("odd").retval).toBe(0xffff_ffff);
    expect(run("grow").retval).toBe(2);
    expect(run("grow").packet.length).toBe(74);
    expect(run("grow").packet.subarray(14)).toEqual(packet);
    expect(run("shrink")).toMatchObject({ retval: 3, packet: packet.subarray(20) });
  });

  test("the largest packet can still grow", async () => {
    using loaded = await kernel().load(object([program("grow", "r2 = -200\ncall 44\nr0 += 2\nexit")]));
    const large = new Uint8Array(4096 - 256 - 320).fill(7);
    expect(present(loaded.programs.get("grow")).run({ packet: large }).packet.length).toBe(large.length + 200);
  });

  test("run as often as asked", async () => {
    const count = program(
      "count",
      `*(u32 *)(r10 -4) = 0
       r2 = r10
       r2 += -4
       r1 = map hits
       call 1
       if r0 == 0 goto out
       r1 = *(u64 *)(r0 +0)
       r1 += 1
       *(u64 *)(r0 +0) = r1
       out:
       w0 = 2
       exit`,
    );
    using loaded = await kernel().load(object([count], [map("hits", { maxEntries: 1 })]));
    const { run } = { run: (repeat: number) => present(loaded.programs.get("count")).run({ packet, repeat }) };
    run(1);
    run(1000);
    expect(present(loaded.maps.get("hits")).lookup(new Uint8Array(4))).toEqual(
      Uint8Array.of(0xe9, 3, 0, 0, 0, 0, 0, 0),
    );
    expect(present(loaded.programs.get("count")).verifiedInsns).toBeGreaterThan(5);
  });

  test("take the context", async () => {
    const shown = program("shown", "r0 = *(u32 *)(r1 +12)\nr0 <<= 8\nr2 = *(u32 *)(r1 +16)\nr0 |= r2\nexit");
    using loaded = await kernel().load(object([shown]));
    const run = (context: Record<string, number>) => present(loaded.programs.get("shown")).run({ packet, context });
    expect(run({ ingressIfindex: 1 }).retval).toBe(0x100);
    expect(run({ ingressIfindex: 1, rxQueueIndex: 0 }).retval).toBe(0x100);
    for (const [context, words] of [
      [{ ingressIfindex: 0x7fff_fff0 }, "there is no interface with this index"],
      [{ ingressIfindex: 1, rxQueueIndex: 7000 }, "no receive queue 7000"],
      [{ ingressIfindex: 0 }, "interfaces count from 1"],
      [{ rxQueueIndex: 1 }, "give ingressIfindex with it"],
      [{ egressIfindex: 1 }, "only set in device maps"],
      [{ ingressIfindex: 1.5 }, "unsigned 32-bit"],
      [{ ingress: 1 }, 'no context field "ingress"'],
    ] as const) {
      const refused = await diagnosticOf(() => run(context));
      expect(refused.code).toBe("BPF6222");
      expect(refused.message).toContain(words);
    }
  });

  test("refuse packets that the kernel does not take, and a closed object", async () => {
    const loaded = await kernel().load(object([program("pass", "w0 = 2\nexit")]));
    const pass = present(loaded.programs.get("pass"));
    expect((await diagnosticOf(() => pass.run({ packet: new Uint8Array(13) }))).code).toBe("BPF6220");
    expect((await diagnosticOf(() => pass.run({ packet: new Uint8Array(5000) }))).code).toBe("BPF6221");
    expect((await diagnosticOf(() => pass.run({ packet, repeat: 0 }))).code).toBe("BPF6224");
    loaded[Symbol.dispose]();
    expect((await diagnosticOf(() => pass.run({ packet }))).code).toBe("BPF6205");
    expect((await diagnosticOf(() => pass.attach({ interface: "lo" }))).code).toBe("BPF6205");
  });
});
