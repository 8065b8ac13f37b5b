// `typebpf run FILE`: packets through a program, in the simulator or in the kernel, and what became of packets and maps.
// With --insns it runs bare bytecode on bare memory instead.
import type { Diagnostic, ProgramTypeName } from "@typebpf/abi";
import { fromHex, runRaw, virtualClock } from "@typebpf/loader";
import type { Command, Outcome, Terminal } from "../command.ts";
import { cliError } from "../diagnostics.ts";
import { fillMaps, type MapSources } from "../fill-maps.ts";
import { configOf, formatGlobals, globalDocuments } from "../globals.ts";
import { writeBytes } from "../input/files.ts";
import { type CompileSettings, openFilter } from "../input/filter.ts";
import { type PacketSources, readPackets } from "../input/packets.ts";
import { type RunDocument, runDocument } from "../json/documents.ts";
import { chooseProgram, loadInto, objectOf, programOf } from "../loading.ts";
import { mapDocuments } from "../map-access.ts";
import { formatMaps } from "../output/maps.ts";
import { formatCost, formatTraces, formatVerdicts } from "../output/runs.ts";
import { writeCapture } from "../pcap/write.ts";
import { formatRecords, openRecords, recordDocuments, ringBuffers } from "../records.ts";
import { type PacketRun, replay } from "../replay.ts";
import { verdictsOf } from "../verdict.ts";

/** Arguments of `run`. */
export interface RunArguments extends CompileSettings, PacketSources, MapSources {
  readonly file?: string | undefined;
  readonly program?: string | undefined;
  readonly kernel?: boolean | undefined;
  readonly write?: string | undefined;
  readonly repeat?: number | undefined;
  readonly insns?: string | undefined;
  readonly memory?: string | undefined;
}

/** Arguments whose name is not that of a long option. */
const notLongOptions: Readonly<Record<string, string>> = { file: "FILE", level: "-O", targetKernel: "--target-kernel" };

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

function runBare({ insns, memory, ...rest }: RunArguments): Outcome<RunDocument> {
  // Only `--no-cache` can be given of the cache; bytecode is not compiled, so either is fine.
  const others = Object.entries(rest).filter(([name, value]) => name !== "cache" && value !== undefined);
  const [first] = others;
  if (first) {
    const name = notLongOptions[first[0]] ?? `--${first[0]}`;
    throw cliError("conflict", { message: `--insns runs bare bytecode: ${name} has no meaning there` });
  }
  const start = performance.now();
  const output = runRaw({ program: fromHex(insns ?? "", "--insns"), memory: fromHex(memory ?? "", "--memory") });
  const durationNs = Math.round((performance.now() - start) * 1e6);
  const retval = Number(BigInt.asUintN(32, output.r0));
  const run = { name: "insns", retval, action: null, packet: hex(output.memory), durationNs };
  return {
    body: { backend: "simulator", runs: [run], maps: {}, r0: `${output.r0}` },
    text: `r0 = ${output.r0} (0x${output.r0.toString(16)})\nmemory: ${run.packet || "none"}\ncost: ${output.instructions} instructions\n`,
    diagnostics: [],
    filters: [],
  };
}

function writePackets(path: string, type: ProgramTypeName, runs: readonly PacketRun[]): string {
  const packets = runs.flatMap(({ input, result }) => {
    const data = verdictsOf(type).leaving(result);
    return data ? [{ data, originalLength: result.packet.length, time: input.captured?.time ?? 0n }] : [];
  });
  writeBytes(path, writeCapture(packets));
  return `\n${path}: ${packets.length} of ${runs.length} packets written, the others were dropped\n`;
}

async function runFilter(file: string, args: RunArguments, terminal: Terminal): Promise<Outcome<RunDocument>> {
  const { kernel = false } = args;
  const backend = kernel ? "kernel" : "simulator";
  const { packets, diagnostics: warnings } = readPackets(args);
  const filter = await openFilter(file, args);
  const object = objectOf(filter);
  const name = chooseProgram(object, args.program);
  const clock = virtualClock();
  using loaded = await loadInto(object, kernel, clock, configOf(object, args.config));
  fillMaps(loaded, args);
  const program = programOf(loaded, name);
  const records = new Map<string, Uint8Array[]>(ringBuffers(loaded.maps).map((map) => [map.name, []]));
  using reader = openRecords(loaded.maps, (map, record) => records.get(map.name)?.push(record));
  const { runs, diagnostics } = replay(program, packets, {
    after: reader.drain,
    repeat: args.repeat,
    clock: kernel ? undefined : clock,
    progress: (done) => terminal.progress(`${done} of ${packets.length} packets`),
  });
  const written = args.write === undefined ? "" : writePackets(args.write, program.spec.type, runs);
  const all: Diagnostic[] = [...filter.diagnostics, ...warnings, ...diagnostics];
  const { json, styles } = terminal;
  return {
    body: json
      ? {
          backend,
          runs: runs.map(runDocumentOf),
          maps: mapDocuments(loaded.maps),
          ...globalDocuments(loaded),
          ...recordDocuments(loaded.maps, records),
        }
      : { backend, runs: [], maps: {} },
    text: json
      ? ""
      : formatVerdicts(program.spec, backend, runs, styles) +
        formatTraces(runs, styles) +
        formatRecords(loaded.maps, records, styles) +
        formatMaps(loaded.maps, styles) +
        formatGlobals(loaded, styles) +
        formatCost(backend, runs) +
        written,
    diagnostics: all,
    filters: [filter],
  };
}

function runDocumentOf({ input, result }: PacketRun): RunDocument["runs"][number] {
  const { retval, action, packet, durationNs } = result;
  const fields = Object.entries(result.context ?? {}).map(([name, value]) => [
    name,
    typeof value === "bigint" ? `${value}` : value,
  ]);
  const context: RunDocument["runs"][number]["context"] = Object.fromEntries(fields);
  const after = fields.length > 0 ? { context } : {};
  const lines = (result.trace ?? []).map(({ text }) => text);
  const trace = lines.length > 0 ? { trace: lines } : {};
  return { name: input.name, retval, action: action ?? null, packet: hex(packet), ...after, ...trace, durationNs };
}

/** `typebpf run` */
export const run: Command<RunArguments, RunDocument> = {
  schema: runDocument,
  empty: (kernel) => ({ backend: kernel ? "kernel" : "simulator", runs: [], maps: {} }),
  async run(args, terminal) {
    if (args.insns !== undefined) return runBare(args);
    if (args.memory !== undefined) throw cliError("conflict", { message: "--memory belongs to --insns" });
    if (args.file === undefined) throw cliError("arguments", { message: "run takes a FILE, or --insns HEX" });
    return runFilter(args.file, args, terminal);
  },
};
