// Packets and contexts from the command line.
import { DiagnosticError } from "@typebpf/abi";
import { expect, test } from "vitest";
import { readPackets } from "./packets.ts";

test("contexts without packets, and with the packets at their side", () => {
  const ctx = ['{ "family": 2, "remotePort": 7 }', '{ "tstamp": "18446744073709551615" }'];
  expect(readPackets({ ctx }).packets).toEqual([
    { name: "context 1", packet: new Uint8Array(0), context: { family: 2, remotePort: 7 } },
    { name: "context 2", packet: new Uint8Array(0), context: { tstamp: 0xffff_ffff_ffff_ffffn } },
  ]);
  expect(readPackets({ packet: ["00ff", "01"], ctx: ['{ "mark": 1 }'] }).packets).toEqual([
    { name: "packet 1", packet: Uint8Array.of(0, 255), context: { mark: 1 } },
    { name: "packet 2", packet: Uint8Array.of(1) },
  ]);
});

test.each(["{", "7", "[]", '{ "mark": 1.5 }', '{ "mark": "many" }', '{ "mark": -1 }'])("%s is no context", (ctx) => {
  expect(() => readPackets({ ctx: [ctx] })).toThrow(DiagnosticError);
});
