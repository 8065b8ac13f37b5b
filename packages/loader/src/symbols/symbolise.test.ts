import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileOffsetOf, readExecutable } from "@typebpf/abi";
import { expect, test } from "vitest";
import { findSymbol } from "./find.ts";
import { parseKernelSymbols, parseMemoryMap, symbolise } from "./symbolise.ts";

const onLinux = process.platform === "linux";

test("the last symbol that begins before an address, if it goes on until there", () => {
  const symbols = [
    { name: "a", address: 10n, size: 5 },
    { name: "b", address: 20n, size: 0 },
  ];
  const names = [9n, 10n, 14n, 15n, 20n, 99n].map((address) => findSymbol(symbols, address)?.name);
  expect(names).toEqual([undefined, "a", "a", undefined, "b", "b"]);
});

test("lines of the kernel's files", () => {
  const maps =
    "7f00-8000 r-xp 00001000 08:01 5   /lib/a file.so\n8000-9000 rw-p 0 00:00 0 \n9000-a000 r-xp 0 00:00 0 [vdso]\n";
  expect(parseMemoryMap(maps)).toEqual([
    { start: 0x7f00n, end: 0x8000n, offset: 0x1000n, path: "/lib/a file.so" },
    { start: 0x9000n, end: 0xa000n, offset: 0n, path: "[vdso]" },
  ]);
  expect(parseKernelSymbols("ff02 T b\nff01 t a\t[mod]\nff03 d data\n")).toEqual([
    { address: 0xff01n, name: "a", size: 0, module: "mod" },
    { address: 0xff02n, name: "b", size: 0 },
  ]);
  expect(parseKernelSymbols("0000000000000000 T hidden\n")).toEqual([]);
});

test("bytes that are no executable are nothing, cut ones have what is left", () => {
  const whole = readFileSync(process.execPath).subarray(0, 5000);
  expect(readExecutable(new Uint8Array(3))).toBeUndefined();
  expect(readExecutable(new Uint8Array(64))).toBeUndefined();
  if (!onLinux) return;
  for (let length = 64; length < whole.length; length += 97) {
    expect(readExecutable(whole.subarray(0, length))?.symbols).toEqual([]);
  }
});

test.skipIf(!onLinux)("an address of another process has the name of its function and its file", async () => {
  const child = spawn("/bin/sleep", ["60"]);
  await once(child, "spawn");
  try {
    const pid = child.pid ?? 0;
    const libc = await libraryOf(pid);
    const executable = readExecutable(readFileSync(libc.path));
    const abs = executable?.symbols.find(({ name }) => name === "abs");
    if (!executable || !abs) throw new Error(`${libc.path} has no abs`);
    const offset = BigInt(fileOffsetOf(executable, abs.address) ?? 0);
    const region = libc.regions.find((one) => offset >= one.offset && offset < one.offset + one.end - one.start);
    const address = (region?.start ?? 0n) + offset - (region?.offset ?? 0n);
    const [frame, nowhere] = symbolise([address + 1n, 1n], { pid });
    expect(frame).toEqual({ address: address + 1n, name: expect.stringMatching(/abs/u), offset: 1, module: libc.path });
    expect(nowhere).toEqual({ address: 1n });
  } finally {
    child.kill();
  }
});

/** Where the C library of a process lies, once the dynamic linker has mapped it. */
async function libraryOf(pid: number) {
  for (let tries = 0; tries < 200; tries++) {
    const regions = parseMemoryMap(readFileSync(`/proc/${pid}/maps`, "utf8")).filter((one) =>
      /libc[.-]/u.test(one.path),
    );
    const path = regions[0]?.path;
    if (path !== undefined && regions.length > 3) return { path, regions };
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("no C library");
}

test("addresses of a process that is gone are only addresses", () => {
  expect(symbolise([5n], { pid: 0x3fff_ffff })).toEqual([{ address: 5n }]);
});
