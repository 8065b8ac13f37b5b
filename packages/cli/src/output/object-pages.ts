// One program, map or link of the kernel for people: its facts, one a line; those that are empty are left out.
import { displayText, type Layout, uapi } from "@typebpf/abi";
import type { HeldBy, ListedLink, ListedMap, ListedProgram, MapLayouts } from "@typebpf/loader";
import { targetText } from "./objects.ts";
import type { Styles } from "./style.ts";

type Fact = readonly [name: string, value: string];

function formatPage(title: string, facts: readonly Fact[], styles: Styles): string {
  const shown = facts.filter(([, value]) => value !== "");
  const width = Math.max(...shown.map(([name]) => name.length));
  const lines = shown.map(([name, value]) => `  ${styles.faint(name.padEnd(width))}  ${displayText(value)}`);
  return `${styles.title(displayText(title))}\n${lines.join("\n")}\n`;
}

const number = (value: number | bigint, unit = ""): string => (value === 0 || value === 0n ? "" : `${value}${unit}`);

function heldBy({ holders, pins }: HeldBy): readonly Fact[] {
  return [
    ["held by", holders.map(({ pid, command }) => `${command}(${pid})`).join(" ")],
    ["pinned at", pins.join(" ")],
  ];
}

/** A program. */
export function programPage(one: ListedProgram, styles: Styles): string {
  const facts: readonly Fact[] = [
    ["type", one.type],
    ["tag", one.tag],
    ["loaded", `${one.loadedAt.toISOString()} by user ${one.uid}`],
    ["instructions", number(one.xlatedBytes / 8, " slots")],
    ["followed by the verifier", number(one.verifiedInsns)],
    ["machine code", number(one.jitedBytes, " bytes")],
    ["memory", number(one.memoryBytes ?? 0, " bytes")],
    ["maps", one.mapIds.join(", ")],
    ["BTF", number(one.btfId)],
    ["runs counted", one.runCount === 0n ? "" : `${one.runCount}, ${one.runTimeNs} ns`],
    ["recursion misses", number(one.recursionMisses)],
    ["attach type of BTF", one.attachBtf.type === 0 ? "" : `${one.attachBtf.type} of ${one.attachBtf.object}`],
    ...heldBy(one),
  ];
  return formatPage(`program ${one.id} ${one.name}`, facts, styles);
}

/** "0x81: NO_PREALLOC, RDONLY_PROG" */
function flagsText(flags: number): string {
  if (flags === 0) return "";
  const names = Object.entries(uapi.mapFlags).filter(([, bit]) => (flags & bit) !== 0);
  return `0x${flags.toString(16)}${names.length > 0 ? `: ${names.map(([name]) => name).join(", ")}` : ""}`;
}

function layoutText(layout: Layout): string {
  switch (layout.kind) {
    case "scalar":
      return layout.name;
    case "bits":
      return `${layout.count} bits`;
    case "array":
      return `${layoutText(layout.item)}[${layout.length}]`;
    case "struct": {
      const fields = layout.fields.map((field) => `${field.name}: ${layoutText(field.layout)}`);
      return `${layout.union ? "union" : "struct"} ${layout.name} { ${fields.join(", ")} }`;
    }
    default:
      return layout satisfies never;
  }
}

const knownFrom = { btf: "by the map's BTF", schema: "by the source", sizes: "by size only" } as const;

/** A map, and how its keys and values lie in memory. */
export function mapPage(one: ListedMap, layouts: MapLayouts | undefined, styles: Styles): string {
  const shape = (size: number, layout: Layout | undefined): string =>
    size === 0 ? "" : `${size} bytes${layout ? `, ${layoutText(layout)}` : ""}`;
  const facts: readonly Fact[] = [
    ["type", one.type],
    ["key", shape(one.keySize, layouts?.key)],
    ["value", shape(one.valueSize, layouts?.value)],
    ["known", layouts ? knownFrom[layouts.from] : ""],
    ["entries at most", number(one.maxEntries)],
    ["flags", flagsText(one.flags)],
    ["extra", number(one.extra)],
    ["memory", number(one.memoryBytes ?? 0, " bytes")],
    ["frozen", one.frozen ? "yes" : ""],
    ["BTF", number(one.btf.object)],
    ...heldBy(one),
  ];
  return formatPage(`map ${one.id} ${one.name}`, facts, styles);
}

/** A link. */
export function linkPage(one: ListedLink, programName: string, styles: Styles): string {
  const { kind, ...fields } = one.target;
  const details = Object.entries(fields).map(([name, value]) => `${name} ${value}`);
  const facts: readonly Fact[] = [
    ["type", one.type],
    ["program", one.programId === 0 ? "" : `${one.programId} ${programName}`],
    ["attached to", targetText(one.target, one.place)],
    [kind === "other" ? "" : kind, details.join(", ")],
    ...heldBy(one),
  ];
  return formatPage(`link ${one.id}`, facts, styles);
}
