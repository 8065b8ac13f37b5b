// The simulator as a back end: packets, contexts, helpers, and each fault with its code, line and notes.
import { DiagnosticError, type MapSpec, scalarLayouts } from "@typebpf/abi";
import { describe, expect, test } from "vitest";
import type { RunInput, RunOutput } from "../backend.ts";
import { objectOf } from "../object-fixture.ts";
import { type SimulatorOptions, simulator } from "./backend.ts";

const packet = Uint8Array.from({ length: 60 }, (_, index) => index);
const counters: MapSpec = {
  name: "counters",
  type: "array",
  key: scalarLayouts.u32,
  value: scalarLayouts.u64,
  maxEntries: 4,
  flags: 0,
};
const table: MapSpec = { ...counters, name: "table", type: "hash", maxEntries: 2 };

async function run(text: string, input: Partial<RunInput> = {}, options: SimulatorOptions = {}): Promise<RunOutput> {
  const loaded = await simulator(options).load(objectOf({ main: text }, [counters, table]));
  const program = loaded.programs.get("main");
  if (!program) throw new Error("not loaded");
  return program.run({ packet, ...input });
}

/** Code, line and notes of what is thrown, "ran" if nothing is. */
async function fault(text: string, input: Partial<RunInput> = {}, options: SimulatorOptions = {}): Promise<string> {
  try {
    await run(text, input, options);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const [first] = error.diagnostics;
    return `${first?.code} line ${first?.at?.line}: ${first?.message} (${first?.notes[0]})`;
  }
  return "ran";
}

const bounds = "r2 = *(u32 *)(r1 +0)\nr3 = *(u32 *)(r1 +4)";
/** r0 = address of the value of `table` under the word at r10 - 8. */
const lookup = (map: string): string => `r2 = r10\nr2 += -8\nr1 = map[${map}] ll\ncall bpf_map_lookup_elem`;

describe("packets and their context", () => {
  test("data and data_end delimit the packet", async () => {
    expect((await run(`${bounds}\nr0 = r3\nr0 -= r2\nexit`)).retval).toBe(60);
    expect((await run("r2 = *(u32 *)(r1 +0)\nr0 = *(u8 *)(r2 +59)\nexit")).retval).toBe(59);
  });

  test("a write is in the packet that comes out, not in the one that went in", async () => {
    const { packet: out } = await run("r2 = *(u32 *)(r1 +0)\n*(u8 *)(r2 +3) = 77\nr0 = 2\nexit");
    expect([out[3], packet[3], out.length]).toEqual([77, 3, 60]);
  });

  test("fields have the values of a test run, or those given", async () => {
    const text = "r0 = *(u32 *)(r1 +12)\nr0 <<= 8\nr1 = *(u32 *)(r1 +16)\nr0 |= r1\nexit";
    expect((await run(text)).retval).toBe(0x100);
    expect((await run(text, { context: { ingressIfindex: 3, rxQueueIndex: 2 } })).retval).toBe(0x302);
  });

  test("a program of a device map knows where its packet goes, others do not", async () => {
    const text = "r0 = *(u32 *)(r1 +20)\nexit";
    const base = objectOf({ main: text });
    const run = async (section: string) => {
      const object = { ...base, programs: base.programs.map((program) => ({ ...program, section })) };
      const loaded = await simulator().load(object);
      return loaded.programs.get("main")?.run({ packet: new Uint8Array(60), context: { egressIfindex: 7 } }).retval;
    };
    expect(await run("xdp/devmap")).toBe(7);
    await expect(run("xdp")).rejects.toThrow("BPF6008");
  });

  test("repeated runs each get the packet as given", async () => {
    const { packet: out } = await run("r2 = *(u32 *)(r1 +0)\nr0 = *(u8 *)(r2 +0)\nr0 += 1\n*(u8 *)(r2 +0) = r0\nexit", {
      repeat: 5,
    });
    expect(out[0]).toBe(1);
  });

  const refused: readonly [string, Partial<RunInput>, string][] = [
    ["13 bytes", { packet: new Uint8Array(13) }, "BPF6006"],
    ["3521 bytes", { packet: new Uint8Array(3521) }, "BPF6007"],
    ["an unknown field", { context: { mark: 1 } }, "BPF6008"],
    ["a field that the kernel refuses", { context: { egressIfindex: 1 } }, "BPF6008"],
    ["an interface without number", { context: { ingressIfindex: 0 } }, "BPF6008"],
    ["a queue of no interface", { context: { rxQueueIndex: 1 } }, "BPF6008"],
    ["a value that is too large", { context: { ingressIfindex: 2 ** 32 } }, "BPF6008"],
    ["a fraction of a run", { repeat: 1.5 }, "BPF6009"],
  ];
  test.each(refused)("%s is refused", async (_, input, code) =>
    expect((await fault("r0 = 0\nexit", input)).slice(0, 7)).toBe(code),
  );
});

describe("helpers that move the packet (results of Linux 6.18)", () => {
  const moved = (helper: string, delta: number) => `r2 = ${delta}\ncall bpf_xdp_${helper}\nexit`;
  const rows: readonly [string, number, number, number][] = [
    ["adjust_head", -216, 0, 276],
    ["adjust_head", -217, -22, 60],
    ["adjust_head", 46, 0, 14],
    ["adjust_head", 47, -22, 60],
    ["adjust_tail", -46, 0, 14],
    ["adjust_tail", -47, -22, 60],
    ["adjust_tail", 3460, 0, 3520],
    ["adjust_tail", 3461, -22, 60],
    ["adjust_meta", -4, 0, 60],
    ["adjust_meta", -3, -13, 60],
    ["adjust_meta", -216, 0, 60],
    ["adjust_meta", -220, -22, 60],
    ["adjust_meta", 4, -22, 60],
  ];
  test.each(rows)("%s by %i gives %i and %i bytes", async (helper, delta, status, length) => {
    const output = await run(moved(helper, delta));
    expect([output.retval | 0, output.packet.length]).toEqual([status, length]);
  });

  test("what is before the packet is zero, and old bytes stay", async () => {
    const { packet: out } = await run(moved("adjust_head", -4));
    expect([...out.subarray(0, 6)]).toEqual([0, 0, 0, 0, 0, 1]);
  });

  test("nothing of an earlier run is left around the packet", async () => {
    const write =
      "r6 = r1\nr2 = -4\ncall bpf_xdp_adjust_head\nr1 = *(u32 *)(r6 +0)\n*(u32 *)(r1 +0) = -1\nr0 = 2\nexit";
    const loaded = await simulator().load(objectOf({ write, read: moved("adjust_head", -4) }));
    loaded.programs.get("write")?.run({ packet });
    expect([...(loaded.programs.get("read")?.run({ packet }).packet.subarray(0, 4) ?? [])]).toEqual([0, 0, 0, 0]);
  });

  test("metadata moves along with the head", async () => {
    const text = `r6 = r1
      r2 = -4
      call bpf_xdp_adjust_meta
      r2 = *(u32 *)(r6 +8)
      *(u32 *)(r2 +0) = 1234
      r1 = r6
      r2 = 8
      call bpf_xdp_adjust_head
      r2 = *(u32 *)(r6 +8)
      r0 = *(u32 *)(r2 +0)
      exit`;
    const { retval, packet: out } = await run(text);
    expect([retval, out.length, out[0]]).toEqual([1234, 52, 8]);
  });

  test("bytes are copied out of the packet and into it", async () => {
    const text =
      "r6 = r1\nr2 = 52\nr3 = r10\nr3 += -8\nr4 = 8\ncall bpf_xdp_load_bytes\nr1 = r6\nr2 = 0\nr3 = r10\nr3 += -8\nr4 = 8\ncall bpf_xdp_store_bytes\nexit";
    const { retval, packet: out } = await run(text);
    expect([retval, ...out.subarray(0, 9)]).toEqual([0, 52, 53, 54, 55, 56, 57, 58, 59, 8]);
    expect((await run(text.replace("r2 = 52", "r2 = 53").replace("r1 = r6", "exit\nr1 = r6"))).retval | 0).toBe(-22);
  });
});

describe("faults", () => {
  const key = "*(u32 *)(r10 -8) = 9";
  const insert = `${key}\nr1 = map[table] ll\nr2 = r10\nr2 += -8\nr3 = r10\nr3 += -16\n*(u64 *)(r10 -16) = 5\nr4 = 0\ncall bpf_map_update_elem`;
  const rows: readonly [string, string, string][] = [
    [
      "after the packet",
      `${bounds}\nr0 = *(u32 *)(r2 +58)\nexit`,
      "BPF6100 line 3: read of 4 bytes outside of the packet (the address is the packet + 58)",
    ],
    [
      "before the packet",
      `${bounds}\nr0 = *(u8 *)(r2 -1)\nexit`,
      "BPF6100 line 3: read of 1 byte outside of the packet (the address is the packet - 1)",
    ],
    [
      "above the stack",
      "r0 = *(u64 *)(r10 +0)\nexit",
      "BPF6100 line 1: read of 8 bytes outside of the stack (the address is the stack, r10 + 0)",
    ],
    [
      "below the stack",
      "*(u64 *)(r10 -513) = 1\nexit",
      "BPF6100 line 1: write of 8 bytes outside of the stack (the address is the stack, r10 - 513)",
    ],
    [
      "after a map value",
      `*(u32 *)(r10 -8) = 0\n${lookup("counters")}\nr0 = *(u64 *)(r0 +8)\nexit`,
      'BPF6100 line 7: read of 8 bytes outside of a value of map "counters" (the address is a value of map "counters" + 8)',
    ],
    [
      "null",
      `${key}\n${lookup("table")}\nr0 = *(u64 *)(r0 +0)\nexit`,
      "BPF6101 line 7: read of 8 bytes through a null pointer (the pointer is null, the offset 0)",
    ],
    [
      "a number",
      "r2 = -1\nr0 = *(u8 *)(r2 +0)\nexit",
      "BPF6102 line 2: read of 1 byte through a value that is no address (the register holds 0xffffffffffffffff)",
    ],
    [
      "a dead register",
      "call bpf_ktime_get_ns\nr0 = *(u8 *)(r1 +0)\nexit",
      "BPF6102 line 2: read of 1 byte through a value that is no address (the register holds 0xa5a5a5a5a5a5a5a5)",
    ],
    [
      "the map itself",
      "r1 = map[table] ll\nr0 = *(u8 *)(r1 +0)\nexit",
      'BPF6102 line 3: read of 1 byte through a value that is no address (the register holds 0xb0000040000000, map "table" itself)',
    ],
    [
      "a frame that has returned",
      "call pc+2\nr0 = *(u8 *)(r0 -1)\nexit\nr0 = r10\nexit",
      "BPF6103 line 2: read of 1 byte in the stack, which no longer exists (the address is the stack, r10 - 1)",
    ],
    [
      "atomics on packets",
      `${bounds}\nlock *(u32 *)(r2 +0) += r2\nexit`,
      "BPF6106 line 3: atomic operation on the packet (program main, slot 2: lock *(u32 *)(r2 +0) += r2)",
    ],
    [
      "atomics off alignment",
      "lock *(u64 *)(r10 -12) += r1\nexit",
      "BPF6105 line 1: atomic operation of 8 bytes on an address that is not aligned (the address is the stack, r10 - 12; it must be a multiple of 8)",
    ],
    ["part of a context field", "r0 = *(u8 *)(r1 +0)\nexit", "BPF6107 line 1"],
    [
      "a field of other programs",
      "r0 = *(u32 *)(r1 +20)\nexit",
      "BPF6107 line 1: egress_ifindex can be read only in programs of device maps",
    ],
    [
      "writing the context",
      "*(u32 *)(r1 +12) = 1\nexit",
      "BPF6107 line 1: write of 4 bytes at offset 12 of the context",
    ],
    [
      "a loop without end",
      "r0 = 0\nr0 += 1\nif r0 != 0x0 goto pc-2\nexit",
      "BPF6108 line 3: the program ran 1000 instructions",
    ],
    [
      "calls too deep",
      "call pc+1\nexit\ncall pc-1\nexit",
      "BPF6109 line 3: a call would open stack frame 9; there are 8",
    ],
    [
      "a number for a map",
      "r1 = 5\nr2 = r10\nr2 += -8\ncall bpf_map_lookup_elem\nexit",
      "BPF6113 line 4: r1 must be a map",
    ],
    ["a key outside of memory", "r1 = map[table] ll\nr2 = r10\ncall bpf_map_lookup_elem\nexit", "BPF6100 line 4"],
  ];
  test.each(rows)("%s", async (_, text, message) => {
    expect((await fault(text, {}, { maxInstructions: 1000 })).slice(0, message.length)).toBe(message);
  });

  const drop = "r1 = map[table] ll\nr2 = r10\nr2 += -8\ncall bpf_map_delete_elem";
  /** r6 points to a value that has been deleted. */
  const deleted = `${insert}\n${lookup("table")}\nr6 = r0\n${drop}`;

  test("a deleted value can be read until the run ends", async () => {
    expect((await run(`${deleted}\nr0 = *(u64 *)(r6 +0)\nexit`)).retval).toBe(5);
  });

  test("a value that was deleted in an earlier run is gone", async () => {
    const first = `*(u32 *)(r10 -8) = 0\n${lookup("counters")}`;
    const keep = `${deleted}\n${first}\n*(u64 *)(r0 +0) = r6\nr0 = 0\nexit`;
    const use = `${first}\nr1 = *(u64 *)(r0 +0)\nr0 = *(u64 *)(r1 +0)\nexit`;
    const loaded = await simulator().load(objectOf({ keep, use }, [counters, table]));
    loaded.programs.get("keep")?.run({ packet });
    expect(() => loaded.programs.get("use")?.run({ packet })).toThrow("BPF6103");
  });
});

describe("refused when loaded", () => {
  const rows: readonly [string, string, string][] = [
    ["legacy packet loads", "r0 = *(u8 *)skb[0]\nexit", "BPF6110 line 1"],
    ["address space casts", "r1 = addr_space_cast(r2, 0, 1)\nexit", "BPF6110 line 1"],
    ["kernel functions", "call kernel-function#77\nexit", "BPF6110 line 1"],
    ["unknown helpers", "call unknown#4000\nexit", "BPF6112 line 1"],
    ["jumps to nowhere", "goto pc+7\nexit", "BPF5"],
    ["maps that are not there", "r1 = map[nothing] ll\nexit", "BPF6114 line 1"],
  ];
  test.each(rows)("%s", async (_, text, message) => expect((await fault(text)).slice(0, message.length)).toBe(message));

  test("maps that are too large, or have the wrong key", async () => {
    const load = (spec: MapSpec): Promise<unknown> => simulator().load(objectOf({}, [spec]));
    await expect(load({ ...counters, maxEntries: 2 ** 31 })).rejects.toThrow("BPF6004");
    await expect(load({ ...counters, key: scalarLayouts.u64 })).rejects.toThrow("BPF6004");
    await expect(load({ ...table, maxEntries: 0 })).rejects.toThrow("BPF6004");
  });

  test("attaching", async () => {
    const loaded = await simulator().load(objectOf({ main: "r0 = 0\nexit" }));
    expect(() => loaded.programs.get("main")?.attach({ interface: "eth0" })).toThrow("BPF6002");
  });

  test("running after dispose", async () => {
    const loaded = await simulator().load(objectOf({ main: "r0 = 0\nexit" }));
    loaded[Symbol.dispose]();
    expect(() => loaded.programs.get("main")?.run({ packet })).toThrow("BPF6005");
  });
});
