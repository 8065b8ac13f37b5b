// The form of packages/abi/snapshot/kernel.generated.json: the numbers of the kernel's contract, as one kernel and its headers
// have them. Written by scripts/snapshot.ts, read by the generators and by tests.
import type { BtfLayout } from "./btf.ts";

/** Integers beyond 2^53 are decimal strings. */
export type SnapshotValue = number | string;

/** Names to values, in the kernel's order. */
export type SnapshotEnum = Readonly<Record<string, SnapshotValue>>;

/** The checked-in snapshot. */
export interface Snapshot {
  readonly provenance: {
    /** Release of the kernel whose BTF was read. */
    readonly kernel: string;
    readonly architecture: string;
    /** Release of the headers that the macros come from. */
    readonly headers: string;
    /** ISO date. */
    readonly date: string;
  };
  /** Named enums. */
  readonly enums: Readonly<Record<string, SnapshotEnum>>;
  /** Anonymous enums. */
  readonly anonymous: readonly SnapshotEnum[];
  readonly macros: SnapshotEnum;
  /** Structs and unions by name. */
  readonly layouts: Readonly<Record<string, BtfLayout>>;
}
