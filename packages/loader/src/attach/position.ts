// Where in a hook's list of programs a new one goes: before or after others, and only at a certain revision of the list
// (BPF_F_BEFORE and BPF_F_AFTER of kernel/bpf/mprog.c, Linux 6.6 for tcx; of kernel/bpf/cgroup.c, Linux 6.17).
import { uapi } from "@typebpf/abi";
import type { Neighbour, PositionOptions } from "../cgroup-options.ts";
import { checkNumber, refuseOption } from "./options.ts";

const { BPF_F_BEFORE, BPF_F_AFTER, BPF_F_ID, BPF_F_LINK } = uapi.constant;
const MAX_U32 = 0xffff_ffff;
const MAX_U64 = 0xffff_ffff_ffff_ffffn;

/** Where in the hook's list a program goes: flags of BPF_LINK_CREATE and the id of the neighbour. */
export interface Position {
  readonly flags: number;
  readonly id: number;
}

function neighbour(name: "before" | "after", given: Neighbour): Position {
  const flag = name === "before" ? BPF_F_BEFORE : BPF_F_AFTER;
  if (given === "all") return { flags: flag, id: 0 };
  const entries = typeof given === "object" && given !== null ? Object.entries(given) : [];
  const [entry] = entries;
  if (entries.length !== 1 || !entry || (entry[0] !== "link" && entry[0] !== "program")) {
    refuseOption(`${name} is "all", { link: ID } or { program: ID }`);
  }
  const id = checkNumber(`the id in ${name}`, entry[1], 1, MAX_U32) ?? 0;
  return { flags: flag | BPF_F_ID | (entry[0] === "link" ? BPF_F_LINK : 0), id };
}

/** @throws DiagnosticError for neighbours that make no sense */
export function positionOf({ before, after }: PositionOptions): Position {
  if (before !== undefined && after !== undefined)
    refuseOption("a program goes before another one or after one", "give only one of before and after");
  if (before !== undefined) return neighbour("before", before);
  return after === undefined ? { flags: 0, id: 0 } : neighbour("after", after);
}

/** The revision that is asked for; 0 for any. @throws DiagnosticError */
export function revisionOf({ expectedRevision }: PositionOptions): bigint {
  if (expectedRevision === undefined) return 0n;
  const whole = typeof expectedRevision === "bigint" || Number.isSafeInteger(expectedRevision);
  const revision = whole ? BigInt(expectedRevision) : 0n;
  return revision >= 1n && revision <= MAX_U64 ? revision : refuseOption("expectedRevision is a whole number from 1");
}
