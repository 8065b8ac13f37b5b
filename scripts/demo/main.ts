// The demonstration: compiles examples/firewall, shows the bytecode beside its source, replays a recorded capture in the
// simulator, and then blocks real traffic between two network namespaces, where the process may. Ends with status 0 when
// everything went as it should, or when the last part is not possible here.
import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { type BpfObject, DiagnosticError, wantsColor } from "@typebpf/abi";
import { readCapture, stylesFor } from "@typebpf/cli";
import { compile } from "@typebpf/codegen";
import { describePacket, ipv4, load, simulator } from "@typebpf/loader";
import { canRunKernel } from "@typebpf/loader/testing";
import { blockedTable } from "./blocked-table.ts";
import { blockRealTraffic } from "./real-traffic.ts";
import { sideBySide } from "./side-by-side.ts";

/** The module of the filter, for its types. */
export type Firewall = typeof import("../../examples/firewall/firewall.bpf.ts");

const filter = new URL("../../examples/firewall/firewall.bpf.ts", import.meta.url);
const captureName = "examples/captures/ping-dns-http.pcap";
const blockedAddress = "10.42.0.66";
const shownPackets = 3;

const color = wantsColor(process.stdout, process.env);
const styles = stylesFor(color);

function say(text = ""): void {
  process.stdout.write(`${color ? text : stripVTControlCharacters(text)}\n`);
}

function title(number: number, text: string): void {
  say(`\n${styles.title(`${number}. ${text}`)}\n`);
}

function showBytecode(object: BpfObject, milliseconds: number): void {
  title(1, `examples/firewall/firewall.bpf.ts, compiled in ${milliseconds} ms`);
  say(sideBySide(object, styles));
}

async function replayCapture(object: BpfObject): Promise<void> {
  const { packets } = readCapture(readFileSync(new URL(`../../${captureName}`, import.meta.url)), captureName);
  title(2, `${captureName} through the simulator: ${packets.length} packets, ${blockedAddress} is blocked`);
  using firewall = await load<Firewall>(object, simulator());
  firewall.maps.blocked.set(ipv4(blockedAddress), 0n);
  const counts = new Map<string, number>();
  const run = packets.map(({ data }) => {
    const { action = "none" } = firewall.programs.firewall.run(data);
    counts.set(action, (counts.get(action) ?? 0) + 1);
    return { action, text: describePacket(data) };
  });
  for (const verdict of counts.keys()) {
    const style = verdict === "DROP" ? styles.bad : styles.good;
    const some = run.filter(({ action }) => action === verdict).slice(0, shownPackets);
    for (const { action, text } of some) say(`${style(action.padEnd(5))} ${text}`);
    const count = counts.get(verdict) ?? 0;
    say(styles.faint(`      ${count} packets in all\n`));
    if (verdict !== "DROP" && verdict !== "PASS") throw new Error(`demo: the verdict ${verdict} was not expected`);
  }
  say(blockedTable(firewall, styles));
  if (counts.get("DROP") !== 9) throw new Error("demo: the firewall did not drop the 9 packets of the blocked source");
}

async function runInKernel(object: BpfObject): Promise<void> {
  title(3, "The same object in the Linux kernel, on real traffic between two network namespaces");
  const capability = await canRunKernel();
  if (!capability.ok) {
    say(styles.warning("not possible here:"));
    for (const one of capability.missing) say(`  - ${one}`);
    return;
  }
  await blockRealTraffic(object, styles, say);
  say(`\n${styles.good("The namespaces, the veth pair and the program are gone again.")}`);
}

// Whoever reads may stop reading.
process.stdout.on("error", () => process.exit(0));

try {
  const start = performance.now();
  const object = await compile(filter);
  showBytecode(object, Math.round(performance.now() - start));
  await replayCapture(object);
  await runInKernel(object);
} catch (error) {
  if (!(error instanceof DiagnosticError)) throw error;
  for (const { code, message, help } of error.diagnostics)
    say(`${styles.bad(code)}: ${message}${help ? `\n  ${help}` : ""}`);
  process.exitCode = 1;
}
