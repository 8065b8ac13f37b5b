// Captures to packets: classic pcap and pcapng, both byte orders. Takes any bytes; what is no whole capture of Ethernet
// frames is a diagnostic that names the packet and the offset. Nothing is allocated by a length that the file claims:
// packets are views of it.
import { type Diagnostic, DiagnosticError } from "@typebpf/abi";
import { cliDiagnostic, cliError } from "../diagnostics.ts";
import { Cursor, type Position } from "./cursor.ts";
import { blockTypes, type CapturedPacket, pcapMagic } from "./format.ts";
import { readClassic } from "./read-classic.ts";
import { readNextGeneration } from "./read-pcapng.ts";

/** A capture, with warnings about it. */
export interface Capture {
  readonly packets: readonly CapturedPacket[];
  readonly diagnostics: readonly Diagnostic[];
}

/** More packets than this are not read into memory. */
const mostPackets = 4_000_000;

const gzipMagic = 0x1f8b;

function readerOf(cursor: Cursor): Generator<CapturedPacket> {
  if (cursor.size < 4) throw cliError("notCapture", { message: `${cursor.name} has ${cursor.size} bytes` });
  const magic = cursor.view.getUint32(0, true);
  if (magic === blockTypes.section) return readNextGeneration(cursor);
  for (const littleEndian of [true, false]) {
    const value = cursor.view.getUint32(0, littleEndian);
    const known = Object.values(pcapMagic).find((one) => one === value);
    if (known !== undefined) return readClassic(cursor, littleEndian, known === pcapMagic.nanoseconds);
  }
  const first = cursor.view.getUint32(0).toString(16).padStart(8, "0");
  throw cliError("notCapture", {
    message: `${cursor.name} is no packet capture: it begins with the bytes ${first}`,
    ...(cursor.view.getUint16(0) === gzipMagic && { help: "it is compressed: run gunzip on it first" }),
  });
}

function cutWarning(name: string, cut: number, first: number, total: number): Diagnostic {
  return cliDiagnostic("cutPackets", {
    message: `${name}: ${cut} of ${total} packets were cut when they were recorded, the first is packet ${first}`,
  });
}

/**
 * All packets of a capture, in order. `name` stands for the file in messages.
 * @throws DiagnosticError BPF6312, BPF6321–6324
 */
export function readCapture(bytes: Uint8Array, name: string): Capture {
  const position: Position = { packet: 1 };
  const cursor = new Cursor(bytes, name, position);
  const packets: CapturedPacket[] = [];
  let cut = 0;
  let firstCut = 0;
  for (const packet of readerOf(cursor)) {
    packets.push(packet);
    if (packets.length > mostPackets) {
      throw new DiagnosticError([
        cliDiagnostic("tooLarge", { message: `${name} has more than ${mostPackets} packets` }),
      ]);
    }
    if (packet.originalLength > packet.data.length) {
      cut += 1;
      if (cut === 1) firstCut = packets.length;
    }
    position.packet += 1;
  }
  return { packets, diagnostics: cut === 0 ? [] : [cutWarning(name, cut, firstCut, packets.length)] };
}
