// Packets to a classic capture, pcap(5): little-endian, nanoseconds, Ethernet. `readCapture` reads it back.
import { type CapturedPacket, ethernetLinkType, longestPacket, pcapMagic, pcapSizes } from "./format.ts";

const billion = 1_000_000_000n;

/** The bytes of a capture with these packets. Times are nanoseconds since 1970, below 2^32 seconds. */
export function writeCapture(packets: readonly CapturedPacket[]): Uint8Array {
  const size = packets.reduce<number>((sum, { data }) => sum + pcapSizes.record + data.length, pcapSizes.file);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, pcapMagic.nanoseconds, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, longestPacket, true);
  view.setUint32(20, ethernetLinkType, true);
  let at: number = pcapSizes.file;
  for (const { data, originalLength, time } of packets) {
    view.setUint32(at, Number(BigInt.asUintN(32, time / billion)), true);
    view.setUint32(at + 4, Number(time % billion), true);
    view.setUint32(at + 8, data.length, true);
    view.setUint32(at + 12, originalLength, true);
    bytes.set(data, at + pcapSizes.record);
    at += pcapSizes.record + data.length;
  }
  return bytes;
}
