// Program contexts as the filter sees them: one row per struct. Offsets and sizes are those of the kernel's user-visible
// struct (include/uapi/linux/bpf.h); the verifier rewrites each access.
import type { FieldLayout, StructLayout } from "../layout.ts";
import { argumentsContext } from "./context-arguments.ts";
import { cgroupDeviceContext } from "./context-cgroup-device.ts";
import { lircMode2Context } from "./context-lirc-mode2.ts";
import { netfilterContext } from "./context-netfilter.ts";
import { perfEventContext } from "./context-perf-event.ts";
import { ptRegsContext } from "./context-pt-regs.ts";
import { rawTracepointContext } from "./context-raw-tracepoint.ts";
import type { ContextAccess, ContextFieldRow, ContextRow } from "./context-row.ts";
import { skBuff } from "./context-sk-buff.ts";
import { skLookupContext } from "./context-sk-lookup.ts";
import { skMsgContext } from "./context-sk-msg.ts";
import { skReuseportContext } from "./context-sk-reuseport.ts";
import { sockContext } from "./context-sock.ts";
import { sockAddrContext } from "./context-sock-addr.ts";
import { sockOpsContext } from "./context-sock-ops.ts";
import { sockoptContext } from "./context-sockopt.ts";
import { syscallContext } from "./context-syscall.ts";
import { sysctlContext } from "./context-sysctl.ts";
import { tracepointContext } from "./context-tracepoint.ts";
import { type ProgramKindName, type ProgramKindRow, programKinds } from "./program-kinds.ts";
import { type ProgramTypeName, programTypes } from "./program-types.ts";
import { schemaFields, tracepointFields } from "./tracepoints/events.ts";

export const contexts = {
  xdp_md: {
    struct: "xdp_md",
    size: 24,
    fields: [
      {
        name: "data",
        offset: 0,
        size: 4,
        access: "readWrite",
        is: "packet",
        since: "4.8",
        doc: "First byte of the packet.",
      },
      {
        name: "data_end",
        offset: 4,
        size: 4,
        access: "read",
        is: "packetEnd",
        since: "4.8",
        doc: "End of the packet.",
      },
      {
        name: "data_meta",
        offset: 8,
        size: 4,
        access: "readWrite",
        is: "packetMeta",
        since: "4.15",
        doc: "Metadata before the packet.",
      },
      {
        name: "ingress_ifindex",
        as: "ingressIfindex",
        offset: 12,
        size: 4,
        access: "read",
        is: "integer",
        since: "4.16",
        doc: "Index of the interface that received the packet.",
      },
      {
        name: "rx_queue_index",
        as: "rxQueueIndex",
        offset: 16,
        size: 4,
        access: "read",
        is: "integer",
        since: "4.16",
        doc: "Index of the receive queue.",
      },
      {
        name: "egress_ifindex",
        as: "egressIfindex",
        offset: 20,
        size: 4,
        access: "read",
        is: "integer",
        since: "5.8",
        attachTypes: ["XDP_DEVMAP"],
        doc: "Index of the interface that will send the packet.",
      },
    ],
  },
  sk_buff: skBuff,
  pt_regs: ptRegsContext,
  tracepoint: tracepointContext,
  bpf_perf_event_data: perfEventContext,
  bpf_sock: sockContext,
  bpf_sock_ops: sockOpsContext,
  bpf_cgroup_dev_ctx: cgroupDeviceContext,
  sk_msg_md: skMsgContext,
  bpf_raw_tracepoint_args: rawTracepointContext,
  bpf_sock_addr: sockAddrContext,
  lirc_mode2: lircMode2Context,
  sk_reuseport_md: skReuseportContext,
  bpf_sysctl: sysctlContext,
  bpf_sockopt: sockoptContext,
  arguments: argumentsContext,
  bpf_sk_lookup: skLookupContext,
  syscall: syscallContext,
  bpf_nf_ctx: netfilterContext,
} as const satisfies Readonly<Record<string, ContextRow>>;

/** The name of a context's row. */
export type ContextName = keyof typeof contexts;

/** What a program does with a field; undefined where it may not touch it. */
function accessOf(field: ContextFieldRow, program: string, attach: string | undefined): ContextAccess | undefined {
  const { programs, attachTypes } = field;
  const ofType = programs ? programs[program] : field.access;
  if (ofType === undefined || attachTypes === undefined) return ofType;
  if (attach === undefined) return undefined;
  if (Array.isArray(attachTypes)) return attachTypes.includes(attach) ? ofType : undefined;
  return (attachTypes as Readonly<Record<string, ContextAccess>>)[attach];
}

/** The fields that programs of a type and attach type may touch, each with the access that they have. */
export function contextFields(program: ProgramTypeName, attach?: string, context?: string): readonly ContextFieldRow[] {
  const rows: Readonly<Record<string, ContextRow>> = contexts;
  const row = rows[context ?? programTypes[program].context];
  return (row?.fields ?? []).flatMap((field) => {
    const access = accessOf(field, program, attach);
    const { programs: _, ...rest } = field;
    return access === undefined ? [] : [{ ...rest, access }];
  });
}

/** What programs of a type may do with the packet of their context; undefined where they have none. */
export function packetAccess(program: ProgramTypeName): ContextAccess | undefined {
  return contextFields(program).find(({ is }) => is === "packet")?.access;
}

/** What a program of the DSL is, as far as its context depends on it. */
export interface ProgramIdentity {
  readonly kind: ProgramKindName;
  /** What it names as its place: an event, a function. */
  readonly target?: string;
  /** What its author says that the context holds. */
  readonly schema?: StructLayout;
}

/** The name of the row of `contexts` for a kind of program. */
export function contextOf(kind: ProgramKindName): ContextName {
  const row: ProgramKindRow = programKinds[kind];
  return (row.context ?? programTypes[row.type].context) as ContextName;
}

/** Named parts of a field, as fields that can be read. */
function partsOf({ parts = [], name, offset, since }: ContextFieldRow): readonly ContextFieldRow[] {
  return parts.map(({ as, at, size, when, doc }) => ({
    name: `${name}.${as}`,
    as,
    offset: offset + at,
    size,
    access: "read",
    is: "integer",
    ...(when !== undefined && { when }),
    since,
    doc,
  }));
}

/** Contexts that an author's struct describes: as it lies in memory, or a field for each 64-bit argument. */
const described: { readonly [K in ContextName]?: { readonly access: ContextAccess; readonly slots: boolean } } = {
  arguments: { access: "read", slots: true },
  syscall: { access: "readWrite", slots: false },
};

/** A field of a described context; undefined for what no load reaches. */
function describedField(
  { name, layout, offset }: FieldLayout,
  index: number,
  { access, slots }: { readonly access: ContextAccess; readonly slots: boolean },
): ContextFieldRow | undefined {
  const item = layout.kind === "array" ? layout.item : layout;
  if (item.kind !== "scalar" || (slots && layout.kind === "array")) return undefined;
  return {
    name,
    as: name,
    offset: slots ? index * 8 : offset,
    size: item.size,
    ...(layout.kind === "array" && { count: layout.length }),
    access,
    is: "integer",
    ...(item.signed && { signed: true }),
    ...(item.bigEndian && { bigEndian: true }),
    since: "4.1",
    doc: name,
  };
}

/** The first field of an author's struct that a context of the kind cannot have; undefined where all can be. */
export function undescribable({ kind, schema }: ProgramIdentity): string | undefined {
  const how = described[contextOf(kind)];
  return how && schema?.fields.find((field, index) => !describedField(field, index, how))?.name;
}

/** The fields that a program may touch, each with the access that it has; parts of fields follow them. */
export function fieldsOf({ kind, target, schema }: ProgramIdentity): readonly ContextFieldRow[] {
  const row: ProgramKindRow = programKinds[kind];
  if (row.type === "tracepoint") {
    return schema ? schemaFields(schema) : (target !== undefined && tracepointFields(target)) || [];
  }
  const context = contextOf(kind);
  const fields = contextFields(row.type, row.attach, context).flatMap((field) => [field, ...partsOf(field)]);
  const how = described[context];
  if (!schema || !how) return fields;
  const own = schema.fields.flatMap((field, index) => describedField(field, index, how) ?? []);
  return [...fields.filter(({ name }) => !own.some((one) => one.name === name)), ...own];
}
