// Runs a filter as plain JavaScript: a context over the bytes of a packet, for @typebpf/dsl/runtime.
// What only a kernel or a simulator can give (maps, clocks, moving the packet) throws, unless the caller provides it.
import { type ContextRow, contexts, type HelperRow, helperSince, helpers } from "@typebpf/abi";
import type { XdpAction } from "./actions.ts";
import type { XdpContextFields, XdpContextHelpers } from "./contexts.generated.ts";
import { createPacket } from "./packet.ts";
import type { XdpContext } from "./xdp.ts";

/** Fields and helpers of the context that the caller stands in for. */
export type ProvidedXdpContext = Partial<XdpContextFields & XdpContextHelpers<XdpAction>>;

/** The names of the context's fields and helpers, from their rows. */
function xdpNames(): { readonly fields: readonly string[]; readonly helpers: readonly string[] } {
  const context: ContextRow = contexts.xdp_md;
  return {
    fields: context.fields.flatMap(({ as }) => as ?? []),
    helpers: Object.values<HelperRow>(helpers)
      .filter((row) => helperSince(row, "xdp") !== undefined)
      .flatMap(({ surface }) => (surface.on === "context" ? surface.as : [])),
  };
}

function absent(name: string): () => never {
  return () => {
    throw new Error(
      `ctx.${name} only exists in the kernel or the simulator; pass it to createXdpContext to provide it`,
    );
  };
}

/**
 * The context of an XDP program over `bytes`; what the filter writes into the packet shows there.
 * Anything else the filter asks of it comes from `provided`, or throws an Error that names it.
 */
export function createXdpContext(bytes: Uint8Array, provided: ProvidedXdpContext = {}): XdpContext {
  const names = xdpNames();
  const given = new Map<string, unknown>(Object.entries(provided));
  const properties: PropertyDescriptorMap = { packet: { value: createPacket(bytes), enumerable: true } };
  for (const name of names.fields) properties[name] = { get: absent(name), enumerable: true };
  for (const name of names.helpers) properties[name] = { value: absent(name), enumerable: true };
  for (const [name, value] of given) {
    if (name === "packet" || !(name in properties)) throw new TypeError(`An XDP context has no ${name} to provide`);
    properties[name] = { value, enumerable: true };
  }
  return Object.freeze(Object.create(Object.prototype, properties)) as XdpContext;
}
