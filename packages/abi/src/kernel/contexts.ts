// Program contexts as the filter sees them: one row per program type. Offsets and sizes are those of the kernel's
// user-visible struct (include/uapi/linux/bpf.h); the verifier rewrites each access.

/** One field of a context. */
export interface ContextFieldRow {
  /** Name in C. */
  readonly name: string;
  /** Name in the DSL; absent for fields that the DSL reaches otherwise (packet bounds). */
  readonly as?: string;
  readonly offset: number;
  readonly size: 1 | 2 | 4 | 8;
  readonly access: "read" | "readWrite";
  /** What a load of it gives: a number, or a pointer into or to the end of the packet. */
  readonly is: "integer" | "packet" | "packetEnd" | "packetMeta";
  /** Lies in network byte order (the DSL reads it in host order). */
  readonly bigEndian?: true;
  readonly since: string;
  /** Only programs with one of these attach types (names in `uapi.attachType`) may touch it; absent: all may. */
  readonly attachTypes?: readonly string[];
  readonly doc: string;
}

export interface ContextRow {
  /** Name of the struct in C. */
  readonly struct: string;
  readonly size: number;
  readonly fields: readonly ContextFieldRow[];
}

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
} as const satisfies Readonly<Record<string, ContextRow>>;

export type ContextName = keyof typeof contexts;
