// The tables of helpers, and of what else the rows know of the kernel: fields of BPF_PROG_LOAD, flags, kinds, features.
import {
  features,
  type HelperRow,
  helpers,
  mapFlagRows,
  type ProgramKindRow,
  programKinds,
} from "../../packages/abi/src/index.ts";
import { programLoadFields } from "../../packages/loader/src/kernel/program-load-fields.ts";
import { implementations } from "../../packages/loader/src/simulator/helpers/registry.ts";
import type { GeneratedFile } from "./generator.ts";
import { markdownPage, markdownTable } from "./markdown.ts";

function methodOf({ surface }: HelperRow): string {
  if (surface.on === "none") return "";
  const maps = "maps" in surface && surface.maps ? ` (${surface.maps.join(", ")})` : "";
  return `\`${surface.on === "context" ? "ctx" : surface.on}.${surface.as}\`${maps}`;
}

function simulated(name: string): string {
  const one: unknown = implementations[name as keyof typeof implementations];
  if (typeof one === "function") return "✓";
  const why = typeof one === "object" && one !== null && "unsimulated" in one ? one.unsimulated : "";
  return `no: ${String(why)}`;
}

/** docs/reference/helpers.generated.md */
export function generateHelpers(): GeneratedFile {
  const rows = Object.entries<HelperRow>(helpers)
    .sort(([, one], [, other]) => one.number - other.number)
    .map(([name, row]) => [
      String(row.number),
      `\`${row.symbol}\``,
      row.since,
      row.license === "GPL" ? "GPL" : row.gplBefore ? `GPL before ${row.gplBefore}` : "any",
      row.programs === "all" ? "all" : row.programs.join(", "),
      methodOf(row),
      simulated(name),
    ]);
  return {
    path: "docs/reference/helpers.generated.md",
    text: markdownPage(
      "the helpers' rows",
      "Helpers",
      "Each helper of the kernel's header: the licence that it demands, the program types that may call it, how the language has it (nothing: it has not), and whether the simulator runs it.",
      markdownTable(["number", "symbol", "since", "licence", "program types", "in the language", "simulated"], rows),
    ),
  };
}

/** docs/reference/kernel.generated.md */
export function generateKernel(): GeneratedFile {
  const fields = Object.entries(programLoadFields).map(([name, what]) => [
    `\`${name}\``,
    "from" in what ? what.from : "",
    "why" in what ? what.why : "",
  ]);
  const flags = mapFlagRows.map(({ name, bit, since }) => [`\`${name}\``, `0x${bit.toString(16)}`, since]);
  const kinds = Object.entries<ProgramKindRow>(programKinds).map(([kind, row]) => [
    `\`${kind}\``,
    row.since,
    [row.section, row.sleepable, row.frags].flatMap((one) => (one ? [`\`${one}\``] : [])).join(", "),
    row.attach ?? "",
    row.doc,
  ]);
  const abilities = Object.entries(features).map(([name, { since, doc }]) => [`\`${name}\``, since, doc]);
  return {
    path: "docs/reference/kernel.generated.md",
    text: markdownPage(
      "the abi's and the loader's rows",
      "The kernel",
      "## Fields of BPF_PROG_LOAD",
      "Each field of the kernel's header, and what the loader sets it to, or why it leaves it zero.",
      markdownTable(["field", "set to", "not set because"], fields),
      "## Kinds of programs",
      markdownTable(["constructor", "since", "sections", "expected attach type", "what it does"], kinds),
      "## Flags of maps",
      markdownTable(["flag", "value", "since"], flags),
      "## Features",
      "What the compiler asks the target kernel for, beside the rows of types, helpers and fields.",
      markdownTable(["feature", "since", "what it is"], abilities),
    ),
  };
}
