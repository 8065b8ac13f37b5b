// The context of programs on socket buffers: what may be read and written, where a socket filter's packet begins, and what
// stands in the context after a run.
import { type BpfObject, DiagnosticError } from "@typebpf/abi";
import { describe, expect, test } from "vitest";
import type { RunInput, RunOutput } from "../../backend.ts";
import { objectOf } from "../../object-fixture.ts";
import { type SimulatorOptions, simulator } from "../backend.ts";

type Type = "sched_cls" | "socket_filter";

function objectOfType(text: string, type: Type): BpfObject {
  const object = objectOf({ main: text });
  return { ...object, programs: object.programs.map((one) => ({ ...one, type })) };
}

const frame = new Uint8Array(60);
frame.set([0x08, 0x00, 0x46], 12);
frame[38] = 0x77;

async function run(
  text: string,
  type: Type = "sched_cls",
  options: SimulatorOptions = {},
  input: RunInput = { packet: frame },
): Promise<RunOutput> {
  const loaded = await simulator(options).load(objectOfType(text, type));
  const program = loaded.programs.get("main");
  if (!program) throw new Error("not loaded");
  return program.run(input);
}

async function faultOf(text: string, type: Type = "sched_cls"): Promise<string> {
  try {
    await run(text, type);
  } catch (error) {
    if (error instanceof DiagnosticError) return `${error.diagnostics[0]?.code} ${error.diagnostics[0]?.notes[0]}`;
    throw error;
  }
  return "none";
}

const read = (size: number, offset: number): string => `r0 = *(u${size * 8} *)(r1 +${offset})\nexit`;
const write = (size: number, offset: number): string => `r2 = 7\n*(u${size * 8} *)(r1 +${offset}) = r2\nr0 = 0\nexit`;

describe("accesses", () => {
  test.each<readonly [string, string, number]>([
    ["a whole field", read(4, 0), 60],
    ["half of one", read(2, 0), 60],
    ["a byte of one", read(1, 1), 0],
    ["a half of the protocol", read(2, 16), 8],
    ["a byte of room", "r2 = 5\n*(u8 *)(r1 +49) = r2\nr0 = *(u32 *)(r1 +48)\nexit", 0x500],
    ["8 bytes of room", "r2 = -1\n*(u64 *)(r1 +56) = r2\nr0 = *(u32 *)(r1 +60)\nexit", 0xffffffff],
    ["16 bits of a number", "r2 = -2\n*(u32 *)(r1 +44) = r2\nr0 = *(u32 *)(r1 +44)\nexit", 0xfffe],
    ["no queue", "r2 = 0xffff\n*(u32 *)(r1 +12) = r2\nr0 = *(u32 *)(r1 +12)\nexit", 0],
    ["a time", "r2 = 9\n*(u64 *)(r1 +152) = r2\nr0 = *(u64 *)(r1 +152)\nexit", 9],
  ])("%s", async (_, text, retval) => expect((await run(text)).retval).toBe(retval));

  test.each<readonly [string, string, Type, string]>([
    ["a field across", read(4, 2), "sched_cls", "BPF6107 __sk_buff.len begins at 0 and has 4 bytes"],
    ["half a packet pointer", read(2, 76), "sched_cls", "BPF6107 __sk_buff.data begins at 76 and has 4 bytes"],
    ["half a time", read(4, 152), "sched_cls", "BPF6107 __sk_buff.tstamp begins at 152 and has 8 bytes"],
    ["a field of other types", read(4, 88), "sched_cls", "BPF6107 sched_cls programs have no field of __sk_buff there"],
    ["a write of a byte", write(1, 8), "sched_cls", "BPF6107 __sk_buff.mark begins at 8 and has 4 bytes"],
    ["a write where none is", write(4, 0), "sched_cls", "BPF6107 sched_cls programs may only read __sk_buff.len"],
    [
      "a packet pointer",
      read(4, 76),
      "socket_filter",
      "BPF6107 socket_filter programs have no field of __sk_buff there",
    ],
    ["a mark", write(4, 8), "socket_filter", "BPF6107 socket_filter programs may only read __sk_buff.mark"],
  ])("%s is refused", async (_, text, type, message) => expect(await faultOf(text, type)).toBe(message));
});

describe("where a socket filter's packet begins", () => {
  const first = "r6 = r1\nr2 = 0\nr3 = r10\nr3 += -8\nr4 = 1\ncall bpf_skb_load_bytes\nr0 = *(u8 *)(r10 -8)\nexit";

  test.each([
    ["behind the Ethernet header", {}, 46, 0x46],
    ["at the Ethernet header", { socketFilterStart: "link" }, 60, 0],
    ["behind the IPv4 header", { socketFilterStart: "transport" }, 22, 0x77],
  ] as const)("%s", async (_, options, length, byte) => {
    expect((await run(read(4, 0), "socket_filter", options)).retval).toBe(length);
    expect((await run(first, "socket_filter", options)).retval).toBe(byte);
  });

  test("an unknown place is refused", () => {
    expect(() => simulator({ socketFilterStart: "mac" as "link" })).toThrow("BPF6009");
  });
});

describe("legacy packet loads", () => {
  const load = (text: string): string => `r6 = r1\nr2 = -2\n${text}\nexit`;

  test.each<readonly [string, string, Type, number]>([
    ["a half from the start", "r0 = *(u16 *)skb[12]", "sched_cls", 0x800],
    ["a byte of the network header", "r0 = *(u8 *)skb[-1048576]", "sched_cls", 0x46],
    ["a half of the Ethernet header", "r0 = *(u16 *)skb[-2097140]", "socket_filter", 0x800],
    ["an offset that wraps", "r0 = *(u8 *)skb[r2 + 16]", "sched_cls", 0x46],
    ["behind the packet", "r0 = *(u32 *)skb[57]", "sched_cls", 0],
    ["a place that means nothing", "r0 = *(u8 *)skb[-1]", "sched_cls", 0],
    ["before the Ethernet header", "r0 = *(u8 *)skb[-2097153]", "sched_cls", 0],
  ])("%s", async (_, text, type, value) => expect((await run(load(text), type)).retval).toBe(value));

  test("outside of the packet the function returns 0, not the program", async () => {
    const text = "r6 = r1\ncall pc+2\nr0 += 5\nexit\nr0 = *(u8 *)skb[99]\nr0 = 9\nexit";
    expect((await run(text)).retval).toBe(5);
  });
});

describe("what comes out", () => {
  test("fields that were written, and those that were given", async () => {
    const input = { packet: frame, context: { priority: 3, "cb[1]": 4, tstamp: 5n } };
    const output = await run(write(4, 8), "sched_cls", {}, input);
    expect(output.context).toMatchObject({ mark: 7, priority: 3, "cb[1]": 4, tstamp: 5n, ifindex: 1, wireLen: 60 });
  });

  test("a run begins as the first did", async () => {
    const add = "r2 = *(u32 *)(r1 +8)\nr2 += 1\n*(u32 *)(r1 +8) = r2\nr0 = r2\nexit";
    expect((await run(add, "sched_cls", {}, { packet: frame, repeat: 3 })).retval).toBe(1);
  });
});
