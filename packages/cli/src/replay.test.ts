// Replays with a program that only looks at the clock: time follows the capture, a fault ends the replay, refusals do not.
import { type Diagnostic, DiagnosticError, type ProgramSpec } from "@typebpf/abi";
import { type ProgramHandle, virtualClock } from "@typebpf/loader";
import { describe, expect, test } from "vitest";
import type { NamedPacket } from "./input/packets.ts";
import { replay } from "./replay.ts";

const spec: ProgramSpec = {
  name: "fake",
  type: "xdp",
  section: "xdp",
  insns: [],
  relocations: [],
  lines: [],
  stackBytes: 0,
};

function notHere(): never {
  throw new Error("not here");
}

function program(run: (first: number) => void): ProgramHandle {
  return {
    name: spec.name,
    spec,
    raw: { spec, run: notHere, attach: notHere },
    run: (input) => {
      const packet = input instanceof Uint8Array ? input : "packet" in input ? input.packet : new Uint8Array(0);
      run(packet[0] ?? 0);
      return { action: "PASS", retval: 2, packet, durationNs: 1 };
    },
    attach: notHere,
    pin: notHere,
  };
}

function packet(first: number, time?: bigint): NamedPacket {
  const data = Uint8Array.of(first);
  return {
    name: `packet ${first}`,
    packet: data,
    ...(time !== undefined && { captured: { data, originalLength: 1, time } }),
  };
}

function refusal(code: Diagnostic["code"]): DiagnosticError {
  return new DiagnosticError([{ code, severity: "error", message: "no", labels: [], notes: [] }]);
}

const progress = (): void => undefined;

describe("replay", () => {
  test("simulated time follows the capture and never goes back", () => {
    const clock = virtualClock({ start: 50n, tick: 0n });
    const seen: bigint[] = [];
    const packets = [packet(1, 1000n), packet(2, 1700n), packet(3, 1200n), packet(4), packet(5, 3000n)];
    replay(
      program(() => seen.push(clock.now())),
      packets,
      { clock, progress },
    );
    expect(seen).toEqual([50n, 750n, 750n, 750n, 2050n]);
  });

  test("refused packets are left out and counted once", () => {
    const fake = program((first) => {
      if (first > 1) throw refusal("BPF6220");
    });
    const { runs, diagnostics } = replay(fake, [packet(2), packet(1), packet(3)], { progress });
    expect(runs.map(({ input }) => input.name)).toEqual(["packet 1"]);
    expect(diagnostics).toMatchObject([
      { code: "BPF6220", notes: ['while running "packet 2"; 1 more packet could not be run'] },
    ]);
  });

  test("a fault ends the replay and says at which packet", () => {
    const fake = program((first) => {
      if (first === 2) throw refusal("BPF6100");
    });
    const { runs, diagnostics } = replay(fake, [packet(1), packet(2), packet(3)], { progress });
    expect(runs).toHaveLength(1);
    expect(diagnostics).toMatchObject([{ code: "BPF6100", notes: ['while running "packet 2"'] }]);
  });

  test("a mistake of ours is not swallowed", () => {
    const broken = program(() => {
      throw new TypeError("x");
    });
    expect(() => replay(broken, [packet(1)], { progress })).toThrow(TypeError);
  });
});
