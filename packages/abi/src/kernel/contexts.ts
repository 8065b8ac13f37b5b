// Program contexts as the filter sees them: one row per struct. Offsets and sizes are those of the kernel's user-visible
// struct (include/uapi/linux/bpf.h); the verifier rewrites each access.
import type { ContextFieldRow, ContextRow } from "./context-row.ts";
import { skBuff } from "./context-sk-buff.ts";
import { type ProgramTypeName, programTypes } from "./program-types.ts";

export const contexts = {
  xdp_md: {
    struct: "xdp_md",
    size: 24,
    fields: [
      {
        name: "data",
        offset: 0,
        size: 4,
        access: "read",
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
        access: "read",
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
} as const satisfies Readonly<Record<string, ContextRow>>;

/** The name of a context's row. */
export type ContextName = keyof typeof contexts;

/** The fields that programs of a type may touch, each with the access that this type has. */
export function contextFields(program: ProgramTypeName): readonly ContextFieldRow[] {
  const row: ContextRow = contexts[programTypes[program].context];
  return row.fields.flatMap(({ programs, ...field }) => {
    const access = programs ? programs[program] : field.access;
    return access === undefined ? [] : [{ ...field, access }];
  });
}
