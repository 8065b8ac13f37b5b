// What the tests of the command share: calls in this process with what they print, and a firewall written in assembly, as
// an object file, so that the command is tested apart from the compiler.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  assemble,
  type BpfObject,
  type LineEntry,
  type MapRelocation,
  scalarLayouts,
  slotsOf,
  structLayout,
} from "@typebpf/abi";
import { afterAll } from "vitest";
import { main } from "../../packages/cli/src/cli.ts";
import { objectText } from "../../packages/cli/src/json/object.ts";

/** What a call printed, and its exit status. */
export interface Called {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in this process. */
export async function typebpf(...args: readonly string[]): Promise<Called> {
  const texts = { stdout: "", stderr: "" };
  const output = (name: "stdout" | "stderr") => ({
    isTTY: false,
    columns: 100,
    rows: 24,
    write: (text: string) => {
      texts[name] += text;
    },
  });
  const status = await main(args, { stdout: output("stdout"), stderr: output("stderr"), env: {} });
  return { status, ...texts };
}

/** Runs a command with --json and parses its only document. */
export async function document(
  command: string,
  ...args: readonly string[]
): Promise<{ readonly status: number; readonly json: unknown }> {
  const { status, stdout, stderr } = await typebpf(command, "--json", ...args);
  if (stderr !== "") throw new Error(`with --json nothing is printed on standard error, but: ${stderr}`);
  return { status, json: JSON.parse(stdout) };
}

/** Counts packets per CPU, drops those whose source address is in `blocked`, and counts them there. */
const firewallText = `
  r6 = r1
  w1 = 0
  *(u32 *)(r10 -4) = r1
  r2 = r10
  r2 += -4
  r1 = map[fd:0] ll
  call bpf_map_lookup_elem#1
  if r0 == 0x0 goto parse
  r1 = *(u64 *)(r0 +0)
  r1 += 1
  *(u64 *)(r0 +0) = r1
parse:
  r2 = *(u32 *)(r6 +0)
  r3 = *(u32 *)(r6 +4)
  r4 = r2
  r4 += 34
  w0 = 2
  if r4 > r3 goto out
  r4 = *(u32 *)(r2 +26)
  *(u32 *)(r10 -4) = r4
  r2 = r10
  r2 += -4
  r1 = map[fd:1] ll
  call bpf_map_lookup_elem#1
  r1 = r0
  w0 = 2
  if r1 == 0x0 goto out
  r2 = *(u64 *)(r1 +0)
  r2 += 1
  *(u64 *)(r1 +0) = r2
  w0 = 1
out:
  exit
`;

/** Reads the packet without a check: a fault in the simulator, a rejection in the kernel. */
const faultyText = `
  r2 = *(u32 *)(r1 +0)
  r0 = *(u8 *)(r2 +100)
  exit
`;

/** Lets every packet pass, on each type of program. */
const passText = `
  w0 = 0xffff
  exit
`;

function assembled(name: string, text: string, maps: readonly string[]): BpfObject["programs"][number] {
  const { insns, diagnostics } = assemble(text);
  if (diagnostics.length > 0) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  const relocations: MapRelocation[] = [];
  const lines: LineEntry[] = [];
  let slot = 0;
  for (const insn of insns) {
    lines.push({ slot, at: { file: "firewall.bpf.ts", line: lines.length + 1, column: 1, length: 4 } });
    if (slotsOf(insn) === 2) relocations.push({ kind: "map", slot, map: maps[insn.imm] ?? "" });
    slot += slotsOf(insn);
  }
  const cleared = insns.map((insn) => (slotsOf(insn) === 2 ? { ...insn, imm: 0 } : insn));
  return { name, type: "xdp", section: "xdp", insns: cleared, relocations, lines, stackBytes: 8 };
}

function objectOf(name: string, text: string): BpfObject {
  const { u32, u32be, u64 } = scalarLayouts;
  const counters = structLayout("counters", { packets: u64, bytes: u64 });
  return {
    format: 1,
    license: "GPL",
    target: { kernel: "6.1", isa: 3 },
    maps: [
      { name: "stats", type: "perCpuArray", key: u32, value: counters, maxEntries: 2, flags: 0 },
      { name: "blocked", type: "hash", key: u32be, value: u64, maxEntries: 4, flags: 0 },
    ],
    programs: [assembled(name, text, ["stats", "blocked"])],
    functions: [],
    sections: [],
    sources: [{ file: "firewall.bpf.ts", text: Array.from({ length: 60 }, (_, at) => `line ${at + 1}`).join("\n") }],
  };
}

/** A folder with files by name, which goes away after the tests of the file that made it. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), "typebpf-cli-"));

  constructor() {
    afterAll(() => rmSync(this.path, { recursive: true }));
  }

  /** Writes a file; gives its path. */
  file(name: string, content: string | Uint8Array): string {
    const path = join(this.path, name);
    writeFileSync(path, content);
    return path;
  }

  firewall(): string {
    return this.file("firewall.json", objectText(objectOf("firewall", firewallText)));
  }

  /** A tc program `shape` and a socket filter `watch`, both in one object. */
  sockets(): string {
    const types = [
      ["shape", "sched_cls", "tc"],
      ["watch", "socket_filter", "socket"],
    ] as const;
    const programs = types.map(([name, type, section]) => ({ ...assembled(name, passText, []), type, section }));
    return this.file("sockets.json", objectText({ ...objectOf("none", passText), maps: [], programs }));
  }

  faulty(): string {
    return this.file("faulty.json", objectText(objectOf("faulty", faultyText)));
  }
}

/** An Ethernet frame with an IPv4 header from that address, of 42 bytes. */
export function packetFrom(address: string): string {
  const source = address
    .split(".")
    .map((part) => Number(part).toString(16).padStart(2, "0"))
    .join("");
  return `020000000001020000000002080045000024000040004011${"0000"}${source}0a000001${"00".repeat(8)}`;
}
