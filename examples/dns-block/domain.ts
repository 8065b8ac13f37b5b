// Domains as the filter's trie holds them: in wire format (RFC 1035 section 3.1) without the empty label at the end, in
// lower case, backwards.
import { dnsQuery } from "@typebpf/loader";

/** What a trie key of the filter is. */
export interface DomainPrefix {
  readonly prefixLength: number;
  readonly address: Uint8Array;
}

/** Bytes of the header before the name in a query. */
const header = 12;
/** Bytes behind it: the empty label, type and class. */
const rest = 5;
const longest = 64;

/** A domain as key of the filter's map. @throws DiagnosticError for what is no name, RangeError for the root and long ones. */
export function domainPrefix(domain: string): DomainPrefix {
  const name = dnsQuery({ name: domain.toLowerCase() }).slice(header, -rest);
  if (name.length === 0 || name.length > longest)
    throw new RangeError(`${domain} takes ${name.length} bytes, a blocked domain 1 to ${longest}`);
  const address = new Uint8Array(longest);
  address.set(name.reverse());
  return { prefixLength: name.length * 8, address };
}
