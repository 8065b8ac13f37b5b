// The rules of docs/ARCHITECTURE.md that a machine can check, as data: who may import what, no cycles, short files, no
// default exports, no barrels, a comment on top of every file, and that the simulator runs in a browser.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));
const packages = ["abi", "dsl", "codegen", "loader", "cli"] as const;

/** Which packages a package may import; types only where it says so. */
const packageRules: Readonly<
  Record<(typeof packages)[number], { readonly may: readonly string[]; readonly types: readonly string[] }>
> = {
  abi: { may: [], types: [] },
  dsl: { may: ["abi"], types: [] },
  codegen: { may: ["abi", "dsl"], types: [] },
  loader: { may: ["abi"], types: ["dsl"] },
  cli: { may: ["abi", "dsl", "codegen", "loader"], types: [] },
};

/** Packages from npm, by the folder that alone may import them. */
const npmRules: Readonly<Record<string, string>> = {
  "ts-morph": "packages/codegen/src/frontend/",
  koffi: "packages/loader/src/kernel/sys.ts",
  chokidar: "packages/cli/src/watching.ts",
  commander: "packages/cli/src/",
  zod: "packages/cli/src/",
  picocolors: "packages/cli/src/output/",
  "cli-table3": "packages/cli/src/output/",
};

/** Inside codegen: which folders a folder may import. `diagnostics` are the package's rows, `.` the files beside them. */
const codegenRules: Readonly<Record<string, readonly string[]>> = {
  ast: [],
  diagnostics: [],
  ir: [],
  frontend: ["ast", "diagnostics", "."],
  lower: ["ast", "ir", "diagnostics", "."],
  analyze: ["ir", "diagnostics", "."],
  passes: ["ir"],
  machine: ["ir", "diagnostics", "."],
  link: ["ast", "machine"],
};

/** What may be longer than the limit, and why. */
const longFiles: readonly { readonly files: RegExp; readonly why: string }[] = [
  { files: /\.generated\.ts$|^packages\/dsl\/types\//, why: "generated" },
  { files: /^packages\/abi\/src\/(kernel\/|isa\/opcodes\.ts$)/, why: "tables, one row after another" },
  { files: /^packages\/codegen\/src\/ast\/nodes\.ts$/, why: "one list of all nodes" },
  { files: /^packages\/dsl\/src\/intrinsics\.ts$/, why: "a table, one row after another" },
  { files: /\/lib\.bpf\.d\.ts$/, why: "one list of all declarations" },
  { files: /\.test\.ts$|^test\//, why: "tests are tables of cases" },
];
const mostLines = 300;
const mostTestLines = 700;

interface Import {
  readonly file: string;
  /** The file or package that is imported. */
  readonly target: string;
  readonly typeOnly: boolean;
}

function filesUnder(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.name === "node_modules" || entry.name === "dist" || entry.name.startsWith(".")) return [];
    return entry.isDirectory() ? filesUnder(path) : path.endsWith(".ts") ? [path] : [];
  });
}

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(root, file), "utf8").replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, "");
  const statements = text.matchAll(
    /^(?:import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s+)?"([^"]+)";|\bimport\("([^"]+)"\)/gm,
  );
  return Array.from(statements, ([, type, from = "", dynamic]) => {
    const name = dynamic ?? from;
    const target = name.startsWith(".") ? relative(root, join(root, dirname(file), name)) : name;
    return { file, target, typeOnly: type !== undefined };
  });
}

const isTest = (file: string): boolean => /\.(test|testing)\.ts$/.test(file);
const sources = packages.flatMap((name) => filesUnder(`packages/${name}/src`));
const product = sources.filter((file) => !isTest(file));
const imports = product.flatMap(importsOf);

/** The first folder below a package's src, or "." for a file right there. */
function folderOf(file: string): string {
  const parts = file.split("/").slice(3);
  return parts.length > 1 ? (parts[0] ?? ".") : ".";
}

const tell = ({ file, target }: Import): string => `${file} imports ${target}`;

describe("imports", () => {
  test("there are some, and relative ones exist", () => {
    expect(imports.length).toBeGreaterThan(500);
    const dead = imports.filter(({ target }) => target.startsWith("packages/") && !existsSync(join(root, target)));
    expect(dead.map(tell)).toEqual([]);
  });

  test("packages import along the arrows only", () => {
    const wrong = imports.filter(({ file, target, typeOnly }) => {
      const from = packages.find((name) => file.startsWith(`packages/${name}/`));
      if (!from) return true;
      if (target.startsWith("packages/")) return !target.startsWith(`packages/${from}/`);
      const to = /^@typebpf\/([^/]+)/.exec(target)?.[1];
      if (to === undefined || to === from) return false;
      const { may, types } = packageRules[from];
      return !may.includes(to) && !(typeOnly && types.includes(to));
    });
    expect(wrong.map(tell)).toEqual([]);
  });

  test("packages from npm stay in the folder that needs them", () => {
    const wrong = imports.filter(({ file, target }) => {
      if (/^(packages\/|@typebpf\/|node:)/.test(target)) return false;
      const only = npmRules[target];
      return only === undefined || !file.startsWith(only);
    });
    expect(wrong.map(tell)).toEqual([]);
    expect(imports.filter(({ target }) => builtinModules.includes(target)).map(tell)).toEqual([]);
  });

  test("folders of codegen import along their table only", () => {
    const inside = imports.filter(
      ({ file, target }) => file.startsWith("packages/codegen/") && target.startsWith("packages/codegen/"),
    );
    const wrong = inside.filter(({ file, target }) => {
      const [from, to] = [folderOf(file), folderOf(target)];
      if (from === "." || from === to) return false;
      if (to === "." && !target.endsWith("/diagnostics.ts")) return true;
      return !codegenRules[from]?.includes(to);
    });
    expect(wrong.map(tell)).toEqual([]);
    const folders = new Set(product.filter((file) => file.startsWith("packages/codegen/")).map(folderOf));
    expect([...folders].filter((folder) => folder !== "." && !(folder in codegenRules))).toEqual([]);
  });

  test("the simulator reaches neither Node nor the kernel", () => {
    const reached = new Set<string>();
    const visit = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const { target, typeOnly } of imports.filter((one) => one.file === file)) {
        if (!typeOnly) visit(target);
      }
    };
    visit("packages/loader/src/simulator/index.ts");
    expect(reached.size).toBeGreaterThan(20);
    const wrong = [...reached].filter(
      (file) => file.startsWith("node:") || /\/loader\/src\/(kernel|attach|testing)\//.test(file),
    );
    expect(wrong).toEqual([]);
  });

  test("no cycles", () => {
    const targets = new Map<string, readonly string[]>();
    for (const file of product) {
      const own = imports.filter((one) => one.file === file && !one.typeOnly && one.target.startsWith("packages/"));
      targets.set(
        file,
        own.map(({ target }) => target),
      );
    }
    const cycles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      const at = path.indexOf(file);
      if (at >= 0) cycles.push([...path.slice(at), file].join(" → "));
      if (at >= 0 || done.has(file)) return;
      for (const target of targets.get(file) ?? []) visit(target, [...path, file]);
      done.add(file);
    };
    for (const file of product) visit(file, []);
    expect(cycles).toEqual([]);
  });
});

describe("files", () => {
  const all = [
    ...sources,
    ...filesUnder("scripts"),
    ...filesUnder("test"),
    ...filesUnder("examples"),
    ...filesUnder("bench"),
  ];
  const lines = new Map(all.map((file) => [file, readFileSync(join(root, file), "utf8").split("\n")]));

  test(`have at most ${mostLines} lines, or a reason`, () => {
    const limit = (file: string): number => (/\.test\.ts$|^test\//.test(file) ? mostTestLines : mostLines);
    const long = [...lines].filter(([file, { length }]) => length - 1 > limit(file)).map(([file]) => file);
    expect(long.filter((file) => !longFiles.some(({ files }) => files.test(file)))).toEqual([]);
  });

  test("open with a comment", () => {
    const bare = [...lines].filter(([, [first = ""]]) => !/^(\/\/|\/\*|#!)/.test(first)).map(([file]) => file);
    // A test says by its names what it is, a fixture by its name.
    expect(bare.filter((file) => !isTest(file) && !file.startsWith("test/diagnostics/"))).toEqual([]);
  });

  test("are named in kebab-case", () => {
    const names = product.map((file) => file.split("/").at(-1) ?? "");
    expect(names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.generated|\.bpf|\.d|\.bpf\.d)?\.ts$/.test(name))).toEqual(
      [],
    );
    const vague = product.filter((file) => /\/(utils?|core|common|shared|helpers\/index)\b/.test(file));
    expect(vague).toEqual([]);
  });

  test("export by name, and only a package's index passes on what others export", () => {
    const text = (file: string): string => lines.get(file)?.join("\n") ?? "";
    expect(product.filter((file) => /^export default /m.test(text(file)))).toEqual([]);
    const barrels = product.filter((file) => {
      const statements = text(file)
        .replaceAll(/^\s*(\/\/.*)?$/gm, "")
        .trim();
      return (
        /^export [^=(]* from /m.test(statements) &&
        !/\b(const|function|class|interface|type [A-Z]\w* =)/.test(statements)
      );
    });
    expect(barrels.filter((file) => !/\/index\.ts$/.test(file))).toEqual([]);
  });
});
