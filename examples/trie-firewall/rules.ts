// Rules of the trie firewall as text: one a line, `deny 203.0.113.0/24` or `allow 2001:db8::7`, comments behind a `#`.
import { isIP } from "node:net";

/** One rule. */
export interface Rule {
  readonly drops: boolean;
  readonly address: string;
  /** Bits of the network. */
  readonly bits: number;
}

function ruleOf(text: string, line: number): Rule {
  const [, word, address = "", length] = /^(allow|deny)\s+([0-9a-fA-F.:]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const most = isIP(address) === 4 ? 32 : 128;
  const bits = length === undefined ? most : Number(length);
  if (word === undefined || isIP(address) === 0 || bits > most)
    throw new Error(`line ${line}: "${text}" is no rule; a rule is allow or deny, and an address or a network`);
  return { drops: word === "deny", address, bits };
}

/** The rules of a text. @throws Error that names the line which is none */
export function parseRules(text: string): readonly Rule[] {
  return text.split("\n").flatMap((line, index) => {
    const rule = line.replace(/#.*/, "").trim();
    return rule === "" ? [] : [ruleOf(rule, index + 1)];
  });
}
