// Which test shows each cell of the tables of docs/reference: a cell without a test here is empty there. `npm run generate`
// writes the tables from the rows and from this; reporter.ts fails a test run in which a claimed test is not there, was
// skipped on a machine that could have run it, or failed.
import {
  type MapTypeName,
  type MapTypeRow,
  mapTypes,
  type ProgramKindName,
  type ProgramKindRow,
  programKindNames,
  programKinds,
} from "../../packages/abi/src/index.ts";
import { attachedKinds, type Shown, shownMaps } from "./live-claims.ts";
import { mapSources } from "./map-sources.ts";

/** One test: its file, from the root, and its title with those of its groups. */
export interface TestName {
  readonly file: string;
  readonly title: string;
  /** It runs in the guests of `pnpm test:vm` only. */
  readonly guest?: true;
}

/** Columns of the table of program types. */
export const programColumns = ["typed", "compiled", "simulated", "loaded", "attached", "effect tested"] as const;
export type ProgramColumn = (typeof programColumns)[number];

/** Columns of the table of map types. */
export const mapColumns = [
  "typed",
  "compiled",
  "simulated",
  "created in the kernel",
  "user space handle",
  "effect tested",
] as const;
export type MapColumn = (typeof mapColumns)[number];

/** What shows a cell: a test, or nothing, with the reason where there is one. */
export type Cell = { readonly test: TestName } | { readonly why: string } | undefined;

const everyKind = "test/reference/every-kind.test.ts";
const everyMap = "test/reference/every-map.test.ts";

/** Kinds that the general test does not load here, and what else shows that they are. */
export const loadedOtherwise: { readonly [Kind in ProgramKindName]?: Exclude<Cell, undefined> } = {
  ...Object.fromEntries(
    Object.entries<Shown>(attachedKinds).flatMap(([kind, { loaded }]) => (loaded ? [[kind, { test: loaded }]] : [])),
  ),
  "lsm.cgroup": { why: "needs a guest: many hosts refuse it" },
  lircMode2: { why: "most kernels are built without infrared receivers (CONFIG_BPF_LIRC_MODE2)" },
  extension: { why: "is loaded with the program that it extends only, in a guest" },
};

/** The cell of a kind in the table of program types. */
export function programCell(kind: ProgramKindName, column: ProgramColumn): Cell {
  const shown: Shown | undefined = attachedKinds[kind];
  switch (column) {
    case "typed":
    case "compiled":
    case "simulated":
      return { test: { file: everyKind, title: `${column} > ${kind}` } };
    case "loaded":
      return loadedOtherwise[kind] ?? { test: { file: everyKind, title: `loaded > ${kind}` } };
    case "attached":
    case "effect tested": {
      const test = column === "attached" ? (shown?.attached ?? shown?.effect) : shown?.effect;
      return test && { test };
    }
    default:
      return column satisfies never;
  }
}

/** The cell of a type in the table of map types. */
export function mapCell(type: MapTypeName, column: MapColumn): Cell {
  const row: MapTypeRow = mapTypes[type];
  const shown = shownMaps[type];
  const source = mapSources[type];
  switch (column) {
    case "typed":
    case "compiled":
      if (source) return { test: { file: everyMap, title: `${column} > ${type}` } };
      return row.outside === undefined ? undefined : { why: row.outside };
    case "simulated":
      return source && source.unsimulated === undefined
        ? { test: { file: everyMap, title: `simulated > ${type}` } }
        : source?.unsimulated === undefined
          ? undefined
          : { why: source.unsimulated };
    case "created in the kernel":
      if (source) return { test: { file: everyMap, title: `created > ${type}` } };
      return shown?.created && { test: shown.created };
    case "user space handle":
      return shown?.handle && { test: shown.handle };
    case "effect tested":
      return shown?.effect && { test: shown.effect };
    default:
      return column satisfies never;
  }
}

/** All tests that cells name, once each, with a cell that names it. */
export function claimedTests(): ReadonlyMap<string, TestName & { readonly cell: string }> {
  const cells = [
    ...programKindNames.flatMap((kind) =>
      programColumns.map((column) => [`${kind}, ${column}`, programCell(kind, column)] as const),
    ),
    ...(Object.keys(mapTypes) as MapTypeName[]).flatMap((type) =>
      mapColumns.map((column) => [`${type}, ${column}`, mapCell(type, column)] as const),
    ),
  ];
  return new Map(
    cells.flatMap(([cell, shown]) =>
      shown && "test" in shown ? [[`${shown.test.file} > ${shown.test.title}`, { ...shown.test, cell }] as const] : [],
    ),
  );
}

/** The row of a kind, by its widest type. */
export function kindRow(kind: ProgramKindName): ProgramKindRow {
  return programKinds[kind];
}
