// The pcapng format: blocks of
//
//   type u32 | total length u32 | body, padded to 4 bytes | total length u32
//
// Sections have their own byte order and interfaces, interfaces their own link type and clock. Blocks without packets
// (names, statistics, comments, secrets) are skipped; packets in a form that is not read are refused.
import type { Cursor } from "./cursor.ts";
import { blockTypes, byteOrderMagic, type CapturedPacket, ethernetLinkType, longestPacket } from "./format.ts";

interface Interface {
  readonly linkType: number;
  /** 0: unlimited. */
  readonly snapLength: number;
  /** Ticks of the clock in a second. */
  readonly ticks: bigint;
  /** Seconds to add. */
  readonly offset: bigint;
}

interface Section {
  littleEndian: boolean;
  interfaces: Interface[];
}

interface Block {
  readonly type: number;
  /** Offsets in the file. */
  readonly body: number;
  readonly end: number;
}

const blockHeader = 8;
const smallestBlock = 12;
const billion = 1_000_000_000n;

/** Reads the byte order of a new section before its length can be understood. */
function enterSection(cursor: Cursor, section: Section): void {
  cursor.need(blockHeader + 8, "a section header");
  const at = cursor.offset + blockHeader;
  const order = [true, false].find((little) => cursor.view.getUint32(at, little) === byteOrderMagic);
  if (order === undefined) throw cursor.error("damaged", "a section header has no byte order mark");
  const major = cursor.view.getUint16(at + 4, order);
  if (major !== 1) throw cursor.error("damaged", `version ${major} of pcapng is not known, only 1`);
  section.littleEndian = order;
  section.interfaces = [];
}

function readBlock(cursor: Cursor, section: Section): Block {
  cursor.need(smallestBlock, "a block");
  const start = cursor.offset;
  // The type of a section header reads the same in both byte orders.
  if (cursor.view.getUint32(start, true) === blockTypes.section) enterSection(cursor, section);
  const type = cursor.view.getUint32(start, section.littleEndian);
  const length = cursor.view.getUint32(start + 4, section.littleEndian);
  if (length < smallestBlock || length % 4 !== 0) throw cursor.error("damaged", `a block cannot have ${length} bytes`);
  cursor.need(length, "a block");
  const end = start + length;
  const again = cursor.view.getUint32(end - 4, section.littleEndian);
  if (again !== length) throw cursor.error("damaged", `a block of ${length} bytes says ${again} at its end`);
  cursor.offset = end;
  return { type, body: start + blockHeader, end: end - 4 };
}

/** if_tsresol: a negative power of 10, or of 2 with the highest bit set. */
function ticksOf(cursor: Cursor, at: number): bigint {
  const code = cursor.view.getUint8(at);
  const exponent = code & 0x7f;
  if (exponent > 63) throw cursor.error("damaged", `a clock of resolution ${code} is not possible`, at);
  return (code & 0x80 ? 2n : 10n) ** BigInt(exponent);
}

/** Options: code u16 | length u16 | value, padded to 4 bytes; code 0 ends them. */
function readClock(cursor: Cursor, section: Section, from: number, end: number): Pick<Interface, "ticks" | "offset"> {
  let ticks = 1_000_000n;
  let offset = 0n;
  for (let at = from; at + 4 <= end; ) {
    const code = cursor.view.getUint16(at, section.littleEndian);
    const length = cursor.view.getUint16(at + 2, section.littleEndian);
    if (code === 0) break;
    if (at + 4 + length > end) throw cursor.error("damaged", `an option of ${length} bytes leaves its block`, at);
    if (code === 9 && length === 1) ticks = ticksOf(cursor, at + 4);
    if (code === 14 && length === 8) offset = cursor.view.getBigInt64(at + 4, section.littleEndian);
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return { ticks, offset };
}

function readInterface(cursor: Cursor, section: Section, { body, end }: Block): void {
  if (end - body < 8) throw cursor.error("damaged", "an interface block is too short", body);
  section.interfaces.push({
    linkType: cursor.view.getUint16(body, section.littleEndian),
    snapLength: cursor.view.getUint32(body + 4, section.littleEndian),
    ...readClock(cursor, section, body + 8, end),
  });
}

function interfaceOf(cursor: Cursor, section: Section, index: number, body: number): Interface {
  const found = section.interfaces[index];
  if (!found) {
    throw cursor.error("damaged", `interface ${index} is not described; there are ${section.interfaces.length}`, body);
  }
  if (found.linkType !== ethernetLinkType) {
    throw cursor.error("linkType", `interface ${index} has link type ${found.linkType}, not 1 (Ethernet)`, body);
  }
  return found;
}

function dataOf(cursor: Cursor, at: number, end: number, length: number): Uint8Array {
  if (length > end - at) {
    throw cursor.error("damaged", `a packet of ${length} bytes does not fit its block, which has ${end - at}`, at);
  }
  if (length > longestPacket) {
    throw cursor.error("damaged", `a packet of ${length} bytes is longer than any recorder writes`, at);
  }
  return new Uint8Array(cursor.view.buffer, cursor.view.byteOffset + at, length);
}

function readEnhanced(cursor: Cursor, section: Section, { body, end }: Block): CapturedPacket {
  if (end - body < 20) throw cursor.error("damaged", "a packet block is too short", body);
  const [index = 0, high = 0, low = 0, length = 0, originalLength = 0] = [0, 4, 8, 12, 16].map((at) =>
    cursor.view.getUint32(body + at, section.littleEndian),
  );
  const { ticks, offset } = interfaceOf(cursor, section, index, body);
  const time = (((BigInt(high) << 32n) | BigInt(low)) * billion) / ticks + offset * billion;
  return { data: dataOf(cursor, body + 20, end, length), originalLength, time };
}

/** Simple packets are on the first interface and have no time; what is captured follows from the snapshot length. */
function readSimple(cursor: Cursor, section: Section, { body, end }: Block): CapturedPacket {
  if (end - body < 4) throw cursor.error("damaged", "a packet block is too short", body);
  const originalLength = cursor.view.getUint32(body, section.littleEndian);
  const { snapLength } = interfaceOf(cursor, section, 0, body);
  const length = snapLength === 0 ? originalLength : Math.min(originalLength, snapLength);
  return { data: dataOf(cursor, body + 4, end, length), originalLength, time: 0n };
}

/** Packets of a pcapng capture. @throws DiagnosticError where it is damaged. */
export function* readNextGeneration(cursor: Cursor): Generator<CapturedPacket> {
  const section: Section = { littleEndian: true, interfaces: [] };
  while (cursor.left > 0) {
    const block = readBlock(cursor, section);
    if (block.type === blockTypes.interface) readInterface(cursor, section, block);
    else if (block.type === blockTypes.enhancedPacket) yield readEnhanced(cursor, section, block);
    else if (block.type === blockTypes.simplePacket) yield readSimple(cursor, section, block);
    else if (block.type === blockTypes.oldPacket) {
      throw cursor.error("damaged", "a packet is in the obsolete form of pcapng; convert it with: editcap -F pcap");
    }
  }
}
