import { expect, test } from "vitest";
import { internetChecksum } from "./ping.ts";

test("the checksum of RFC 1071, section 3", () => {
  expect(internetChecksum(Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7))).toBe(~0xddf2 & 0xffff);
});
