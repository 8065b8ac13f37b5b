// Runs of the network's program types: the simulator and BPF_PROG_TEST_RUN give the same results, packets, fields and maps,
// and refuse the same inputs. The packet of cgroup_skb is not compared, since test runs of the kernel give it no bounds.
import { DiagnosticError } from "@typebpf/abi";
import { expect, test } from "vitest";
import { compile } from "../../packages/codegen/src/index.ts";
import { type Backend, load, type PacketInput, type ProgramHandle } from "../../packages/loader/src/index.ts";
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { arp, ethernet, ipv4, ipv6, packet, udp } from "../../packages/loader/src/packet/index.ts";
import { simulator } from "../../packages/loader/src/simulator/index.ts";
import { describeKernel } from "./gate.ts";

const object = await compile(new URL("filters/network-runs.bpf.ts", import.meta.url), { targetKernel: "6.6" });
const frame = packet(
  ethernet(),
  ipv4({ saddr: "10.1.2.3", daddr: "10.4.5.6", ttl: 64 }),
  udp({ source: 4000, dest: 53 }),
  "hello",
);
const long = packet(
  ethernet(),
  ipv4({ saddr: "10.1.2.3", daddr: "10.4.5.6" }),
  udp({ source: 4000, dest: 80 }),
  "x".repeat(80),
);
const arpFrame = packet(ethernet(), arp({}));
const frame6 = packet(
  ethernet(),
  ipv6({ saddr: "fd00::1", daddr: "fd00::2" }),
  udp({ source: 4000, dest: 53 }),
  "hello",
);

const lookups = [
  { family: 2, protocol: 6, localPort: 53, remotePort: 40000, remoteIp4: 0x0a010203, localIp4: 0x7f000001 },
  { family: 2, protocol: 17, localPort: 80, remotePort: 1, remoteIp4: 0xffffffff },
  { family: 10, protocol: 6, localPort: 65535, "localIp6[3]": 0xfffffffe, "remoteIp6[0]": 1 },
];

/** What runs of a program give on a back end: results, or the codes of what is refused; and what it noted. */
async function results(backend: Backend, name: string, inputs: readonly object[]) {
  const programs = object.programs.filter((one) => one.name === name);
  await using loaded = await load({ ...object, programs }, backend);
  const { seen } = loaded.maps;
  return inputs.map((input) => {
    seen?.clear();
    try {
      const {
        retval,
        action,
        packet: left,
        context,
      } = (loaded.programs[name] as ProgramHandle).run(input as PacketInput);
      return { retval, action, packet: [...left], context, seen: [...(seen?.values() ?? [])] };
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      return error.diagnostics.map(({ code, message }) => [code, message]);
    }
  });
}

const packets = [frame, long, arpFrame, frame6].map((one) => ({ packet: one }));
const short = { packet: frame.subarray(0, 20) };
const cases: readonly (readonly [name: string, inputs: readonly object[]])[] = [
  ["act", [...packets, { packet: frame, context: { mark: 1, "cb[1]": 5 } }, short]],
  ["lwtInput", [...packets, short]],
  ["lwtOutput", [...packets, { packet: frame, context: { mark: 1 } }, { packet: frame, context: { hash: 1 } }]],
  ["lwtSend", [...packets, short]],
  ["inGroup", [...packets, { packet: frame, context: { priority: 1 } }, short]],
  [
    "dissect",
    [
      ...packets,
      { packet: frame, context: { flags: 1 } },
      { packet: frame, context: { nhoff: 1 } },
      { packet: frame.subarray(0, 13) },
    ],
  ],
  [
    "look",
    [
      ...lookups.map((context) => ({ context })),
      { context: {} },
      { context: { family: 3 } },
      { context: { family: 2, localPort: 65536 } },
      { context: { family: 2, port: 1 } },
    ],
  ],
  ["hook", [frame, long, frame6].map((one) => ({ packet: one })).concat([{ packet: arpFrame }, short])],
];

describeKernel("runs of the network's program types", () => {
  test.each(cases)("%s is the same in the simulator and in the kernel", async (name, inputs) => {
    const simulated = await results(simulator(), name, inputs);
    expect(simulated).toEqual(await results(kernel({ cpu: 0 }), name, inputs));
    expect(simulated.filter((one) => !Array.isArray(one)).length).toBeGreaterThan(1);
  });
});
