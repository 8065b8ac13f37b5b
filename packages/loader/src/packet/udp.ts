// UDP (RFC 768): the layout of the DSL's `Udp`. A checksum of 0 means that there is none, so a sum of 0 is sent as
// 0xffff.
import { scalarLayouts, structLayout } from "@typebpf/abi";
import { type Layer, layerOf, type Protocol, propertiesOf } from "./layer.ts";
import { ipProtocols } from "./numbers.ts";

const { u16be } = scalarLayouts;

/** The fields of a UDP header; each may be left out. */
export interface UdpFields {
  /** Source port; default 40000. */
  readonly source?: number;
  /** Destination port; default 9, discard. */
  readonly dest?: number;
  /** Length from this header on; default from what follows. */
  readonly len?: number;
  /** Default the right one; 0 for none. */
  readonly check?: number;
}

/** UDP. */
export const udpProtocol: Protocol = {
  kind: "udp",
  layout: structLayout("udphdr", { source: u16be, dest: u16be, len: u16be, check: u16be }),
  defaults: { source: 40000, dest: 9 },
  lengths: (header, rest) => ({ len: header + rest }),
  checksum: { covers: "message", pseudo: ipProtocols.udp, zeroMeansNone: true },
};

/**
 * A UDP header. In a first fragment, give `check`: computed, it would cover this packet only.
 * @throws DiagnosticError BPF6150–6152 with the path of the field.
 */
export function udp(fields: UdpFields = {}): Layer {
  return layerOf(udpProtocol, propertiesOf(fields, "udp"));
}
