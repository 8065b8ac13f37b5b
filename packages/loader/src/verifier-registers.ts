// Register states as the verifier prints them ("R1_w=pkt(off=14,r=34) R2=scalar(umax=255)"), taken apart and put into
// words. Knows the notations of Linux 5.4 (`inv(id=0,umax_value=3)`) to 6.18 (`scalar(umax=3)`); what it does not know
// is shown as it stands.

/** Register name and state of each register in a state text. Stack slots (`fp-8=…`) are left out. */
export function parseRegisters(text: string): readonly (readonly [name: string, value: string])[] {
  const found: (readonly [string, string])[] = [];
  for (const match of text.matchAll(/(?:^|[\s;])R(\d+)(?:_[a-zA-Z]+)?=/gu)) {
    found.push([`r${match[1]}`, balanced(text.slice(match.index + match[0].length))]);
  }
  return found;
}

/** The text up to the first space outside of parentheses. */
function balanced(text: string): string {
  let depth = 0;
  for (const [index, character] of [...text].entries()) {
    if (character === "(") depth++;
    else if (character === ")") depth--;
    else if (character === " " && depth <= 0) return text.slice(0, index);
  }
  return text;
}

/**
 * Enters printed states. A check of one packet pointer holds for all that come from the same one, but the kernel prints
 * only those in the comparison (find_good_pkt_pointers): the others follow here.
 */
export function enterRegisters(registers: Map<string, string>, text: string): void {
  for (const [name, value] of parseRegisters(text)) {
    registers.set(name, value);
    const range = /^pkt\((?:.*,)?r=(\d+)/u.exec(value)?.[1];
    if (range === undefined) continue;
    for (const [other, known] of registers) {
      if (known.startsWith("pkt(") && originOf(known) === originOf(value)) {
        registers.set(other, known.replace(/\br=\d+/u, `r=${range}`));
      }
    }
  }
}

/** Packet pointers with the same origin differ by constants only. */
function originOf(value: string): string {
  return /\bid=(\d+)/u.exec(value)?.[1] ?? "0";
}

type Attributes = ReadonlyMap<string, string>;

function bytesChecked(attributes: Attributes): string {
  const checked = Number(attributes.get("r") ?? attributes.get("range") ?? 0);
  const offset = Number(attributes.get("off") ?? 0);
  const place = offset === 0 ? "points to the packet" : `points ${offset} bytes into the packet`;
  return checked === 0
    ? `${place}, of which nothing has been checked`
    : `${place}, of which ${checked} bytes have been checked`;
}

function mapValue(attributes: Attributes): string {
  const map = attributes.get("map");
  const size = attributes.get("vs");
  const offset = attributes.get("off");
  return `${offset && offset !== "0" ? `${offset} bytes into ` : ""}a value of ${map ? `the map "${map}"` : "a map"}${size ? ` (${size} bytes)` : ""}`;
}

function bounds(attributes: Attributes): string {
  const pick = (...names: string[]): string | undefined =>
    names.map((name) => attributes.get(name)).find((value) => value !== undefined);
  const low = pick("umin", "umin_value") ?? "0";
  const high = pick("umax", "umax_value", "smax,umax", "umax32");
  const signedLow = pick("smin", "smin_value");
  if (high !== undefined) return `is a number between ${low} and ${high}`;
  if (signedLow !== undefined) return `is a number, at least ${signedLow} as a signed one`;
  return "is a number that may have any value";
}

const kinds = {
  ctx: () => "points to the context",
  pkt: bytesChecked,
  pkt_meta: () => "points to the packet's metadata",
  pkt_end: () => "points to the end of the packet",
  map_ptr: (attributes) => `stands for the map "${attributes.get("map") ?? "?"}"`,
  map_value: (attributes) => `points to ${mapValue(attributes)}`,
  map_value_or_null: (attributes) => `points to ${mapValue(attributes)}, or is null: not tested yet`,
  scalar: bounds,
  inv: bounds,
} as const satisfies Readonly<Record<string, (attributes: Attributes) => string>>;

const kindsByName: ReadonlyMap<string, (attributes: Attributes) => string> = new Map(Object.entries(kinds));

/** `a=1,umin=b=2` → a: 1, umin: 2, b: 2: the kernel writes equal bounds as a chain. */
function parseAttributes(text: string): Attributes {
  const attributes = new Map<string, string>();
  for (const part of text.split(/,(?![^(]*\))/u)) {
    const names = part.split("=");
    const value = names.pop();
    if (value !== undefined) for (const name of names) attributes.set(name, value);
  }
  return attributes;
}

/** What the verifier knows of a register, as a predicate: "points to the packet, of which 14 bytes have been checked". */
export function describeRegister(value: string): string {
  if (/^(?:inv)?P?-?(?:0x[0-9a-f]+|\d+)$/u.test(value)) return `is the number ${value.replace(/^(?:inv)?P?/u, "")}`;
  if (/^fp(?:-?\d+)?$/u.test(value))
    return value === "fp0" || value === "fp" ? "is the frame pointer" : `points to the stack at ${value}`;
  const call = /^P?(\w+)\((.*)\)$/u.exec(value);
  const describe = kindsByName.get(call?.[1] ?? value.replace(/^P/u, ""));
  return describe ? describe(parseAttributes(call?.[2] ?? "")) : `is ${value}`;
}
