// Network addresses as text, to the values that schemas hold: IPv4 as a number (`u32be`), IPv6 and MAC as bytes.
// IPv6 text follows RFC 4291 section 2.2: eight groups, `::` once, the last two groups also as an IPv4 address.

function ipv4Bytes(text: string): readonly number[] | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return undefined;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

/** The number of an IPv4 address in text, undefined where the text is none. */
export function parseIpv4(text: string): number | undefined {
  return ipv4Bytes(text)?.reduce((number, byte) => number * 256 + byte, 0);
}

function groupsOf(text: string): readonly number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    const embedded = index === parts.length - 1 && part.includes(".") ? ipv4Bytes(part) : undefined;
    if (embedded) {
      const [a = 0, b = 0, c = 0, d = 0] = embedded;
      groups.push(a * 256 + b, c * 256 + d);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

function ipv6Groups(text: string): readonly number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(groupsOf);
  if (halves.length === 1) return head?.length === 8 ? head : undefined;
  // An IPv4 address may only end the whole text: "1.2.3.4::" is none.
  if (!head || !tail || head.length + tail.length > 7 || (halves[0] ?? "").includes(".")) return undefined;
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

/** The 16 bytes of an IPv6 address in text, undefined where the text is none. */
export function parseIpv6(text: string): Uint8Array | undefined {
  const groups = ipv6Groups(text);
  return groups && Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

/** The 6 bytes of a MAC address in text, undefined where the text is none. */
export function parseMac(text: string): Uint8Array | undefined {
  if (!/^[0-9a-fA-F]{2}([:-])[0-9a-fA-F]{2}(\1[0-9a-fA-F]{2}){4}$/.test(text)) return undefined;
  return Uint8Array.from(text.split(/[:-]/), (part) => Number.parseInt(part, 16));
}
