// What a program's result means for its packet, by type of program: a verdict by name, or for socket filters the number of
// bytes that the socket gets (man 7 socket; run_filter in net/packet/af_packet.c).
import type { ProgramTypeName } from "@typebpf/abi";
import type { RunResult } from "@typebpf/loader";

interface VerdictRow {
  /** For people. */
  text(result: RunResult): string;
  /** The packet that goes on its way; undefined where none does. */
  leaving(result: RunResult): Uint8Array | undefined;
}

/** Verdicts by name, some of which let the packet go on. */
function named(...passing: readonly string[]): VerdictRow {
  return {
    text: ({ action, retval }) => action ?? `${retval} (no verdict)`,
    leaving: ({ action, packet }) => (action !== undefined && passing.includes(action) ? packet : undefined),
  };
}

const rows: Readonly<Partial<Record<ProgramTypeName, VerdictRow>>> = {
  xdp: named("PASS", "TX", "REDIRECT"),
  sched_cls: named("UNSPEC", "OK", "RECLASSIFY", "PIPE", "REDIRECT"),
  socket_filter: {
    text: ({ retval, packet }) =>
      retval === 0 ? "drop" : retval >= packet.length ? "accept" : `accept ${retval} bytes`,
    leaving: ({ retval, packet }) => (retval === 0 ? undefined : packet.subarray(0, retval)),
  },
  sched_act: named("UNSPEC", "OK", "RECLASSIFY", "PIPE", "REDIRECT"),
  cgroup_skb: named("ALLOW"),
  lwt_in: named("OK", "REDIRECT", "REROUTE"),
  lwt_out: named("OK", "REDIRECT", "REROUTE"),
  lwt_xmit: named("OK", "REDIRECT", "REROUTE"),
  lwt_seg6local: named("OK", "REDIRECT", "REROUTE"),
  netfilter: named("ACCEPT"),
};

/** Other types: the verdict by name where it has one, else the number; packets stay as they are. */
const other: VerdictRow = {
  text: ({ action, retval }) => action ?? `${retval | 0}`,
  leaving: ({ packet }) => packet,
};

/** What results mean for programs of a type. */
export function verdictsOf(type: ProgramTypeName): VerdictRow {
  return rows[type] ?? other;
}
