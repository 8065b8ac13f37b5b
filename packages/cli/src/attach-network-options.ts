// Options of `attach` for programs of the network beside XDP and tc: routes, the data of sockets, network namespaces, hooks of
// the packet filter.
import type { ProgramTypeName } from "@typebpf/abi";
import type { AttachOptionRow } from "./attach-option-row.ts";

/** Types of programs of routes, with what is the same for all of them. */
export function ofRoutes<T>(what: T): Readonly<Partial<Record<ProgramTypeName, T>>> {
  return { lwt_in: what, lwt_out: what, lwt_xmit: what };
}

function number(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/** Those that only programs of the network have. */
export const networkOptionRows: readonly AttachOptionRow[] = [
  {
    name: "form",
    value: "form",
    help: "tc, clsact: the result is the verdict (direct) or the class (classifier)",
    types: { sched_cls: ["direct", "classifier"] },
  },
  {
    name: "to",
    value: "network",
    help: "routes: the destination, an address or a network: 10.0.0.0/24",
    types: ofRoutes("any" as const),
    required: true,
  },
  { name: "via", value: "address", help: "routes: the next hop", types: ofRoutes("any" as const) },
  {
    name: "type",
    value: "type",
    help: "routes: unicast, or local for what arrives for an address of this host",
    types: ofRoutes(["unicast", "local"]),
  },
  { name: "table", value: "number", help: "routes: the routing table", types: ofRoutes("any" as const), parse: number },
  {
    name: "map",
    value: "map",
    help: "data of sockets: the filter's map of sockets",
    types: { sk_skb: "any", sk_msg: "any" },
    required: true,
  },
  {
    name: "namespace",
    value: "path",
    help: "lookups of sockets, flow dissectors: the network namespace; this one without it",
    types: { sk_lookup: "any", flow_dissector: "any" },
  },
  {
    name: "family",
    value: "family",
    help: "the packet filter: ipv4 or ipv6",
    types: { netfilter: ["ipv4", "ipv6"] },
    required: true,
  },
  {
    name: "hook",
    value: "hook",
    help: "the packet filter: which hook",
    types: { netfilter: ["prerouting", "input", "forward", "output", "postrouting"] },
    required: true,
  },
];
