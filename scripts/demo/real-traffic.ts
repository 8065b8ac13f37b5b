// The last part of the demonstration: pings, datagrams and HTTP requests from two sources, before the firewall is attached,
// while it blocks one of them, and after it is detached. Everything hangs on this process and is gone when it ends.
import type { BpfObject } from "@typebpf/abi";
import type { Styles } from "@typebpf/cli";
import { ipv4, kernel, load } from "@typebpf/loader";
import { createTestbed, type Testbed } from "@typebpf/loader/testing";
import { blockedTable } from "./blocked-table.ts";
import type { Firewall } from "./main.ts";

const free = "10.42.0.2";
const blocked = "10.42.0.66";
const port = 80;

const allAnswers = 7;
const shortWaitMs = 500;
const longWaitMs = 4000;

/** Sends traffic of all kinds from one source; how much of it was answered. */
async function exchange(
  testbed: Testbed,
  from: string,
  timeoutMs: number,
): Promise<{ readonly text: string; readonly answered: number }> {
  const [ping, udp, http] = await Promise.all([
    testbed.ping({ from, count: 3, timeoutMs }),
    testbed.udp({ from, count: 3, timeoutMs }),
    testbed.http({ from, port, timeoutMs }),
  ]);
  const text = `ping ${ping.received}/${ping.sent}   udp ${udp.received}/${udp.sent}   http ${http?.status ?? "no answer"}`;
  return { text, answered: ping.received + udp.received + (http ? 1 : 0) };
}

/** Attaches the firewall to one end of a veth pair and shows what becomes of traffic. @throws Error when it does not work. */
export async function blockRealTraffic(object: BpfObject, styles: Styles, say: (text?: string) => void): Promise<void> {
  await using testbed = await createTestbed({
    peer: { interface: "veth1", addresses: [`${free}/24`, `${blocked}/24`] },
  });
  const { host } = testbed;
  say(`${host.interface.name} ${host.addresses[0]} ═══ ${testbed.peer.interface.name} ${free}, ${blocked}`);

  const step = async (what: string, expected: Readonly<Record<string, boolean>>): Promise<void> => {
    say(`\n${what}`);
    for (const [from, through] of Object.entries(expected)) {
      const { text, answered } = await exchange(testbed, from, through ? longWaitMs : shortWaitMs);
      const mark = answered > 0 ? styles.good("flows  ") : styles.bad("stopped");
      say(`  from ${from.padEnd(11)} ${mark} ${text}`);
      if (answered !== (through ? allAnswers : 0))
        throw new Error(`demo: traffic from ${from} is not as it should be: ${text}`);
    }
  };

  await step("before", { [free]: true, [blocked]: true });
  using firewall = await load<Firewall>(object, kernel());
  firewall.maps.blocked.set(ipv4(blocked), 0n);
  {
    using link = host.inNamespace(() => firewall.programs.firewall.attach({ interface: host.interface.name }));
    await step(`attached: ${link.description}, ${blocked} is blocked`, { [free]: true, [blocked]: false });
    say(`\n${blockedTable(firewall, styles)}`);
    if ((firewall.maps.blocked.get(ipv4(blocked)) ?? 0n) < BigInt(allAnswers))
      throw new Error("demo: the counter is too low");
  }
  await step("detached", { [free]: true, [blocked]: true });
}
