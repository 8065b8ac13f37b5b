// Addresses as text: dotted quads, colon-separated bytes, and IPv6 in the form of RFC 5952 (lower case, no leading
// zeros, the first longest run of at least two zero groups as `::`).

/** 0x0a000001 as "10.0.0.1". */
export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join(".");
}

/** 6 bytes as "02:00:00:00:00:01". */
export function formatMac(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");
}

/** 16 bytes as "2001:db8::1". */
export function formatIpv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, index) => (bytes[index * 2] ?? 0) * 256 + (bytes[index * 2 + 1] ?? 0));
  const text = groups.map((group) => group.toString(16)).join(":");
  let longest = { start: 0, end: 0 };
  for (const match of text.matchAll(/(?<![^:])0(?::0)+(?![^:])/g)) {
    const run = { start: match.index, end: match.index + match[0].length };
    if (run.end - run.start > longest.end - longest.start) longest = run;
  }
  if (longest.end === 0) return text;
  return `${text.slice(0, longest.start).replace(/:$/, "")}::${text.slice(longest.end).replace(/^:/, "")}`;
}
