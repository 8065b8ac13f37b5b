// A DNS query as payload of a datagram (RFC 1035, section 4): the header with one question.
//
//   | id | flags | questions 1 | answers 0 | authorities 0 | additional 0 | name | type | class |
import { scalarLayouts, structLayout } from "@typebpf/abi";
import { describe, encode } from "../codec.ts";
import { loaderError } from "../diagnostics.ts";
import { packetError } from "./diagnostics.ts";
import { propertiesOf } from "./layer.ts";

const { u16be } = scalarLayouts;

const types = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, MX: 15, TXT: 16, AAAA: 28, SRV: 33, HTTPS: 65, ANY: 255 };

/** What a query asks for. */
export interface DnsQuery {
  /** The name, such as "example.com"; "" and "." are the root. */
  readonly name: string;
  /** Type of the record by name or number; default "A". */
  readonly type?: keyof typeof types | number;
  /** Class; default 1, the Internet. */
  readonly class?: number;
  /** Default 0. */
  readonly id?: number;
  /** Asks the server to find the answer elsewhere; default true. */
  readonly recursionDesired?: boolean;
}

const recursionDesiredFlag = 0x0100;
const header = structLayout("dns", {
  id: u16be,
  flags: u16be,
  questions: u16be,
  answers: u16be,
  authorities: u16be,
  additional: u16be,
});
const question = structLayout("question", { type: u16be, class: u16be });

function nameBytes(name: unknown): readonly number[] {
  const path = "dnsQuery.name";
  if (typeof name !== "string")
    throw loaderError("valueKind", { message: `${path}: takes text, not ${describe(name)}` });
  const labels = name === "" || name === "." ? [] : name.replace(/\.$/, "").split(".");
  const bytes = labels.flatMap((label) => {
    if (/^[\x21-\x7e]{1,63}$/.test(label)) return [label.length, ...Array.from(label, (one) => one.charCodeAt(0))];
    throw packetError("domainName", path, `${describe(label)} is no label of ${describe(name)}`);
  });
  if (bytes.length > 254) throw packetError("domainName", path, `${describe(name)} takes ${bytes.length + 1} bytes`);
  return [...bytes, 0];
}

/**
 * The payload of a query: `packet(ethernet(), ipv4(), udp({ dest: 53 }), dnsQuery({ name: "example.com" }))`.
 * @throws DiagnosticError BPF6150, BPF6151 or BPF6154 with the path of the field, BPF6195 for the name.
 */
export function dnsQuery(query: DnsQuery): Uint8Array {
  const { name, type = "A", class: kind = 1, id = 0, recursionDesired = true } = propertiesOf(query, "dnsQuery");
  const number = typeof type === "number" ? type : Object.hasOwn(types, type) ? types[type] : undefined;
  if (number === undefined) {
    const known = Object.keys(types).join(", ");
    throw loaderError("badText", {
      message: `dnsQuery.type: ${describe(type)} is no type of record`,
      help: `give a number, or ${known}`,
    });
  }
  const flags = recursionDesired ? recursionDesiredFlag : 0;
  const head = encode(header, { id, flags, questions: 1 }, "dnsQuery");
  return Uint8Array.of(...head, ...nameBytes(name), ...encode(question, { type: number, class: kind }, "dnsQuery"));
}
