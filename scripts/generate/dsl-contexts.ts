// Generates packages/dsl/src/contexts.generated.ts: for each program type the fields of its context and the helpers it
// may call, with real parameter names and documentation, from the rows of the abi. A helper is here when its row says
// so and each argument can be written in TypeScript.
import {
  type ContextFieldRow,
  compareKernels,
  contextFields,
  type HelperArg,
  type HelperRow,
  helperSince,
  helpers,
  type ProgramTypeName,
  programTypes,
} from "@typebpf/abi";
import type { GeneratedFile } from "./generator.ts";

const docWidth = 112;

/** Adds the first release, where it is later than that of the program type. */
function withSince(doc: string, since: string, program: ProgramTypeName): string {
  return compareKernels(since, programTypes[program].since) > 0 ? `${doc} Since Linux ${since}.` : doc;
}

/** A JSDoc comment of one line, or of several where it is longer. */
function comment(text: string): string[] {
  if (text.length <= docWidth) return [`  /** ${text} */`];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > docWidth) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return ["  /**", ...[...lines, line].map((one) => `   * ${one}`), "   */"];
}

function integerType(width: number, signed: boolean): string {
  if (width === 64) return signed ? "i64" : "u64";
  return signed ? "number" : `u${width}`;
}

/** What an argument is in the DSL; nothing for the context and for sizes. */
function parameter(row: HelperRow, arg: HelperArg): string[] {
  switch (arg.is) {
    case "context":
    case "size":
      return [];
    case "integer":
      if (arg.optional) return [`${arg.name}?: number`];
      if (arg.plain) return [`${arg.name}: number`];
      return [`${arg.name}: ${integerType(arg.bigEndian === 16 ? 16 : arg.width, arg.signed)}`];
    case "memoryRead":
      return [`${arg.name}: object${arg.nullable ? " | undefined" : ""}`];
    case "memoryWrite":
      return [`${arg.name}: Schema<T>`];
    default:
      throw new Error(`generate dsl contexts: ${row.symbol} is exposed on ctx, but its argument ${arg.name} cannot be`);
  }
}

function resultType(row: HelperRow): string {
  const { returns } = row;
  switch (returns.is) {
    case "status":
      return fillsMemory(row) ? "RefTo<T> | undefined" : "number";
    case "integer":
      return returns.action ? "Action" : integerType(returns.width, returns.signed);
    case "void":
      return "void";
    case "length":
      return fillsMemory(row) ? "RefTo<T> | undefined" : "number";
    case "mapValue":
    case "record":
    case "socket":
    case "kernelPointer":
    case "dynptrMemory":
      throw new Error(`generate dsl contexts: ${row.symbol} is exposed on ctx, but its result cannot be`);
    default:
      return returns satisfies never;
  }
}

function fillsMemory(row: HelperRow): boolean {
  return row.args.some((arg) => arg.is === "memoryWrite");
}

function printField(row: ContextFieldRow, program: ProgramTypeName): string[] {
  if (row.as === undefined || row.attachTypes !== undefined) return [];
  const modifier = row.access === "read" || row.count !== undefined ? "readonly " : "";
  const item = integerType(row.bits ?? row.size * 8, false);
  if (row.count !== undefined && row.access === "read")
    throw new Error(`generate dsl contexts: ${row.name} is an array that cannot be written`);
  const type = row.count === undefined ? item : `FixedArray<${item}, ${row.count}>`;
  return [...comment(withSince(row.doc, row.since, program)), `  ${modifier}${row.as}: ${type};`];
}

function printHelper(row: HelperRow, program: ProgramTypeName): string[] {
  const since = helperSince(row, program);
  if (row.surface.on !== "context" || since === undefined) return [];
  const parameters = row.args.flatMap((arg) => parameter(row, arg)).join(", ");
  const signature = `  ${row.surface.as}${fillsMemory(row) ? "<T>" : ""}(${parameters}): ${resultType(row)};`;
  return [...comment(withSince(row.doc, since, program)), signature];
}

/** "SchedCls" for sched_cls. */
function typeName(program: ProgramTypeName): string {
  return program.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function printProgram(program: ProgramTypeName): string[] {
  const prefix = typeName(program);
  const body = Object.values<HelperRow>(helpers).flatMap((helper) => printHelper(helper, program));
  const generic = body.some((line) => line.endsWith(": Action;"));
  return [
    "",
    `/** Fields of the context of \`${program}\` programs. */`,
    `export interface ${prefix}ContextFields {`,
    ...contextFields(program).flatMap((field) => printField(field, program)),
    "}",
    "",
    `/** Helpers that \`${program}\` programs may call${generic ? "; `Action` is their verdict" : ""}. */`,
    `export interface ${prefix}ContextHelpers${generic ? "<Action extends number = number>" : ""} {`,
    ...body,
    "}",
  ];
}

/** The file's text from the rows. */
export function generateDslContexts(): GeneratedFile {
  const names = Object.keys(programTypes) as ProgramTypeName[];
  const body = names.flatMap((name) => printProgram(name)).join("\n");
  const uses = (name: string): boolean => new RegExp(`[:<] ?${name}\\b`).test(body);
  const scalars = ["i64", "u8", "u16", "u32", "u64"].filter(uses);
  const schemas = ["FixedArray", "RefTo", "Schema"].filter(uses);
  return {
    path: "packages/dsl/src/contexts.generated.ts",
    text: [
      "// What each program type's `ctx` offers, from the rows of contexts and helpers in the abi.",
      "// Generated by `npm run generate`; do not edit.",
      `import type { ${scalars.join(", ")} } from "./scalars.ts";`,
      `import type { ${schemas.join(", ")} } from "./schema.ts";`,
      body,
      "",
    ].join("\n"),
  };
}
