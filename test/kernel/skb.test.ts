// Helpers and fields of socket buffers in the simulator and in the kernel, side by side: the same verdict, packet and
// context come out, whatever goes in.
import { fileURLToPath } from "node:url";
import type { BpfObject } from "@typebpf/abi";
import { type BackendObject, kernel, type RunInput, simulator } from "@typebpf/loader";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileFile } from "../../packages/codegen/src/compile.ts";
import { kernelGate } from "../harness/kernel-gate.ts";
import { olderThan } from "./gate.ts";

const gate = await kernelGate();

function bytes(hex: string, length = 0): Uint8Array {
  const pairs = hex.replaceAll(" ", "").match(/../g) ?? [];
  const given = Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
  const packet = Uint8Array.from({ length: Math.max(length, given.length) }, (_, index) => index & 0xff);
  packet.set(given);
  return packet;
}

const macs = "020000000001 020000000002";
const udp = "4500002e12340000401154890a0000020a00000100010002001aaf78";

const inputs: Readonly<Record<string, RunInput>> = {
  "an IPv4 packet": { packet: bytes(`${macs} 0800 ${udp}`, 60) },
  "an IPv6 packet": { packet: bytes(`${macs} 86dd 6000000000081140`, 70) },
  "an unknown protocol": { packet: bytes(`${macs} 88b5`, 40) },
  "an IEEE 802.3 frame": { packet: bytes("ffffffffffff 020000000002 0010 ffff", 30) },
  "an IEEE 802.2 frame": { packet: bytes("010000000001 020000000002 0010 aaaa", 30) },
  "a frame to this host": { packet: bytes("000000000000 000000000000 0800", 60) },
  "a tagged packet": { packet: bytes(`${macs} 8100 0123 0800 ${udp}`, 64) },
  "two tags": { packet: bytes(`${macs} 88a8 0064 8100 0123 0800 ${udp}`, 68) },
  "a tagged length": { packet: bytes(`${macs} 8100 0123 0010 ffff`, 40) },
  "a header and no more": { packet: bytes(`${macs} 88b5`) },
  "a tag cut off": { packet: bytes(`${macs} 8100 01`) },
  "the longest packet": { packet: bytes(`${macs} 0800 ${udp}`, 3712) },
  "a context": {
    packet: bytes(`${macs} 0800 ${udp}`, 60),
    context: {
      ...{ mark: 0xfffffffe, priority: 3, ingressIfindex: 7, ifindex: 1, "cb[0]": 1, "cb[4]": 0xffffffff },
      ...{ tstamp: 1n << 40n, wireLen: 100, gsoSegs: 3, gsoSize: 9, hwtstamp: 5n },
    },
  },
};

const refused: Readonly<Record<string, RunInput>> = {
  "no Ethernet header": { packet: bytes("0102030405060708090a0b0c0d") },
  "half an IPv4 header": { packet: bytes(`${macs} 0800`, 33) },
  "half an IPv6 header": { packet: bytes(`${macs} 86dd`, 53) },
  "more than a page": { packet: bytes(`${macs} 88b5`, 3713) },
  "a field that the kernel sets": { packet: bytes(`${macs} 88b5`, 60), context: { protocol: 1 } },
  "a value too large": { packet: bytes(`${macs} 88b5`, 60), context: { mark: 2 ** 32 } },
  "more segments than there can be": { packet: bytes(`${macs} 88b5`, 60), context: { gsoSegs: 65536 } },
  "a wire shorter than the packet": { packet: bytes(`${macs} 88b5`, 60), context: { wireLen: 40 } },
};

// The simulator follows the newest kernel where kernels differ (checksums, control blocks of the first run).
const comparable = gate.ok && !olderThan("6.18");

describe.skipIf(!comparable)(`socket buffers in the ${gate.title}`, () => {
  const loaded: BackendObject[] = [];
  let names: readonly string[] = [];

  beforeAll(async () => {
    const path = fileURLToPath(new URL("./skb-programs.bpf.ts", import.meta.url));
    const { object, diagnostics } = await compileFile(path, { level: 2 });
    if (!object) throw new Error(diagnostics.map((one) => one.message).join("\n"));
    names = object.programs.map((one: BpfObject["programs"][number]) => one.name);
    for (const backend of [simulator(), kernel()]) loaded.push(await backend.load(object));
  });
  afterAll(() => {
    for (const one of loaded) one[Symbol.dispose]();
  });

  const outcomes = (name: string, input: RunInput): unknown[] =>
    loaded.map((one) => {
      const output = one.programs.get(name)?.run(input);
      return {
        retval: output?.retval,
        context: output?.context,
        packet: Buffer.from(output?.packet ?? []).toString("hex"),
      };
    });

  test("there are programs to compare", () => expect(names.length).toBeGreaterThan(15));

  test.each(Object.entries(inputs))("%s", (_, input) => {
    for (const name of names) {
      const [simulated, real] = outcomes(name, input);
      expect(simulated, name).toEqual(real);
    }
  });

  test.each(Object.entries(refused))("%s is refused", (_, input) => {
    for (const one of loaded)
      for (const name of ["fields", "filterFields"]) {
        if (name === "filterFields" && input.context?.wireLen !== undefined && input.context.wireLen > 46) continue;
        expect(() => one.programs.get(name)?.run(input), name).toThrow();
      }
  });
});
