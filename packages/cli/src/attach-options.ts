// Where to attach, by type of program: one row for each option of `attach`. From the rows come the command line's options,
// the checks that an option fits the program, and what the loader is given. A new attach kind adds rows or types to rows.
import { type ProgramTypeName, programTypes } from "@typebpf/abi";
import type { AttachOptions } from "@typebpf/loader";
import { networkOptionRows, ofRoutes } from "./attach-network-options.ts";
import type { AttachOptionRow, AttachSettings } from "./attach-option-row.ts";
import { cliError } from "./diagnostics.ts";

export type { AttachOptionRow, AttachSettings } from "./attach-option-row.ts";

/** What people call programs of a type, where the type's name is not enough. */
const titles: Readonly<Partial<Record<ProgramTypeName, string>>> = {
  xdp: "an XDP program",
  sched_cls: "a tc program",
  socket_filter: "a socket filter",
  kprobe: "a probe",
  tracepoint: "a tracepoint program",
  raw_tracepoint: "a raw tracepoint program",
  perf_event: "a perf event program",
};

function titleOf(type: ProgramTypeName): string {
  return titles[type] ?? `a ${type} program`;
}

function number(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/** "all", "link:12" or "program:34". */
function neighbour(text: string): unknown {
  const [, kind, id] = /^(link|program):(\d{1,10})$/.exec(text) ?? [];
  if (kind !== undefined) return { [kind]: Number(id) };
  return text === "all" ? text : undefined;
}

/** Types of programs on control groups, with what is the same for all of them. */
function ofCgroups<T>(what: T): Readonly<Partial<Record<ProgramTypeName, T>>> {
  return {
    cgroup_skb: what,
    cgroup_sock: what,
    cgroup_sock_addr: what,
    cgroup_device: what,
    cgroup_sysctl: what,
    cgroup_sockopt: what,
    sock_ops: what,
  };
}

function signedNumber(text: string): number | undefined {
  return /^-?\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/** Every option of `attach` that says where. */
export const attachOptionRows: readonly AttachOptionRow[] = [
  {
    name: "interface",
    value: "if",
    help: "name or index of the network interface",
    types: { xdp: "any", sched_cls: "any", sched_act: "any", socket_filter: "any", ...ofRoutes("any" as const) },
    required: true,
    parse: (text) => number(text) ?? text,
  },
  {
    name: "direction",
    value: "way",
    help: "tc: packets that come in or go out",
    types: { sched_cls: ["ingress", "egress"], sched_act: ["ingress", "egress"] },
    required: true,
  },
  {
    name: "mode",
    value: "mode",
    help: "XDP: in the driver (native) or after it (generic); tc: by link (tcx, Linux 6.6) or as a filter (clsact); control groups: by link, or until it is detached beside others (multi), unless a group below has its own (override), alone (exclusive)",
    types: {
      xdp: ["native", "generic"],
      sched_cls: ["tcx", "clsact"],
      ...ofCgroups(["link", "multi", "override", "exclusive"]),
    },
  },
  {
    name: "priority",
    value: "number",
    help: "tc, clsact: filters run from the lowest number, 1 to 65535; the packet filter: from the lowest, also below 0",
    types: { sched_cls: "any", sched_act: "any", netfilter: "any" },
    parse: (text, type) => (type === "netfilter" ? signedNumber(text) : number(text)),
  },
  {
    name: "handle",
    value: "number",
    help: "tc, clsact: number within the priority",
    types: { sched_cls: "any" },
    parse: number,
  },
  {
    name: "before",
    value: "program",
    help: "tc, tcx, and control groups since Linux 6.17: run before all, link:ID or program:ID",
    types: { sched_cls: "any", ...ofCgroups("any" as const) },
    parse: neighbour,
  },
  {
    name: "after",
    value: "program",
    help: "tc, tcx, and control groups since Linux 6.17: run after all, link:ID or program:ID",
    types: { sched_cls: "any", ...ofCgroups("any" as const) },
    parse: neighbour,
  },
  {
    name: "cgroup",
    value: "path",
    help: "directory of the control group (cgroup2); the groups below it are included",
    types: ofCgroups("any" as const),
    required: true,
  },
  {
    name: "replace",
    value: "number",
    help: "control groups, multi: take the place of the program with this number; routes: of the route that is there (yes)",
    types: { ...ofCgroups("any" as const), ...ofRoutes(["yes"]) },
    parse: (text, type) => (type.startsWith("lwt_") ? true : number(text)),
  },
  ...networkOptionRows,
  {
    name: "function",
    value: "name",
    help: "kprobe, uprobe: the function, name or name+offset; default: the place in the source",
    types: { kprobe: "any" },
  },
  {
    name: "functions",
    value: "pattern",
    help: "kprobe.multi, uprobe.multi: functions, with * and ?, several after commas; default: the place in the source",
    types: { kprobe: "any" },
    parse: (text) => text.split(","),
  },
  {
    name: "binary",
    value: "file",
    help: "uprobe, usdt: path or name of a program or library; default: the place in the source",
    types: { kprobe: "any" },
  },
  {
    name: "probe",
    value: "provider:name",
    help: "usdt: a probe that the file declares; default: the place in the source",
    types: { kprobe: "any" },
  },
  {
    name: "event",
    value: "event",
    help: "tracepoint: group:name, by default the place in the source; perf event: a counter (cpu-clock, page-faults, …)",
    types: { tracepoint: "any", raw_tracepoint: "any", raw_tracepoint_writable: "any", perf_event: "any" },
  },
  {
    name: "period",
    value: "number",
    help: "perf event: a sample each so many events, nanoseconds of a clock",
    types: { perf_event: "any" },
    parse: number,
  },
  {
    name: "frequency",
    value: "number",
    help: "perf event: samples per second",
    types: { perf_event: "any" },
    parse: number,
  },
  {
    name: "cpu",
    value: "number",
    help: "perf event: this CPU only",
    types: { perf_event: "any" },
    parse: number,
  },
  {
    name: "pid",
    value: "number",
    help: "uprobe, usdt, perf event: this process only",
    types: { kprobe: "any", perf_event: "any" },
    parse: number,
  },
];

function usageOf(type: ProgramTypeName): string {
  const options = attachOptionRows.flatMap(({ name, value, types }) => {
    const words = types[type];
    return words === undefined ? [] : [`--${name} ${words === "any" ? value.toUpperCase() : words.join("|")}`];
  });
  return `${titleOf(type)} takes ${options.join(", ")}`;
}

function valueGiven(row: AttachOptionRow, type: ProgramTypeName, text: string): unknown {
  const words = row.types[type];
  const title = titleOf(type);
  if (words === undefined) {
    throw cliError("attachOption", { message: `--${row.name} is not for ${title}`, help: usageOf(type) });
  }
  if (words !== "any" && !words.includes(text)) {
    const message = `--${row.name} of ${title} is ${words.join(" or ")}, not "${text}"`;
    throw cliError("optionValue", { message, help: usageOf(type) });
  }
  const value = row.parse ? row.parse(text, type) : text;
  if (value === undefined) {
    throw cliError("optionValue", { message: `--${row.name} ${text}: this is not a ${row.value}`, help: row.help });
  }
  return value;
}

/**
 * What the loader is given for a program of this type.
 * @throws DiagnosticError for an option that is missing, is wrong, or is not for this type
 */
export function attachOptionsOf(type: ProgramTypeName, settings: AttachSettings): AttachOptions {
  const options: Record<string, unknown> = {};
  for (const row of attachOptionRows) {
    const text = settings[row.name];
    if (text !== undefined) options[row.name] = valueGiven(row, type, text);
    else if (row.required && row.types[type] !== undefined) {
      throw cliError("arguments", { message: `attaching ${titleOf(type)} needs --${row.name}`, help: usageOf(type) });
    }
  }
  // The rows have the loader's names and kinds of values; it checks them against each other.
  return options as unknown as AttachOptions;
}

/** One line for each type of program, for the help. */
export function attachUsage(): string {
  const types = (Object.keys(programTypes) as ProgramTypeName[]).filter((type) =>
    attachOptionRows.some((row) => row.types[type] !== undefined),
  );
  return types.map((type) => `  ${usageOf(type)}`).join("\n");
}
