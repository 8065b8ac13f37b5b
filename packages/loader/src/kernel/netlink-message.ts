// Netlink messages as bytes, host byte order (RFC 3549; include/uapi/linux/netlink.h):
//
//   nlmsghdr:   length u32 | type u16 | flags u16 | sequence u32 | port u32      then the family's struct and attributes
//   attribute:  length u16 | type u16 | data, padded to 4 bytes                  nested attributes are data of others

/** An attribute to send: bytes, or attributes inside it. */
export interface Attribute {
  readonly type: number;
  readonly data: Uint8Array;
}

/** A message that came in. */
export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
}

export const headerBytes = 16;

function pad4(size: number): number {
  return (size + 3) & ~3;
}

/** Bytes one after another. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Attributes as bytes. */
export function encodeAttributes(attributes: readonly Attribute[]): Uint8Array {
  return concat(
    ...attributes.map(({ type, data }) => {
      const bytes = new Uint8Array(pad4(4 + data.length));
      new DataView(bytes.buffer).setUint16(0, 4 + data.length, true);
      new DataView(bytes.buffer).setUint16(2, type, true);
      bytes.set(data, 4);
      return bytes;
    }),
  );
}

/** An attribute with others inside. */
export function nested(type: number, ...inside: readonly Attribute[]): Attribute {
  return { type, data: encodeAttributes(inside) };
}

/** An attribute with a zero-terminated text. */
export function textAttribute(type: number, text: string): Attribute {
  return { type, data: new TextEncoder().encode(`${text}\0`) };
}

/** A native 32-bit number as bytes. */
export function u32Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

/** A whole message. */
export function encodeMessage(type: number, flags: number, sequence: number, payload: Uint8Array): Uint8Array {
  const header = new Uint8Array(headerBytes);
  const view = new DataView(header.buffer);
  view.setUint32(0, headerBytes + payload.length, true);
  view.setUint16(4, type, true);
  view.setUint16(6, flags, true);
  view.setUint32(8, sequence, true);
  return concat(header, payload);
}

/** The messages of one datagram. Stops at the first that does not fit. */
export function decodeMessages(bytes: Uint8Array): readonly Message[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const messages: Message[] = [];
  for (let at = 0; at + headerBytes <= bytes.length; ) {
    const length = view.getUint32(at, true);
    if (length < headerBytes || at + length > bytes.length) break;
    messages.push({
      type: view.getUint16(at + 4, true),
      flags: view.getUint16(at + 6, true),
      sequence: view.getUint32(at + 8, true),
      payload: bytes.subarray(at + headerBytes, at + length),
    });
    at += pad4(length);
  }
  return messages;
}

/** Attributes by type, without the flag bits of the type. Stops at the first that does not fit. */
export function decodeAttributes(bytes: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const attributes = new Map<number, Uint8Array>();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = view.getUint16(at, true);
    if (length < 4 || at + length > bytes.length) break;
    attributes.set(view.getUint16(at + 2, true) & 0x3fff, bytes.subarray(at + 4, at + length));
    at += pad4(length);
  }
  return attributes;
}

/** The text of an attribute, without its zero. */
export function decodeText(bytes: Uint8Array | undefined): string {
  return bytes ? new TextDecoder().decode(bytes).replace(/\0.*$/su, "") : "";
}

/** The native 32-bit number of an attribute. */
export function decodeU32(bytes: Uint8Array | undefined): number | undefined {
  return bytes && bytes.length >= 4 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) : undefined;
}
