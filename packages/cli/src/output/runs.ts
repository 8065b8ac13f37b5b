// What a replay came to, for people: verdict counts, single packets where there are few, and what a packet costs.
import { displayText, type ProgramSpec, type ProgramTypeName } from "@typebpf/abi";
import type { PacketRun } from "../replay.ts";
import { verdictsOf } from "../verdict.ts";
import { counted, type Styles } from "./style.ts";
import { formatTable } from "./table.ts";

/** Packets are listed one by one up to this number. */
const mostListed = 16;

function countsTable(runs: readonly PacketRun[], type: ProgramTypeName, styles: Styles): string {
  const counts = new Map<string, number>();
  for (const { result } of runs) {
    const verdict = verdictsOf(type).text(result);
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  }
  const rows = [...counts]
    .sort(([, left], [, right]) => right - left)
    .map(([verdict, count]) => [verdict, `${count}`, `${((count / runs.length) * 100).toFixed(1)} %`]);
  return formatTable(
    [{ title: "verdict" }, { title: "packets", align: "right" }, { title: "share", align: "right" }],
    rows,
    styles,
  );
}

function changeText({ input, result }: PacketRun): string {
  const [before, after] = [input.packet, result.packet];
  if (before.length !== after.length) return `${before.length} → ${after.length} bytes`;
  const changed = after.reduce<number>((count, byte, at) => count + (byte === before[at] ? 0 : 1), 0);
  return changed === 0 ? "" : `${counted(changed, "byte")} changed`;
}

function packetTable(runs: readonly PacketRun[], type: ProgramTypeName, styles: Styles): string {
  const rows = runs.map((run) => [
    run.input.name,
    `${run.input.packet.length}`,
    verdictsOf(type).text(run.result),
    changeText(run),
  ]);
  return formatTable(
    [{ title: "packet" }, { title: "bytes", align: "right" }, { title: "verdict" }, { title: "change" }],
    rows,
    styles,
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function costText(runs: readonly PacketRun[], backend: string): string {
  const time = `${Math.round(mean(runs.map(({ result }) => result.durationNs)))} ns per packet in the ${backend}`;
  const insns = runs.flatMap(({ result }) => result.instructions ?? []);
  if (insns.length === 0) return `cost: ${time}\n`;
  const [least, most] = insns.reduce<[number, number]>(
    ([low, high], one) => [Math.min(low, one), Math.max(high, one)],
    [Number.POSITIVE_INFINITY, 0],
  );
  const range = least === most ? "" : ` (${least} to ${most})`;
  return `cost: ${mean(insns).toFixed(1).replace(/\.0$/, "")} instructions per packet${range}, ${time}\n`;
}

/** Verdicts of all packets as text. */
export function formatVerdicts(
  { name, type }: Pick<ProgramSpec, "name" | "type">,
  backend: string,
  runs: readonly PacketRun[],
  styles: Styles,
): string {
  const title = `${styles.title(name)}: ${counted(runs.length, "packet")} in the ${backend}\n`;
  if (runs.length === 0) return title;
  const listed = runs.length <= mostListed ? `\n${packetTable(runs, type, styles)}` : "";
  return `${title}${listed}\n${countsTable(runs, type, styles)}`;
}

/** Lines that are shown of what programs traced. */
const mostTraced = 20;

/** What the runs traced, as text: nothing where they traced nothing. */
export function formatTraces(runs: readonly PacketRun[], styles: Styles): string {
  const lines = runs.flatMap(({ input, result }) =>
    (result.trace ?? []).map(({ text }) => [input.name, displayText(text.trimEnd())]),
  );
  if (lines.length === 0) return "";
  const table = formatTable([{ title: "packet" }, { title: "trace" }], lines.slice(0, mostTraced), styles);
  const rest = lines.length - mostTraced;
  return `\n${table}${rest > 0 ? `${counted(rest, "more line")}\n` : ""}`;
}

/** What a packet costs, as text. */
export function formatCost(backend: string, runs: readonly PacketRun[]): string {
  return runs.length === 0 ? "" : `\n${costText(runs, backend)}`;
}
