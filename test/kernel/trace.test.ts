// Lines to trace: the simulator's events are what the kernel writes to its trace pipe. Needs root.
import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileFile } from "@typebpf/codegen";
import { describe, expect, test } from "vitest";
import { load, simulator } from "../../packages/loader/src/index.ts";
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { describeKernel } from "./gate.ts";

const source = fileURLToPath(new URL("./filters/trace.bpf.ts", import.meta.url));

function packetOf(wide: bigint, signed: bigint, narrow: number, small: number): Uint8Array {
  const packet = new Uint8Array(64);
  const view = new DataView(packet.buffer);
  view.setBigUint64(0, wide, true);
  view.setBigInt64(8, signed, true);
  view.setUint32(16, narrow, true);
  view.setUint8(20, small);
  return packet;
}

const packets = [packetOf(2n ** 64n - 1n, -(2n ** 63n), 0xffff_ffff, 255), packetOf(0n, 5n, 7, 0)];

async function simulated(level: 0 | 1 | 2) {
  const { object } = await compileFile(source, { level });
  if (!object) throw new Error("the filter does not compile");
  using loaded = await load(object, simulator());
  return { object, events: packets.map((packet) => loaded.programs.main?.run(packet).trace ?? []) };
}

describe.each([0, 1, 2] as const)("lines at -O%i", (level) => {
  test("are events in the simulator", async () => {
    const { events } = await simulated(level);
    expect(events.map((lines) => lines.map(({ text }) => text.slice("typebpf-test ".length)))).toEqual([
      [
        "plain 100% %d",
        "18446744073709551615 -9223372036854775808 4294967295",
        "lines: 55, 2, true end",
        "255 4294967295 18446744073709551615 -9223372036854775808 1 0",
      ],
      ["plain 100% %d", "0 5 7", "lines: -200, 2, true end", "0 7 0 5 0 -8"],
    ]);
    expect(events[1]?.[1]).toMatchObject({ format: "typebpf-test %llu %lld %lld", values: [0n, 5n, 7n] });
  });
});

/** A trace file system of this test's own, and everything its pipe holds at once. */
function tracePipe() {
  const folder = mkdtempSync(join(tmpdir(), "typebpf-trace-"));
  execFileSync("mount", ["-t", "tracefs", "tracefs", folder]);
  const isOn = readFileSync(join(folder, "tracing_on"), "utf8").trim() === "1";
  if (!isOn) writeFileSync(join(folder, "tracing_on"), "1");
  const file = openSync(join(folder, "trace_pipe"), constants.O_RDONLY | constants.O_NONBLOCK);
  const buffer = new Uint8Array(1 << 16);
  return {
    lines(): readonly string[] {
      let text = "";
      for (;;) {
        try {
          const size = readSync(file, buffer);
          if (size === 0) break;
          text += new TextDecoder().decode(buffer.subarray(0, size));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === "EAGAIN") break;
          throw error;
        }
      }
      return text.split("\n");
    },
    [Symbol.dispose](): void {
      closeSync(file);
      if (!isOn) writeFileSync(join(folder, "tracing_on"), "0");
      execFileSync("umount", [folder]);
      rmdirSync(folder);
    },
  };
}

describeKernel("lines in the trace pipe", () => {
  test("are those of the simulator", async () => {
    const { object, events } = await simulated(2);
    using pipe = tracePipe();
    using loaded = await load(object, kernel());
    for (const packet of packets) loaded.programs.main?.run(packet);
    const written = pipe.lines().flatMap((line) => /typebpf-test .*$/u.exec(line)?.[0] ?? []);
    expect(written).toEqual(events.flatMap((lines) => lines.map(({ text }) => text)));
  });
});
