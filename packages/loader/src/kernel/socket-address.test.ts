import { expect, test } from "vitest";
import { addressFamily, portOf, socketAddress } from "./socket-address.ts";

test("IPv4: family, port and address", () => {
  const bytes = socketAddress("10.42.0.1", 0x1234);
  expect([...bytes]).toEqual([2, 0, 0x12, 0x34, 10, 42, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  expect(portOf(bytes)).toBe(0x1234);
});

test("IPv6: the address comes after the flow", () => {
  const bytes = socketAddress("fd42::1", 7);
  expect([...bytes]).toEqual([10, 0, 0, 7, 0, 0, 0, 0, 0xfd, 0x42, ...new Array<number>(13).fill(0), 1, 0, 0, 0, 0]);
  expect(addressFamily("fd42::1")).toBe(10);
});
