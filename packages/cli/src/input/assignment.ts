// `--set MAP[KEY]=VALUE`, one map entry on the command line, and `--set NAME=VALUE`, a global variable. Keys and values that begin like JSON are JSON; anything else
// is text that the map's schema reads: integers, addresses, hex bytes.
import type { Json } from "@typebpf/loader";
import { cliError } from "../diagnostics.ts";

/** One entry of a map, not yet checked against the map's schema. */
export interface Assignment {
  readonly map: string;
  /** Absent for a global variable. */
  readonly key?: Json;
  readonly value: Json;
}

/** JSON, or text as it is; undefined for what begins like JSON but is none. */
export function sideOf(text: string): Json | undefined {
  const trimmed = text.trim();
  if (!/^[{["]/.test(trimmed)) return trimmed;
  try {
    return JSON.parse(trimmed);
  } catch {
    return undefined;
  }
}

/** Splits an assignment. A key in JSON may hold "]=": the first place where both sides can be read counts. */
export function parseAssignment(text: string): Assignment {
  const open = text.indexOf("[");
  const map = text.slice(0, Math.max(0, open)).trim();
  if (map !== "") {
    for (let close = text.indexOf("]=", open); close >= 0; close = text.indexOf("]=", close + 1)) {
      const key = sideOf(text.slice(open + 1, close));
      const value = sideOf(text.slice(close + 2));
      if (key !== undefined && key !== "" && value !== undefined && value !== "") return { map, key, value };
    }
  }
  const [, name, given = ""] = /^\s*([A-Za-z_$][\w$.]*)\s*=(.*)$/s.exec(text) ?? [];
  const value = sideOf(given);
  if (name !== undefined && value !== undefined && value !== "") return { map: name, value };
  throw cliError("assignment", { message: `"${text}" is not of the form MAP[KEY]=VALUE` });
}
