// Takes bytes apart into the layers that the builders know. The bytes may be anything: what does not fit ends the list
// with a word on why. Nothing behind the first fragment of a datagram is looked at, because it is not a header.
import { decode } from "../codec.ts";
import type { Fields, LayerKind } from "./layer.ts";
import { protocols } from "./protocols.ts";

/** A header that was found. */
export interface ParsedLayer {
  readonly kind: LayerKind;
  /** Where the header begins. */
  readonly at: number;
  /** Its size with its options. */
  readonly size: number;
  readonly fields: Fields;
}

/** What was found in a packet. */
export interface ParsedPacket {
  readonly layers: readonly ParsedLayer[];
  /** Where the bytes begin that belong to no layer. */
  readonly end: number;
  /** Why the last layer is not there: its name, and what is wrong with it. */
  readonly problem?: { readonly kind: LayerKind; readonly text: "cut off" | "malformed" };
}

/** No real packet has more; the limit keeps hostile ones cheap. */
const maxLayers = 32;

type Problem = NonNullable<ParsedPacket["problem"]>["text"];

function readLayer(bytes: Uint8Array, kind: LayerKind, at: number): ParsedLayer | Problem {
  const { layout, headerSize, defaults } = protocols[kind];
  if (bytes.length - at < layout.size) return "cut off";
  const fields = decode(layout, bytes.subarray(at, at + layout.size)) as Fields;
  const size = headerSize?.(fields) ?? layout.size;
  if (size < layout.size || fields.version !== defaults.version) return "malformed";
  return size > bytes.length - at ? "cut off" : { kind, at, size, fields };
}

/** The byte offset of a fragment in its datagram; 0 for what is no fragment, or the first one. */
export function fragmentOffset({ kind, fields }: ParsedLayer): number {
  if (kind === "ipv4") return (Number(fields.fragOff) & 0x1fff) * 8;
  return kind === "fragment" ? Number(fields.fragOff) & 0xfff8 : 0;
}

function kindAfter(layer: ParsedLayer): LayerKind | undefined {
  const { next } = protocols[layer.kind];
  if (!next || fragmentOffset(layer) > 0) return undefined;
  const number = layer.fields[next.field];
  const found = Object.entries(next.numbers).find(([, one]) => one === number)?.[0];
  return found === "outerVlan" ? "vlan" : (found as LayerKind | undefined);
}

/** The layers of a packet, from the Ethernet header on. Never throws. */
export function parsePacket(bytes: Uint8Array): ParsedPacket {
  const layers: ParsedLayer[] = [];
  let kind: LayerKind | undefined = "ethernet";
  let end = 0;
  while (kind && layers.length < maxLayers) {
    const layer: ParsedLayer | Problem = readLayer(bytes, kind, end);
    if (typeof layer === "string") return { layers, end, problem: { kind, text: layer } };
    layers.push(layer);
    end += layer.size;
    kind = kindAfter(layer);
  }
  return { layers, end };
}
