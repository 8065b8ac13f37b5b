// Helpers that ask the world around a program, in assembly: the task, memory by address, numbers in text, options of the socket.
import type { ProgramTypeName } from "@typebpf/abi";
import { expect, test } from "vitest";
import { objectOf } from "../object-fixture.ts";
import { simulator } from "./backend.ts";
import type { SurroundingsOptions } from "./surroundings.ts";

const EFAULT = -14;
const EINVAL = -22;
const E2BIG = -7;
const ERANGE = -34;

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The return value of a program, signed; it may use the frame as it likes. */
async function run(
  text: string,
  surroundings: SurroundingsOptions = {},
  type: ProgramTypeName = "kprobe",
): Promise<number> {
  const object = objectOf({ main: text }, []);
  const programs = object.programs.map((program) => ({ ...program, type, section: type }));
  const loaded = await simulator({ surroundings }).load({ ...object, programs });
  return (loaded.programs.get("main")?.run({ packet: new Uint8Array(14) }).retval ?? 0) | 0;
}

/** Calls a helper and returns the low half of what `result` says. */
const call = (setup: string, helper: string, result = "r0"): string =>
  `r6 = r1\n${setup}\ncall ${helper}\nr7 = r0\nr0 = ${result}\nexit`;

const buffer = (size: number): string => `r1 = r10\nr1 += -64\nr2 = ${size}`;

test("the task that runs", async () => {
  const task = { tgid: 7, pid: 9, uid: 3, gid: 4, comm: "a-long-name", cgroupId: 5n, cgroupAncestors: [1n, 2n] };
  expect(await run(call("", "bpf_get_current_pid_tgid"), { task })).toBe(9);
  expect(await run(`call bpf_get_current_pid_tgid\nr0 >>= 32\nexit`, { task })).toBe(7);
  expect(await run(call("", "bpf_get_current_uid_gid"), { task })).toBe(3);
  expect(await run(call("", "bpf_get_current_cgroup_id"), { task })).toBe(5);
  expect(await run(call("r1 = 1", "bpf_get_current_ancestor_cgroup_id"), { task })).toBe(2);
  expect(await run(call("r1 = 2", "bpf_get_current_ancestor_cgroup_id"), { task })).toBe(0);
  const comm = call(buffer(4), "bpf_get_current_comm", "*(u32 *)(r10 -64)");
  expect(await run(comm, { task })).toBe(0x006c2d61);
  await expect(run(comm, { task: { comm: "more than fifteen bytes" } })).rejects.toThrow(/at most 15 bytes/);
});

test("reads by address: what is there, and zeros with EFAULT for what is not", async () => {
  const memory = new Map([
    [0x1000n, bytes("hello\0world")],
    [0xffff_8000_0000_0000n, bytes("kernel\0")],
  ]);
  const at = (size: number, address: number, helper: string, result?: string): string =>
    call(`*(u64 *)(r10 -64) = -1\n${buffer(size)}\nr3 = ${address}`, helper, result);
  expect(await run(at(4, 0x1001, "bpf_probe_read_user"), { memory })).toBe(0);
  expect(await run(at(4, 0x1001, "bpf_probe_read_user", "*(u32 *)(r10 -64)"), { memory })).toBe(0x6f6c6c65);
  expect(await run(at(12, 0x1000, "bpf_probe_read_user"), { memory })).toBe(EFAULT);
  expect(await run(at(12, 0x1000, "bpf_probe_read_user", "*(u32 *)(r10 -64)"), { memory })).toBe(0);
  expect(await run(at(4, 0x1000, "bpf_probe_read_kernel"), { memory })).toBe(EFAULT);
  expect(await run(at(0, 0x5000, "bpf_probe_read_kernel"), { memory })).toBe(0);
  const kernel = `r3 = 0xffff8000\nr3 <<= 32`;
  expect(await run(call(`${buffer(6)}\n${kernel}`, "bpf_probe_read_kernel"), { memory })).toBe(0);
  expect(await run(call(`${buffer(6)}\n${kernel}`, "bpf_probe_read_user"), { memory })).toBe(EFAULT);
  expect(await run(call(`${buffer(6)}\n${kernel}`, "bpf_probe_read"), { memory })).toBe(0);
  const text = "bpf_probe_read_user_str";
  expect(await run(at(16, 0x1000, text), { memory })).toBe(6);
  expect(await run(at(6, 0x1000, text), { memory })).toBe(6);
  expect(await run(at(4, 0x1000, text), { memory })).toBe(4);
  expect(await run(at(4, 0x1000, text, "*(u32 *)(r10 -64)"), { memory })).toBe(0x006c6568);
  expect(await run(at(16, 0x1006, text), { memory })).toBe(EFAULT);
});

/** The frame's bytes from -64 on are the text; gives the helper's result, or the number. */
function number(text: string, helper: string, flags = 0, result = "r0"): Promise<number> {
  const stores = [...bytes(text)].map((byte, index) => `*(u8 *)(r10 ${index - 64}) = ${byte}`).join("\n");
  const setup = `${stores}\n*(u64 *)(r10 -8) = 0\n${buffer(text.length)}\nr3 = ${flags}\nr4 = r10\nr4 += -8`;
  return run(call(setup, helper, result));
}

test.each([
  ["42", 0, 2, 42],
  [" -42x", 0, 4, -42],
  ["0x1F", 0, 4, 31],
  ["0x1F", 16, 4, 31],
  ["017", 0, 3, 15],
  ["017", 10, 3, 17],
  ["x", 0, EINVAL, 0],
  ["-", 0, EINVAL, 0],
  ["9", 8, EINVAL, 0],
  ["7", 3, EINVAL, 0],
  ["9223372036854775808", 0, ERANGE, 0],
  ["-9223372036854775808", 0, 20, 0],
  ["99999999999999999999", 0, ERANGE, 0],
])("bpf_strtol of %j in base %i", async (text, flags, length, value) => {
  expect(await number(text, "bpf_strtol", flags)).toBe(length);
  expect(await number(text, "bpf_strtol", flags, "*(u64 *)(r10 -8)")).toBe(value);
});

test("bpf_strtoul takes no sign", async () => {
  expect(await number("-1", "bpf_strtoul")).toBe(EINVAL);
  expect(await number("18446744073709551615", "bpf_strtoul", 0, "*(u64 *)(r10 -8)")).toBe(-1);
});

test("options of the socket", async () => {
  const option = (helper: string, size: number, name = 2): string =>
    `r1 = r6\nr2 = 1\nr3 = ${name}\nr4 = r10\nr4 += -8\nr5 = ${size}\ncall ${helper}`;
  const setAndGet = (size: number, name?: number): string =>
    `r6 = r1\n*(u64 *)(r10 -8) = 66\n${option("bpf_setsockopt", 4)}\n*(u64 *)(r10 -8) = 1\n${option("bpf_getsockopt", size, name)}`;
  const type = "cgroup_sock_addr";
  expect(await run(`${setAndGet(4)}\nexit`, {}, type)).toBe(0);
  expect(await run(`${setAndGet(4)}\nr0 = *(u32 *)(r10 -8)\nexit`, {}, type)).toBe(66);
  expect(await run(`${setAndGet(8)}\nexit`, {}, type)).toBe(EINVAL);
  expect(await run(`${setAndGet(4, 3)}\nr0 = *(u32 *)(r10 -8)\nexit`, {}, type)).toBe(0);
});

test("a value under /proc/sys", async () => {
  const sysctl = { name: "net/ipv4/tcp_mem", value: "1 2 3", newValue: "4" };
  const get = (helper: string, size: number, flags = 0): string =>
    call(`r2 = r10\nr2 += -64\nr3 = ${size}\nr4 = ${flags}`, helper);
  const type = "cgroup_sysctl";
  expect(await run(get("bpf_sysctl_get_name", 32), { sysctl }, type)).toBe(16);
  expect(await run(get("bpf_sysctl_get_name", 32, 1), { sysctl }, type)).toBe(7);
  expect(await run(get("bpf_sysctl_get_name", 7, 1), { sysctl }, type)).toBe(E2BIG);
  expect(await run(get("bpf_sysctl_get_current_value", 32), { sysctl }, type)).toBe(5);
  expect(await run(get("bpf_sysctl_get_new_value", 32), { sysctl }, type)).toBe(1);
  expect(await run(get("bpf_sysctl_get_new_value", 32), { sysctl: { name: "a", value: "b" } }, type)).toBe(EINVAL);
  await expect(run(get("bpf_sysctl_get_name", 32), {}, type)).rejects.toThrow(/no value is read or written/);
});

test("signals reach the test", async () => {
  const sent: string[] = [];
  const onSignal = (signal: number, to: string): number => sent.push(`${signal} ${to}`);
  expect(await run(call("r1 = 9", "bpf_send_signal"), { onSignal })).toBe(0);
  expect(await run(call("r1 = 65", "bpf_send_signal_thread"), { onSignal })).toBe(EINVAL);
  expect(sent).toEqual(["9 process"]);
});
