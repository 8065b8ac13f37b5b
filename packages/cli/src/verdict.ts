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

/** Every type of program. */
export const verdicts = {
  xdp: named("PASS", "TX", "REDIRECT"),
  sched_cls: named("UNSPEC", "OK", "RECLASSIFY", "PIPE", "REDIRECT"),
  socket_filter: {
    text: ({ retval, packet }) =>
      retval === 0 ? "drop" : retval >= packet.length ? "accept" : `accept ${retval} bytes`,
    leaving: ({ retval, packet }) => (retval === 0 ? undefined : packet.subarray(0, retval)),
  },
} as const satisfies { readonly [T in ProgramTypeName]: VerdictRow };
