// The catalogue of the packet builders, BPF6190–6199. What a single field can get wrong (kind, range, name, text) has
// the codes of the codec, BPF6150–6154; the path of the field stands before each message.
import { DiagnosticError, type DiagnosticRow, diagnostic } from "@typebpf/abi";

function row(code: DiagnosticRow["code"], title: string, explain: string, help: string): DiagnosticRow {
  return { code, severity: "error", title, explain, help };
}

/** Every diagnostic of the packet builders, by name. */
export const packetDiagnostics = {
  part: row(
    "BPF6190",
    "this is no part of a packet",
    "A packet is made of layers, and of payload: text, bytes, or a number of zero bytes.",
    'for example: packet(ethernet(), ipv4({ saddr: "10.0.0.1" }), udp({ dest: 53 }), "payload")',
  ),
  order: row(
    "BPF6191",
    "no number says that this layer follows that one",
    "The field that names what follows is filled in from the next layer, and there is no such number for this pair.",
    "put the layers in their order, or give the field yourself: `proto`, `protocol` or `nexthdr`",
  ),
  addresses: row(
    "BPF6192",
    "the checksum needs the addresses of an IP layer",
    "Checksums of TCP, UDP and ICMPv6 cover the source and destination of the IP layer before them.",
    "put ipv4() or ipv6() before the layer, or give `check` yourself",
  ),
  length: row(
    "BPF6193",
    "the layer is too long for its length field",
    "Lengths are filled in from what follows, and this one does not fit its field.",
    "make the payload or the options shorter, or give the field yourself",
  ),
  conflict: row(
    "BPF6194",
    "two properties give the same bits",
    "Some fields can be written in two ways; with both given it is not clear which one is meant.",
    "leave one of them out",
  ),
  domainName: row(
    "BPF6195",
    "this is no domain name",
    "A name has labels of 1 to 63 ASCII characters between dots, and takes 255 bytes at most (RFC 1035).",
    'write it like "example.com", names in other scripts in their xn-- form',
  ),
} as const satisfies Readonly<Record<string, DiagnosticRow>>;

/** The name of a row of this catalogue. */
export type PacketDiagnosticName = keyof typeof packetDiagnostics;

/** An error to throw: `path` names the layer or field. */
export function packetError(name: PacketDiagnosticName, path: string, problem: string): DiagnosticError {
  return new DiagnosticError([diagnostic(packetDiagnostics[name], { message: `${path}: ${problem}` })]);
}
