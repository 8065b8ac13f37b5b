// The classic capture format, pcap(5):
//
//   file:    magic u32 | major u16 | minor u16 | zone i32 | accuracy u32 | snapshot length u32 | link type u32
//   record:  seconds u32 | fraction u32 | captured length u32 | original length u32 | bytes
import type { Cursor } from "./cursor.ts";
import { type CapturedPacket, ethernetLinkType, longestPacket, pcapSizes } from "./format.ts";

function readHeader(cursor: Cursor, littleEndian: boolean): void {
  cursor.need(pcapSizes.file, "the file header");
  const major = cursor.view.getUint16(4, littleEndian);
  const minor = cursor.view.getUint16(6, littleEndian);
  if (major !== 2) throw cursor.error("damaged", `version ${major}.${minor} of the format is not known, only 2.4`);
  const linkType = cursor.view.getUint32(20, littleEndian);
  if (linkType !== ethernetLinkType) throw cursor.error("linkType", `the link type is ${linkType}, not 1 (Ethernet)`);
  cursor.offset = pcapSizes.file;
}

/** Packets of a classic capture. @throws DiagnosticError where it is damaged. */
export function* readClassic(cursor: Cursor, littleEndian: boolean, nanoseconds: boolean): Generator<CapturedPacket> {
  readHeader(cursor, littleEndian);
  const unit = nanoseconds ? 1n : 1000n;
  const perSecond = nanoseconds ? 1_000_000_000 : 1_000_000;
  while (cursor.left > 0) {
    const start = cursor.offset;
    cursor.need(pcapSizes.record, "the header of a packet");
    const [seconds = 0, fraction = 0, length = 0, originalLength = 0] = [0, 4, 8, 12].map((at) =>
      cursor.view.getUint32(start + at, littleEndian),
    );
    if (fraction >= perSecond) throw cursor.error("damaged", `${fraction} is no fraction of a second`);
    cursor.offset += pcapSizes.record;
    cursor.need(length, "the packet");
    if (length > longestPacket)
      throw cursor.error("damaged", `a packet of ${length} bytes is longer than any recorder writes`);
    const data = cursor.take(length, "the packet");
    yield { data, originalLength, time: BigInt(seconds) * 1_000_000_000n + BigInt(fraction) * unit };
  }
}
