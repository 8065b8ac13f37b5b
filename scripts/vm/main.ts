// pnpm test:vm [--kernel 6.1|6.12|all] [--timeout SECONDS] [TEST…]: runs test/kernel and test/vm under Debian's kernels
// in a virtual machine. No hardware virtualisation is needed; each test takes about ten times as long as on the host.
// Exit status: 0 when all tests passed, 1 when some failed or the guest did not end, 2 when something is missing here.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { endMark, writeGuest } from "./guest.ts";
import { type GuestKernel, guestKernel, kernelSeries } from "./kernels.ts";
import { place, requireTools, Unprepared } from "./tools.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const cache = join(root, ".cache", "vm");

/** Tests of the host alone: of the installed command, of the repository's own files, of compilers, of what passes in time. */
const hostOnly = ["robustness", "bpfbench", "btf", "clsact", "process", "elf", "trace", "paths"];

/** Runs the guest; what it prints goes on. Gives vitest's exit status, or undefined where the guest did not get there. */
function boot(kernel: GuestKernel, initrd: string, seconds: number): Promise<number | undefined> {
  const machine = ["-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "3072", "-nodefaults", "-no-reboot"];
  const console = ["-nographic", "-serial", "stdio", "-append", "console=ttyS0 quiet panic=-1 mitigations=off"];
  const args = [...machine, ...console, "-kernel", kernel.image, "-initrd", initrd];
  const child = spawn(place("qemu-system-x86_64"), args, { stdio: ["ignore", "pipe", "inherit"] });
  const stop = setTimeout(() => child.kill("SIGKILL"), seconds * 1000);
  let tail = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    process.stdout.write(text);
    tail = (tail + text).slice(-500);
  });
  return new Promise((resolve) => {
    child.once("close", () => {
      clearTimeout(stop);
      const status = new RegExp(`${endMark} (\\d+)`, "u").exec(tail)?.[1];
      resolve(status === undefined ? undefined : Number(status));
    });
  });
}

async function runSeries(series: string, tests: readonly string[], seconds: number): Promise<boolean> {
  const kernel = guestKernel(series, cache);
  const folder = mkdtempSync(join(tmpdir(), "typebpf-vm-"));
  try {
    const initrd = join(folder, "initrd");
    const excluded = hostOnly.map((name) => `test/kernel/${name}.test.js`);
    const size = await writeGuest({ root, cache, kernel, tests, excluded }, initrd);
    process.stdout.write(`── ${kernel.name}, ${(size / 2 ** 20).toFixed(0)} MB\n`);
    const started = Date.now();
    const status = await boot(kernel, initrd, seconds);
    const passed = status === 0;
    const how = status === undefined ? `did not end within ${seconds} s` : passed ? "passed" : "failed";
    process.stdout.write(`── Linux ${series}: ${how}, ${((Date.now() - started) / 1000).toFixed(0)} s\n`);
    return passed;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { kernel: { type: "string", default: "all" }, timeout: { type: "string", default: "1200" } },
    allowPositionals: true,
  });
  const series = kernelSeries.filter((one) => values.kernel === "all" || values.kernel === one);
  if (series.length === 0) throw new Unprepared(`--kernel takes ${kernelSeries.join(", ")} or all`);
  const seconds = Number(values.timeout);
  if (!(seconds > 0)) throw new Unprepared("--timeout takes a number of seconds");
  requireTools();
  mkdirSync(cache, { recursive: true });
  let passed = true;
  const tests = positionals.map((path) => path.replace(/\.ts$/u, ""));
  for (const one of series) passed = (await runSeries(one, tests, seconds)) && passed;
  return passed ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof Unprepared)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
