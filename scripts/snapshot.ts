// Refreshes packages/abi/snapshot/kernel.generated.json from the running kernel's BTF and a directory of kernel headers, and
// tracepoints.generated.json beside it from the events of a mounted tracefs:
//   npm run snapshot -- --headers /usr/include/linux --headers-release 6.18 --tracefs /sys/kernel/tracing
// Macros are never dropped: the contract only grows, and a distribution's headers may be older than its kernel.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { arch, release } from "node:os";
import { parseArgs } from "node:util";
import { type BtfContents, type BtfEnum, type BtfLayout, readBtf } from "./snapshot/btf.ts";
import { type HeaderContents, readHeaders } from "./snapshot/header.ts";
import type { Snapshot, SnapshotEnum, SnapshotValue } from "./snapshot/snapshot.ts";
import { readTracepoints } from "./snapshot/tracepoints.ts";

const target = new URL("../packages/abi/snapshot/kernel.generated.json", import.meta.url);
const tracepointsTarget = new URL("../packages/abi/snapshot/tracepoints.generated.json", import.meta.url);
const headerFiles = ["bpf.h", "bpf_common.h", "btf.h", "if_link.h", "pkt_cls.h"];
const wantedMacros = /^(BPF|XDP|TC_ACT|BTF)_/;
const wantedEnumerators = /^(BPF|XDP|TCX|SK|TCP_BPF|BTF|IFLA_XDP|TCA_BPF|NETKIT)_/;
/** Contexts that are declared outside the headers above. */
const furtherAggregates = ["bpf_perf_event_data", "pt_regs"];

function plain(value: bigint): SnapshotValue {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : `${value}`;
}

function toRecord(values: Iterable<readonly [string, bigint]>): SnapshotEnum {
  return Object.fromEntries([...values].map(([name, value]) => [name, plain(value)]));
}

function isContract(headers: HeaderContents, { name, values }: BtfEnum): boolean {
  if (headers.words.has(name)) return wantedEnumerators.test(name.toUpperCase());
  return values.some(([enumerator]) => headers.words.has(enumerator) && wantedEnumerators.test(enumerator));
}

function collectLayouts(btf: BtfContents, names: readonly string[]): Record<string, BtfLayout> {
  const found: Record<string, BtfLayout> = {};
  for (const name of names) {
    const layout = /^_*(bpf|xdp|sk|btf)_|^pt_regs$/.test(name) ? btf.layout(name) : undefined;
    if (layout) found[name] = layout;
  }
  return found;
}

function makeSnapshot(directory: string, headersRelease: string, previous: SnapshotEnum): Snapshot {
  const btf = readBtf(readFileSync("/sys/kernel/btf/vmlinux"));
  const all = new Map(btf.enums.flatMap((one) => one.values));
  const texts = headerFiles.map((file) => readFileSync(`${directory}/${file}`, "utf8"));
  const headers = readHeaders(texts, wantedMacros, (name) => all.get(name));
  const contract = btf.enums.filter((one) => isContract(headers, one));
  return {
    provenance: {
      kernel: release().replace(/^(\d+\.\d+(?:\.\d+)?).*$/, "$1"),
      architecture: arch(),
      headers: headersRelease,
      date: new Date().toISOString().slice(0, 10),
    },
    enums: Object.fromEntries(contract.filter((one) => one.name !== "").map((one) => [one.name, toRecord(one.values)])),
    anonymous: contract.filter((one) => one.name === "").map((one) => toRecord(one.values)),
    macros: { ...previous, ...toRecord(headers.macros) },
    layouts: collectLayouts(btf, [...headers.aggregates, ...furtherAggregates]),
  };
}

const { values: options } = parseArgs({
  options: {
    headers: { type: "string", default: "/usr/include/linux" },
    "headers-release": { type: "string" },
    tracefs: { type: "string" },
  },
});
const previous = existsSync(target) ? (JSON.parse(readFileSync(target, "utf8")) as Snapshot) : undefined;
const snapshot = makeSnapshot(
  options.headers,
  options["headers-release"] ?? previous?.provenance.headers ?? "unknown",
  previous?.macros ?? {},
);
writeFileSync(target, `${JSON.stringify(snapshot, undefined, 1)}\n`);
if (options.tracefs !== undefined) {
  const lines = Object.entries(readTracepoints(options.tracefs)).map(
    ([name, fields]) => `${JSON.stringify(name)}: ${JSON.stringify(fields)}`,
  );
  writeFileSync(tracepointsTarget, `{\n${lines.join(",\n")}\n}\n`);
}
