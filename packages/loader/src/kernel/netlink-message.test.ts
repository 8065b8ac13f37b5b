import { describe, expect, test } from "vitest";
import {
  decodeAttributes,
  decodeMessages,
  decodeText,
  decodeU32,
  encodeAttributes,
  encodeMessage,
  nested,
  textAttribute,
  u32Bytes,
} from "./netlink-message.ts";

describe("netlink messages", () => {
  test("attributes are padded to 4 bytes, lengths are not", () => {
    expect([...encodeAttributes([textAttribute(3, "lo"), { type: 4, data: Uint8Array.of(9) }])]).toEqual([
      ...[7, 0, 3, 0, 0x6c, 0x6f, 0, 0],
      ...[5, 0, 4, 0, 9, 0, 0, 0],
    ]);
  });

  test("what is encoded is decoded", () => {
    const inside = nested(18, textAttribute(1, "veth"), { type: 2, data: u32Bytes(0xfedcba98) });
    const bytes = encodeMessage(16, 5, 77, encodeAttributes([inside]));
    const [message, second] = decodeMessages(
      Uint8Array.from([...bytes, ...encodeMessage(3, 2, 78, new Uint8Array(0))]),
    );
    expect(message).toMatchObject({ type: 16, flags: 5, sequence: 77 });
    expect(second).toMatchObject({ type: 3, sequence: 78 });
    const attributes = decodeAttributes(
      decodeAttributes(message?.payload ?? new Uint8Array()).get(18) ?? new Uint8Array(),
    );
    expect(decodeText(attributes.get(1))).toBe("veth");
    expect(decodeU32(attributes.get(2))).toBe(0xfedcba98);
  });

  test("damaged lengths end the reading", () => {
    const bytes = encodeMessage(16, 0, 1, encodeAttributes([textAttribute(3, "eth0")]));
    for (let length = 0; length < bytes.length; length++) expect(decodeMessages(bytes.subarray(0, length))).toEqual([]);
    for (const length of [0, 3, 200]) {
      const attribute = encodeAttributes([textAttribute(3, "eth0")]);
      attribute[0] = length;
      expect(decodeAttributes(attribute).size).toBe(0);
    }
    expect(decodeU32(Uint8Array.of(1))).toBeUndefined();
  });
});
