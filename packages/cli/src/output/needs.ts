// The oldest kernel of a program with the reasons: what it needs, since when, and the piece of source that needs it.
import {
  type BpfObject,
  minimumKernel,
  type ProgramSpec,
  type Requirement,
  requirementsOf,
  type Span,
} from "@typebpf/abi";
import type { BuildDocument } from "../json/documents.ts";

type Program = BuildDocument["programs"][number];
type Need = Program["needs"][number];

/** Longest piece of source that is shown. */
const MOST = 40;

/** The source at a span: up to its first bracket, so that a call shows what is called. */
function textAt({ sources }: Pick<BpfObject, "sources">, { file, line, column, length }: Span): string {
  const lines = sources.find((one) => one.file === file)?.text.split("\n");
  const text = lines?.[line - 1]?.slice(column - 1, column - 1 + length) ?? "";
  const [called = ""] = text.split(/[({]/u);
  return called.length > MOST ? `${called.slice(0, MOST - 1)}…` : called.trim();
}

function needOf(object: BpfObject, { what, since, at }: Requirement): Need {
  return { what, since, ...(at && { at: { file: at.file, line: at.line, text: textAt(object, at) } }) };
}

/** What a program of an object needs. */
export function needsOf(object: BpfObject, program: ProgramSpec): Pick<Program, "minimumKernel" | "needs"> {
  const needs = requirementsOf(object, program);
  return { minimumKernel: minimumKernel(needs).kernel, needs: needs.map((one) => needOf(object, one)) };
}

/** Why a program needs its oldest kernel: "map type ringbuf, at events.reserve, line 12". */
export function reasonText({ minimumKernel: kernel, needs }: Pick<Program, "minimumKernel" | "needs">): string {
  const because = needs.filter(({ since }) => since === kernel);
  const [first] = because;
  if (!first) return "";
  const place = first.at ? `${first.at.text === "" ? "" : `, at ${first.at.text}`}, line ${first.at.line}` : "";
  return `${first.what}${place}${because.length > 1 ? ` and ${because.length - 1} more` : ""}`;
}
