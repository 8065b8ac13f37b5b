// Programs, maps and links of the kernel for people, many of them in a table. One has a page (object-pages.ts).
import type { Holder, LinkTarget, ListedLink, ListedMap, ListedProgram } from "@typebpf/loader";
import type { Styles } from "./style.ts";
import { type Column, formatTable } from "./table.ts";

const right = (title: string): Column => ({ title, align: "right" });

/** "node(1234)", the first few of many. */
function holdersText(holders: readonly Holder[]): string {
  const shown = holders.slice(0, 3).map(({ pid, command }) => `${command}(${pid})`);
  return shown.join(" ") + (holders.length > 3 ? ` +${holders.length - 3}` : "");
}

function bytesText(bytes: number | undefined): string {
  return bytes === undefined ? "" : `${bytes}`;
}

/** Runs of a program within some time. */
export interface Runs {
  readonly count: bigint;
  readonly timeNs: bigint;
}

/** A table of programs; with runs, how often they ran and how long a run took. */
export function formatPrograms(
  programs: readonly ListedProgram[],
  styles: Styles,
  runs?: ReadonlyMap<number, Runs>,
): string {
  if (programs.length === 0) return "no programs\n";
  const columns = [
    ...[right("id"), { title: "type" }, { title: "name" }, { title: "tag" }, right("xlated"), right("jited")],
    ...(runs ? [right("runs"), right("ns/run")] : []),
    ...[{ title: "maps" }, { title: "held by" }, { title: "pinned" }],
  ];
  const rows = programs.map((one) => {
    const { count = 0n, timeNs = 0n } = runs?.get(one.id) ?? {};
    const measured = runs ? [`${count}`, count === 0n ? "" : `${timeNs / count}`] : [];
    return [
      ...[`${one.id}`, one.type, one.name, one.tag, `${one.xlatedBytes}`, `${one.jitedBytes}`, ...measured],
      ...[one.mapIds.join(","), holdersText(one.holders), one.pins.join(" ")],
    ];
  });
  return formatTable(columns, rows, styles);
}

/** A table of maps. */
export function formatMapList(maps: readonly ListedMap[], styles: Styles): string {
  if (maps.length === 0) return "no maps\n";
  const columns = [
    ...[right("id"), { title: "type" }, { title: "name" }, right("key"), right("value"), right("entries")],
    ...[right("memory"), { title: "held by" }, { title: "pinned" }],
  ];
  const rows = maps.map((one) => [
    ...[`${one.id}`, one.type, one.name, `${one.keySize}`, `${one.valueSize}`, `${one.maxEntries}`],
    ...[bytesText(one.memoryBytes), holdersText(one.holders), one.pins.join(" ")],
  ]);
  return formatTable(columns, rows, styles);
}

/** What a link is attached to: "eth0", "cgroup_inet_ingress on /sys/fs/cgroup/x", "sys_enter_openat". */
export function targetText(target: LinkTarget, place: string | undefined): string {
  const device = (ifindex: number): string =>
    place ?? (ifindex === 0 ? "no interface any more" : `interface ${ifindex}`);
  switch (target.kind) {
    case "xdp":
      return device(target.ifindex);
    case "tcx":
    case "netkit":
      return `${target.attachType} on ${device(target.ifindex)}`;
    case "cgroup":
      return `${target.attachType} on ${place ?? `cgroup ${target.cgroupId}`}`;
    case "netns":
      return `${target.attachType} in network namespace ${target.inode}`;
    case "netfilter":
      return `family ${target.family}, hook ${target.hook}, priority ${target.priority}`;
    case "sockmap":
      return `${target.attachType} on map ${target.mapId}`;
    case "struct_ops":
      return `map ${target.mapId}`;
    case "raw_tracepoint":
    case "tracepoint":
      return target.name;
    case "iter":
      return target.mapId === undefined ? target.name : `${target.name} of map ${target.mapId}`;
    case "uprobe":
    case "uretprobe":
    case "kprobe":
    case "kretprobe":
      return `${target.kind} ${target.name}+0x${target.offset.toString(16)}`;
    case "perf_event":
      return `event of type ${target.type}, configuration ${target.config}`;
    case "kprobe_multi":
      return `${target.count} functions`;
    case "uprobe_multi":
      return `${target.count} places in ${target.name}${target.pid === 0 ? "" : `, process ${target.pid}`}`;
    case "tracing":
      return `${target.attachType}, function ${target.targetBtfId} of ${target.targetObjectId}`;
    case "other":
      return "";
    default:
      return target satisfies never;
  }
}

/** A table of links; `names` has those of programs by id. */
export function formatLinks(links: readonly ListedLink[], names: ReadonlyMap<number, string>, styles: Styles): string {
  if (links.length === 0) return "no links\n";
  const columns = [
    ...[right("id"), { title: "type" }, right("program"), { title: "name" }, { title: "attached to" }],
    ...[{ title: "held by" }, { title: "pinned" }],
  ];
  const rows = links.map((one) => [
    ...[`${one.id}`, one.type, one.programId === 0 ? "" : `${one.programId}`, names.get(one.programId) ?? ""],
    ...[targetText(one.target, one.place), holdersText(one.holders), one.pins.join(" ")],
  ]);
  return formatTable(columns, rows, styles);
}
