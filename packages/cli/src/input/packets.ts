// Packets to run, from captures, JSON files and hex on the command line, in this order. Names are unique for people, not
// for us: packets without one are counted.
import type { Diagnostic } from "@typebpf/abi";
import { fromHex } from "@typebpf/loader";
import { cliError } from "../diagnostics.ts";
import { contextJson, packetsFile } from "../json/inputs.ts";
import type { CapturedPacket } from "../pcap/format.ts";
import { readCapture } from "../pcap/read.ts";
import { readBytes, readJson } from "./files.ts";

/** A packet with its name, context and place in time. */
export interface NamedPacket {
  readonly name: string;
  readonly packet: Uint8Array;
  /** Context fields by their DSL name. */
  readonly context?: Readonly<Record<string, number | bigint>>;
  /** As it was recorded, when it comes from a capture. */
  readonly captured?: CapturedPacket;
}

/** Where packets come from, as options. */
export interface PacketSources {
  readonly pcap?: string | undefined;
  readonly packets?: string | undefined;
  readonly packet?: readonly string[] | undefined;
  /** Contexts of runs without a packet, or of the packets of the command line, as JSON. */
  readonly ctx?: readonly string[] | undefined;
}

function fromFile(path: string, before: number): NamedPacket[] {
  const what = "list of packets: [{ name, packet: HEX, ctx? }]";
  return readJson(path, packetsFile, what).map(({ name, packet, ctx }, index) => ({
    name: name ?? `packet ${before + index + 1}`,
    packet: fromHex(packet, `${path}: [${index}].packet`),
    ...(ctx && { context: ctx }),
  }));
}

/** Context fields from JSON. */
function contextFrom(text: string): NonNullable<NamedPacket["context"]> {
  const refuse = (): never => {
    throw cliError("optionValue", { message: `--ctx takes an object of numbers: '{ "localPort": 53 }', not ${text}` });
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse();
  }
  const parsed = contextJson.safeParse(value);
  return parsed.success ? parsed.data : refuse();
}

/** All packets of a call, with warnings about them. @throws DiagnosticError, also where there are none. */
export function readPackets(sources: PacketSources): {
  readonly packets: readonly NamedPacket[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const packets: NamedPacket[] = [];
  const diagnostics: Diagnostic[] = [];
  if (sources.pcap !== undefined) {
    const capture = readCapture(readBytes(sources.pcap), sources.pcap);
    diagnostics.push(...capture.diagnostics);
    for (const captured of capture.packets) {
      packets.push({ name: `packet ${packets.length + 1}`, packet: captured.data, captured });
    }
  }
  if (sources.packets !== undefined) packets.push(...fromFile(sources.packets, packets.length));
  const contexts = (sources.ctx ?? []).map(contextFrom);
  const hexes = sources.packet ?? [];
  for (let index = 0; index < Math.max(hexes.length, contexts.length); index++) {
    const [hex, context] = [hexes[index], contexts[index]];
    const name = hex === undefined ? "context" : "packet";
    const packet = hex === undefined ? new Uint8Array(0) : fromHex(hex, "--packet");
    packets.push({ name: `${name} ${packets.length + 1}`, packet, ...(context && { context }) });
  }
  if (packets.length === 0) {
    const from = sources.pcap ?? sources.packets;
    throw cliError("noPackets", from === undefined ? {} : { message: `there are no packets in ${from}` });
  }
  return { packets, diagnostics };
}
