// The tables of program types and of map types: a row for each, and in each column a mark only where a test shows it
// (test/reference/claims.ts). The test run checks the tests that stand here.
import {
  type MapTypeName,
  type MapTypeRow,
  mapTypes,
  programKindNames,
  programTypes,
  uapi,
  withoutMapRow,
} from "../../packages/abi/src/index.ts";
import { type Cell, kindRow, mapCell, mapColumns, programCell, programColumns } from "../../test/reference/claims.ts";
import type { GeneratedFile } from "./generator.ts";
import { markdownPage, markdownTable } from "./markdown.ts";

const isGeneral = (cell: Cell): boolean => cell !== undefined && "test" in cell && /\/every-/u.test(cell.test.file);

function mark(cell: Cell): string {
  if (!cell) return "";
  if ("why" in cell) return "–";
  return cell.test.guest ? "guest" : "✓";
}

/** Tests that are not those of every row, and the reasons of cells without one. */
function shownBy(cells: readonly (readonly [column: string, cell: Cell])[]): string {
  const tests = cells.flatMap(([, cell]) =>
    cell && "test" in cell && !isGeneral(cell)
      ? [`\`${cell.test.file}\` › ${cell.test.title.replaceAll(" > ", " › ")}`]
      : [],
  );
  const reasons = cells.flatMap(([column, cell]) => (cell && "why" in cell ? [`not ${column}: ${cell.why}`] : []));
  return [...new Set([...tests, ...reasons])].join("; ");
}

const legend = `A mark stands only where a test shows it: ✓ on the machine that runs the tests, "guest" in a virtual machine
([pnpm test:vm](../virtual-machines.md)), – that it cannot be, for the reason in the last column; an empty cell has no test. The
test run fails where a test that is named here is missing, was skipped without a reason, or failed (\`test/reference\`).`;

/** docs/reference/program-types.generated.md */
export function generateProgramTypes(): GeneratedFile {
  const rows = Object.entries(uapi.progType).flatMap(([name]) => {
    const type = name.toLowerCase();
    const kinds = programKindNames.filter((kind) => kindRow(kind).type === type);
    if (kinds.length === 0) return [[type, "", "", ...programColumns.map(() => "–"), "no type: the kernel refuses it"]];
    return kinds.map((kind) => {
      const cells = programColumns.map((column) => [column, programCell(kind, column)] as const);
      return [type, `\`${kind}\``, kindRow(kind).since, ...cells.map(([, cell]) => mark(cell)), shownBy(cells)];
    });
  });
  return {
    path: "docs/reference/program-types.generated.md",
    text: markdownPage(
      "the program kinds and the tests",
      "Program types",
      `Each \`bpf_prog_type\` of the kernel's header, and the constructors that make programs of it (${Object.keys(programTypes).length} types, ${programKindNames.length} constructors).`,
      `${legend}\n\nWhere nothing else is named, typed, compiled, simulated and loaded are the tests of that name and constructor in
\`test/reference/every-kind.test.ts\`: the smallest whole program, which reads each integer of its context, at each level.`,
      markdownTable(["program type", "constructor", "since", ...programColumns, "test"], rows),
    ),
  };
}

/** docs/reference/map-types.generated.md */
export function generateMapTypes(): GeneratedFile {
  const rows = Object.entries<MapTypeRow>(mapTypes)
    .sort(([, one], [, other]) => one.number - other.number)
    .map(([name, { number, since }]) => {
      const cells = mapColumns.map((column) => [column, mapCell(name as MapTypeName, column)] as const);
      const names = Object.entries(uapi.mapType).flatMap(([kernel, value]) =>
        value === number && !(kernel in withoutMapRow) ? [kernel.toLowerCase()] : [],
      );
      return [names.join(", "), `\`${name}\``, since, ...cells.map(([, cell]) => mark(cell)), shownBy(cells)];
    });
  const without = Object.entries(withoutMapRow).map(([name, why]) => [
    name.toLowerCase(),
    "",
    "",
    ...mapColumns.map(() => "–"),
    why,
  ]);
  return {
    path: "docs/reference/map-types.generated.md",
    text: markdownPage(
      "the map types and the tests",
      "Map types",
      "Each `bpf_map_type` of the kernel's header.",
      `${legend}\n\nWhere nothing else is named, typed, compiled, simulated and created are the tests of that name and type in
\`test/reference/every-map.test.ts\`: the smallest programs that use each operation, at each level.`,
      markdownTable(["map type", "name", "since", ...mapColumns, "test"], [...rows, ...without]),
    ),
  };
}
