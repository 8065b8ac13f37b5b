// Generates packages/abi/src/kernel/uapi.generated.ts: the numbers of the kernel's contract, grouped and without their
// prefixes, from the checked-in snapshot. Enumerators that only count (`__MAX_…`) are left out.
import type { Snapshot, SnapshotEnum, SnapshotValue } from "../snapshot/snapshot.ts";
import type { GeneratedFile } from "./generator.ts";

interface Group {
  readonly name: string;
  readonly doc: string;
  /** Taken off the names. */
  readonly prefix: string;
  /** A named enum, the anonymous enum with this enumerator, or the macros that have the prefix. */
  readonly from: { readonly enum: string } | { readonly enumWith: string } | { readonly macros: true };
}

const groups: readonly Group[] = [
  { name: "command", doc: "`enum bpf_cmd`: commands of bpf(2)", prefix: "BPF_", from: { enum: "bpf_cmd" } },
  { name: "progType", doc: "`enum bpf_prog_type`", prefix: "BPF_PROG_TYPE_", from: { enum: "bpf_prog_type" } },
  { name: "mapType", doc: "`enum bpf_map_type`", prefix: "BPF_MAP_TYPE_", from: { enum: "bpf_map_type" } },
  { name: "attachType", doc: "`enum bpf_attach_type`", prefix: "BPF_", from: { enum: "bpf_attach_type" } },
  { name: "linkType", doc: "`enum bpf_link_type`", prefix: "BPF_LINK_TYPE_", from: { enum: "bpf_link_type" } },
  { name: "helper", doc: "`enum bpf_func_id`: helper numbers", prefix: "BPF_FUNC_", from: { enum: "bpf_func_id" } },
  { name: "statsType", doc: "`enum bpf_stats_type`", prefix: "BPF_STATS_", from: { enum: "bpf_stats_type" } },
  { name: "xdpAction", doc: "`enum xdp_action`: verdicts of XDP", prefix: "XDP_", from: { enum: "xdp_action" } },
  { name: "tcAction", doc: "`TC_ACT_*`: verdicts of tc", prefix: "TC_ACT_", from: { macros: true } },
  {
    name: "tcxAction",
    doc: "`enum tcx_action_base`: verdicts of tcx",
    prefix: "TCX_",
    from: { enum: "tcx_action_base" },
  },
  { name: "skAction", doc: "`enum sk_action`: verdicts on sockets", prefix: "SK_", from: { enum: "sk_action" } },
  {
    name: "returnCode",
    doc: "`enum bpf_ret_code`: verdicts of lightweight tunnels",
    prefix: "BPF_",
    from: { enum: "bpf_ret_code" },
  },
  { name: "updateFlag", doc: "Flags of a map update", prefix: "BPF_", from: { enumWith: "BPF_NOEXIST" } },
  { name: "mapFlags", doc: "`map_flags` of BPF_MAP_CREATE", prefix: "BPF_F_", from: { enumWith: "BPF_F_NO_PREALLOC" } },
  { name: "xdpFlags", doc: "Flags of attaching XDP", prefix: "XDP_FLAGS_", from: { macros: true } },
  { name: "pseudoSource", doc: "`src` of `lddw` and `call`", prefix: "BPF_PSEUDO_", from: { macros: true } },
  {
    name: "coreRelocation",
    doc: "`enum bpf_core_relo_kind`",
    prefix: "BPF_CORE_",
    from: { enum: "bpf_core_relo_kind" },
  },
  { name: "btfKind", doc: "BTF kinds", prefix: "BTF_KIND_", from: { enumWith: "BTF_KIND_INT" } },
];

function valuesOf(snapshot: Snapshot, group: Group): SnapshotEnum {
  const { from, prefix } = group;
  if ("enum" in from) return snapshot.enums[from.enum] ?? {};
  if ("enumWith" in from) return snapshot.anonymous.find((one) => from.enumWith in one) ?? {};
  return Object.fromEntries(Object.entries(snapshot.macros).filter(([name]) => name.startsWith(prefix)));
}

const counts = /^(__|MAX_|NR_)/;

function print(value: SnapshotValue): string {
  return typeof value === "number" ? `${value}` : `${value}n`;
}

function printGroup(name: string, doc: string, entries: readonly (readonly [string, SnapshotValue])[]): string[] {
  return [`  /** ${doc}. */`, `  ${name}: {`, ...entries.map(([key, value]) => `    ${key}: ${print(value)},`), "  },"];
}

function identifier(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `"${name}"`;
}

function strip(values: SnapshotEnum, prefix: string): [string, SnapshotValue][] {
  return Object.entries(values)
    .filter(([name]) => !counts.test(name))
    .map(([name, value]) => [identifier(name.startsWith(prefix) ? name.slice(prefix.length) : name), value]);
}

/** The file's text from the snapshot; throws when a group finds nothing, since that is a broken snapshot. */
export function generateUapi(snapshot: Snapshot): GeneratedFile {
  const { kernel, headers } = snapshot.provenance;
  const lines = groups.flatMap((group) => {
    const entries = strip(valuesOf(snapshot, group), group.prefix);
    if (entries.length === 0) throw new Error(`generate uapi: the snapshot has nothing for ${group.name}`);
    return printGroup(group.name, group.doc, entries);
  });
  const flags = [...snapshot.anonymous, snapshot.macros].flatMap((one) => strip(one, ""));
  const constants = [...new Map(flags.filter(([name]) => /^(BPF|XDP|SK_BPF|TCP_BPF|IFLA_XDP|TCA_BPF)_/.test(name)))];
  return {
    path: "packages/abi/src/kernel/uapi.generated.ts",
    text: [
      `// The numbers of the kernel's user-space contract: BTF of Linux ${kernel}, macros of its ${headers} headers.`,
      "// Generated from packages/abi/snapshot/kernel.generated.json by `npm run generate`; do not edit.",
      "",
      "/** Numbers by group, under the kernel's names without the prefix that a group shares. */",
      "export const uapi = {",
      ...lines,
      ...printGroup("constant", "Flags and other constants, under their whole names", constants),
      "} as const;",
      "",
    ].join("\n"),
  };
}
