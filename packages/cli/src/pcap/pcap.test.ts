// Captures: what is written is read back; hand-made files of each format and byte order; hostile files are diagnostics.
import { DiagnosticError } from "@typebpf/abi";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CapturedPacket } from "./format.ts";
import { readCapture } from "./read.ts";
import { writeCapture } from "./write.ts";

const packet = fc
  .record({
    data: fc.uint8Array({ maxLength: 200 }),
    more: fc.nat(50),
    time: fc.bigInt(0n, (1n << 32n) * 10n ** 9n - 1n),
  })
  .map(({ data, more, time }): CapturedPacket => ({ data, originalLength: data.length + more, time }));

/** Words of 32 bits in one byte order, bytes as they are. */
function layOut(littleEndian: boolean, parts: readonly (number | Uint8Array)[]): Uint8Array {
  const bytes: number[] = [];
  for (const part of parts) {
    if (typeof part !== "number") bytes.push(...part);
    else {
      const word = new DataView(new ArrayBuffer(4));
      word.setUint32(0, part, littleEndian);
      bytes.push(...new Uint8Array(word.buffer));
    }
  }
  return Uint8Array.from(bytes);
}

/** Two 16-bit numbers as one word, so that both lie right in either byte order. */
function halves(littleEndian: boolean, first: number, second: number): number {
  return littleEndian ? first + second * 0x10000 : first * 0x10000 + second;
}

const data = Uint8Array.of(1, 2, 3, 4, 5, 6);

function classic(littleEndian: boolean, magic: number, fraction: number): Uint8Array {
  const header = [magic, halves(littleEndian, 2, 4), 0, 0, 65535, 1];
  return layOut(littleEndian, [...header, 7, fraction, data.length, data.length, data]);
}

function nextGeneration(littleEndian: boolean): Uint8Array {
  const section = [0x0a0d0d0a, 28, 0x1a2b3c4d, halves(littleEndian, 1, 0), 0xffffffff, 0xffffffff, 28];
  const resolution = [halves(littleEndian, 9, 1), Uint8Array.of(3, 0, 0, 0), 0];
  const description = [1, 32, halves(littleEndian, 1, 0), 0, ...resolution, 32];
  const unknown = [0x80000bad, 16, 0xdeadbeef, 16];
  const enhanced = [6, 40, 0, 0, 7005, data.length, data.length, data, Uint8Array.of(0, 0), 40];
  const simple = [3, 24, data.length, data, Uint8Array.of(0, 0), 24];
  return layOut(littleEndian, [...section, ...description, ...unknown, ...enhanced, ...simple]);
}

function codeOf(bytes: Uint8Array): string {
  try {
    readCapture(bytes, "test.pcap");
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics[0]?.code ?? "none";
    throw error;
  }
  return "read";
}

describe("captures", () => {
  test("what is written is read back", () => {
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 10 }), (packets) => {
        expect(readCapture(writeCapture(packets), "test.pcap").packets).toEqual(packets);
      }),
    );
  });

  test("both byte orders and both resolutions of the classic format", () => {
    for (const littleEndian of [true, false]) {
      const micro = readCapture(classic(littleEndian, 0xa1b2c3d4, 5), "test.pcap");
      expect(micro.packets).toEqual([{ data, originalLength: 6, time: 7_000_005_000n }]);
      const nano = readCapture(classic(littleEndian, 0xa1b23c4d, 5), "test.pcap");
      expect(nano.packets).toEqual([{ data, originalLength: 6, time: 7_000_000_005n }]);
    }
  });

  test("pcapng in both byte orders, with a clock of milliseconds, unknown blocks and simple packets", () => {
    for (const littleEndian of [true, false]) {
      expect(readCapture(nextGeneration(littleEndian), "test.pcapng").packets).toEqual([
        { data, originalLength: 6, time: 7_005_000_000n },
        { data, originalLength: 6, time: 0n },
      ]);
    }
  });

  test("cut packets are a warning that counts them", () => {
    const bytes = writeCapture([
      { data, originalLength: 6, time: 0n },
      { data, originalLength: 60, time: 0n },
    ]);
    const { packets, diagnostics } = readCapture(bytes, "test.pcap");
    expect(packets).toHaveLength(2);
    expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
      "BPF6325 test.pcap: 1 of 2 packets were cut when they were recorded, the first is packet 2",
    ]);
  });

  test("each kind of bad file has its code", () => {
    const good = classic(true, 0xa1b2c3d4, 5);
    const changed = (at: number, value: number): Uint8Array => {
      const bytes = good.slice();
      new DataView(bytes.buffer).setUint32(at, value, true);
      return bytes;
    };
    expect(codeOf(new Uint8Array(0))).toBe("BPF6321");
    expect(codeOf(Uint8Array.of(0x1f, 0x8b, 8, 0))).toBe("BPF6321");
    expect(codeOf(good.subarray(0, 20))).toBe("BPF6323");
    expect(codeOf(good.subarray(0, good.length - 1))).toBe("BPF6323");
    expect(codeOf(changed(20, 113))).toBe("BPF6322");
    expect(codeOf(changed(32, 0xffffffff))).toBe("BPF6323");
    expect(codeOf(changed(28, 1_000_000))).toBe("BPF6324");
    expect(codeOf(changed(4, 9))).toBe("BPF6324");
  });

  test("the message says which packet and where", () => {
    const whole = classic(true, 0xa1b2c3d4, 5);
    expect(() => readCapture(whole.subarray(0, whole.length - 1), "a.pcap")).toThrow(
      "a.pcap: packet 1, at byte 40: the packet takes 6 bytes, but only 5 are left",
    );
  });

  test("damaged files are refused or read, never a crash", () => {
    const seeds = [classic(true, 0xa1b2c3d4, 5), nextGeneration(true), nextGeneration(false)];
    const change = fc.record({ at: fc.nat(200), value: fc.constantFrom(0, 1, 4, 7, 0x7f, 0x80, 0xff) });
    fc.assert(
      fc.property(fc.constantFrom(...seeds), fc.array(change, { maxLength: 6 }), fc.nat(200), (seed, changes, cut) => {
        const bytes = seed.slice();
        for (const { at, value } of changes) bytes[at % bytes.length] = value;
        const result = codeOf(bytes.subarray(0, bytes.length - (cut % 40)));
        expect(result).toMatch(/^(read|BPF632[1-4])$/);
      }),
      { numRuns: 2000 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => void codeOf(bytes)));
  });
});
