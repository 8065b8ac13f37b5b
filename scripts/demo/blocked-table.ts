// The contents of the firewall's map as a table: an address and its packets on each line.
import type { Styles } from "@typebpf/cli";
import type { Loaded } from "@typebpf/loader";
import type { Firewall } from "./main.ts";

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join(".");
}

/** The table, with titles over its columns. */
export function blockedTable(firewall: Loaded<Firewall>, styles: Styles): string {
  const rows = Array.from(firewall.maps.blocked, ([address, hits]) => `${dotted(address).padEnd(16)}${hits}`);
  return [styles.faint(`${"blocked".padEnd(16)}packets dropped`), ...rows].join("\n");
}
