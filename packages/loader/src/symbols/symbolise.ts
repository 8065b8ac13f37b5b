// Addresses of stacks as names. Those of a process: /proc/PID/maps says which file lies there, the file's symbol tables which
// function. Those of the kernel: /proc/kallsyms, which shows addresses only to the privileged (kernel.kptr_restrict).
import { readFileSync } from "node:fs";
import { type Executable, fileAddressOf, readExecutable } from "@typebpf/abi";
import { findSymbol, type Placed } from "./find.ts";

/** What lies at an address, as far as it is known. */
export interface StackFrame {
  readonly address: bigint;
  /** The function's name. */
  readonly name?: string;
  /** Bytes from the start of the function. */
  readonly offset?: number;
  /** The file that the code comes from, or the kernel module. */
  readonly module?: string;
}

/** Whose addresses they are: a process, or the kernel. */
export type AddressSpace = { readonly pid: number } | "kernel";

interface Region {
  readonly start: bigint;
  readonly end: bigint;
  readonly offset: bigint;
  readonly path: string;
}

/** The lines of /proc/PID/maps that name a file or another origin. */
export function parseMemoryMap(text: string): readonly Region[] {
  return text.split("\n").flatMap((line) => {
    const [, start, end, offset, path] = /^([0-9a-f]+)-([0-9a-f]+) \S+ ([0-9a-f]+) \S+ \d+\s+(\S.*)$/u.exec(line) ?? [];
    if (start === undefined || end === undefined || offset === undefined || path === undefined) return [];
    return [{ start: BigInt(`0x${start}`), end: BigInt(`0x${end}`), offset: BigInt(`0x${offset}`), path }];
  });
}

/** The lines of /proc/kallsyms that are code, by address; none where addresses are hidden. */
export function parseKernelSymbols(text: string): readonly (Placed & { readonly module?: string })[] {
  const found = text.split("\n").flatMap((line) => {
    const [, address, name, module] = /^([0-9a-f]+) [tTwW] (\S+)(?:\s+\[(.+)\])?$/u.exec(line) ?? [];
    if (address === undefined || name === undefined || /^0+$/u.test(address)) return [];
    return [{ address: BigInt(`0x${address}`), name, size: 0, ...(module !== undefined && { module }) }];
  });
  return found.sort((one, other) => (one.address < other.address ? -1 : one.address > other.address ? 1 : 0));
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // The process is gone, or not ours to look at: nothing is known.
    return "";
  }
}

interface Loaded {
  readonly executable: Executable;
  readonly symbols: readonly Placed[];
}

function readModule(pid: number, path: string): Loaded | undefined {
  // The process may have a root of its own.
  for (const file of [`/proc/${pid}/root${path}`, path]) {
    try {
      const executable = readExecutable(readFileSync(file));
      if (!executable) return undefined;
      const symbols = executable.symbols.map(({ name, address, size }) => ({ name, size, address: BigInt(address) }));
      return { executable, symbols };
    } catch {
      // Not there: try the next one.
    }
  }
  return undefined;
}

function framed(address: bigint, found: Placed | undefined, at: bigint, module: string | undefined): StackFrame {
  return {
    address,
    ...(found && { name: found.name, offset: Number(at - found.address) }),
    ...(module !== undefined && { module }),
  };
}

function processFrames(addresses: readonly bigint[], pid: number): readonly StackFrame[] {
  const regions = parseMemoryMap(readText(`/proc/${pid}/maps`));
  const modules = new Map<string, Loaded | undefined>();
  return addresses.map((address) => {
    const region = regions.find(({ start, end }) => address >= start && address < end);
    if (!region) return { address };
    if (!region.path.startsWith("/")) return { address, module: region.path };
    const path = region.path.replace(/ \(deleted\)$/u, "");
    if (!modules.has(path)) modules.set(path, readModule(pid, path));
    const module = modules.get(path);
    const own = module && fileAddressOf(module.executable, Number(address - region.start + region.offset));
    if (!module || own === undefined) return { address, module: path };
    return framed(address, findSymbol(module.symbols, BigInt(own)), BigInt(own), path);
  });
}

function kernelFrames(addresses: readonly bigint[]): readonly StackFrame[] {
  const symbols = parseKernelSymbols(readText("/proc/kallsyms"));
  return addresses.map((address) => {
    const found = findSymbol(symbols, address);
    return framed(address, found, address, found?.module);
  });
}

/** What lies at each address of a stack; what cannot be found out is left out. */
export function symbolise(addresses: readonly bigint[], space: AddressSpace): readonly StackFrame[] {
  return space === "kernel" ? kernelFrames(addresses) : processFrames(addresses, space.pid);
}
