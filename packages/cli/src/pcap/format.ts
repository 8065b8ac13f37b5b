// What reader and writer of captures share: numbers of the formats. Sources: pcap(5) savefile format; the pcapng
// specification, sections 4.1 to 4.4.

/** A packet of a capture. */
export interface CapturedPacket {
  /** The captured bytes, from the link layer on: a view of the file. */
  readonly data: Uint8Array;
  /** Length on the wire; more than `data` has when the capture cut it. */
  readonly originalLength: number;
  /** Nanoseconds since 1970; 0 where the format has no time. */
  readonly time: bigint;
}

/** Magic numbers of the classic format by what a fraction of a second is. */
export const pcapMagic = { microseconds: 0xa1b2c3d4, nanoseconds: 0xa1b23c4d } as const;

/** Bytes of the classic file header and of the header of a record. */
export const pcapSizes = { file: 24, record: 16 } as const;

/** Types of pcapng blocks that matter here. The old packet block is known to be refused, not skipped. */
export const blockTypes = {
  section: 0x0a0d0d0a,
  interface: 1,
  oldPacket: 2,
  simplePacket: 3,
  enhancedPacket: 6,
} as const;

/** Byte order mark of a pcapng section. */
export const byteOrderMagic = 0x1a2b3c4d;

/** LINKTYPE_ETHERNET */
export const ethernetLinkType = 1;

/** The longest packet that recorders write. */
export const longestPacket = 262_144;
