// Generates packages/dsl/src/contexts.generated.ts: for each kind of program the fields of its context and the helpers it
// may call, with real parameter names and documentation, from the rows of the abi. A helper is an interface of its own,
// which the contexts extend, so that it stands once; it is here when its row says so and each argument can be written in
// TypeScript.
import {
  type CalleeRow,
  type ContextFieldRow,
  type ContextRow,
  callees,
  compareKernels,
  contextOf,
  contexts,
  contextTypeName,
  fieldsOf,
  type HelperArg,
  methodSince,
  type ProgramKindName,
  type ProgramKindRow,
  programKindNames,
  programKinds,
  returnValues,
  type StructLayout,
  socketOf,
} from "@typebpf/abi";
import { comment } from "./comment.ts";
import type { GeneratedFile } from "./generator.ts";

/** What every kernel has that programs are written for today; older releases are not worth a word. */
const oldest = "4.9";

/** Adds the first release. */
function withSince(doc: string, since: string): string {
  return compareKernels(since, oldest) > 0 ? `${doc} Since Linux ${since}.` : doc;
}

function integerType(width: number, signed: boolean): string {
  if (width === 64) return signed ? "i64" : "u64";
  return signed ? "number" : `u${width}`;
}

/** What an argument is in the DSL; nothing for the context and for sizes. */
function parameter(row: CalleeRow, arg: HelperArg): string[] {
  switch (arg.is) {
    case "context":
    case "size":
    case "fixedWrite":
    case "fieldWrite":
      return [];
    case "integer":
      if (arg.optional) return [`${arg.name}?: number`];
      if (arg.plain) return [`${arg.name}: number`];
      return [`${arg.name}: ${integerType(arg.bigEndian === 16 ? 16 : arg.width, arg.signed)}`];
    case "memoryRead":
      return [`${arg.name}: object${arg.nullable ? " | undefined" : ""}${arg.number ? " | number" : ""}`];
    case "memoryUpdate":
    case "fixedRead":
    case "fixedUpdate":
      return [`${arg.name}: object`];
    case "sequence":
      return [];
    case "format":
    case "constantString":
      return [`${arg.name}: string`];
    case "values":
      return [`...${arg.name}: readonly (number | bigint)[]`];
    case "socket":
      return [`${arg.name}: SocketCommon${arg.nullable ? " | undefined" : ""}`];
    case "memoryWrite":
      return [`${arg.name}: Schema<T>`];
    default:
      throw new Error(`generate dsl contexts: ${row.symbol} is exposed on ctx, but its argument ${arg.name} cannot be`);
  }
}

function resultType(row: CalleeRow): string {
  const { returns } = row;
  const written = row.args.find((arg) => arg.is === "fixedWrite");
  const struct = row.args.find((arg) => arg.is === "fieldWrite");
  if (struct) return `${memoryType(struct.layout)} | undefined`;
  if (written) return `RefTo<${integerType(written.bytes * 8, written.signed === true)}> | undefined`;
  switch (returns.is) {
    case "status":
      return fillsMemory(row) ? "RefTo<T> | undefined" : "number";
    case "integer":
      return returns.action ? "Action" : integerType(returns.width, returns.signed);
    case "void":
      return "void";
    case "length":
      return fillsMemory(row) ? "RefTo<T> | undefined" : "number";
    case "socket":
      return returns.acquired
        ? `(${socketTypes[returns.of]} & Releasable) | undefined`
        : `${socketTypes[returns.of]} | undefined`;
    case "mapValue":
    case "record":
    case "kernelPointer":
    case "dynptrMemory":
      throw new Error(`generate dsl contexts: ${row.symbol} is exposed on ctx, but its result cannot be`);
    default:
      return returns satisfies never;
  }
}

/** What sockets are called in the DSL. */
const socketTypes = { sock: "Socket", sock_common: "SocketCommon", tcp_sock: "TcpSocket" } as const;

function fillsMemory(row: CalleeRow): boolean {
  return row.args.some((arg) => arg.is === "memoryWrite");
}

/** The name of the interface of what a field points to. */
function memoryType(layout: StructLayout): string {
  return layout.name.replace(/(?:^bpf)?(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function printMember({ name, layout }: StructLayout["fields"][number]): string {
  const item = layout.kind === "array" ? layout.item : layout;
  if (item.kind !== "scalar") throw new Error(`generate dsl contexts: the member ${name} is no integer`);
  const type = integerType(item.size * 8, false);
  return `  ${name}: ${layout.kind === "array" ? `FixedArray<${type}, ${layout.length}>` : type};`;
}

/** The structs that fields point to, and that methods fill. */
function printMemories(): string[] {
  const pointed = programKindNames.flatMap((kind) => fieldsOf({ kind }).flatMap(({ layout }) => layout ?? []));
  const filled = onContext.flatMap(([, row]) =>
    row.args.flatMap((arg) => (arg.is === "fieldWrite" ? [arg.layout] : [])),
  );
  const layouts = [...pointed, ...filled];
  return [...new Map(layouts.map((layout) => [layout.name, layout])).values()].flatMap((layout) => [
    "",
    `/** \`struct ${layout.name}\`, which a context points to or a method fills. */`,
    `export interface ${memoryType(layout)} {`,
    ...layout.fields.map(printMember),
    "}",
  ]);
}

/** Arguments have a constant index each, so that every one is known to be there. */
function arrayType({ name, access }: ContextFieldRow, item: string, count: number): string {
  if (name === "args") return `readonly [${Array.from({ length: count }, () => item).join(", ")}]`;
  return `${access === "read" ? "ReadonlyItems" : "FixedArray"}<${item}, ${count}>`;
}

function printField(row: ContextFieldRow): string[] {
  if (row.as === undefined) return [];
  const socket = row.is === "socket" && row.layout && socketOf(row.layout);
  if (socket) {
    const type = `${socketTypes[socket]}${row.nullable ? " | undefined" : ""}`;
    return [...comment(withSince(row.doc, row.since)), `  readonly ${row.as}: ${type};`];
  }
  if (row.layout) {
    return [...comment(withSince(row.doc, row.since)), `  readonly ${row.as}: ${memoryType(row.layout)};`];
  }
  if (row.is !== "integer") return [];
  const modifier = row.access === "read" || row.count !== undefined ? "readonly " : "";
  const item = integerType(row.bits ?? row.size * 8, row.signed === true);
  const type = row.count === undefined ? item : arrayType(row, item, row.count);
  return [...comment(withSince(row.doc, row.since)), `  ${modifier}${row.as}: ${type};`];
}

/** True where the result is a verdict. */
function givesAction({ returns }: CalleeRow): boolean {
  return returns.is === "integer" && returns.action === true;
}

function interfaceName(helper: string): string {
  return `${helper.charAt(0).toUpperCase()}${helper.slice(1)}Helper`;
}

function printHelper(name: string, row: CalleeRow): string[] {
  if (row.surface.on !== "context") return [];
  const { as, order } = row.surface;
  const args = order ? order.flatMap((one) => row.args.filter((arg) => arg.name === one)) : row.args;
  const parameters = args.flatMap((arg) => parameter(row, arg)).join(", ");
  const signature = `  ${as}${fillsMemory(row) ? "<T>" : ""}(${parameters}): ${resultType(row)};`;
  const generic = givesAction(row) ? "<Action extends number>" : "";
  const doc = `/** \`${row.symbol}\` as a method of a context. */`;
  return [
    "",
    doc,
    `export interface ${interfaceName(name)}${generic} {`,
    ...comment(withSince(row.doc, row.since)),
    signature,
    ...intoMemory(row, as, parameters),
    "}",
  ];
}

/** The method that fills memory of the author's instead of a schema's. */
function intoMemory(row: CalleeRow, as: string, parameters: string): string[] {
  const filled = row.args.find((arg) => arg.is === "memoryWrite");
  if (!filled) return [];
  const given = parameters.replace(`${filled.name}: Schema<T>`, "memory: object");
  const gives =
    row.returns.is === "length" ? "How many bytes there are, or a negative errno" : "0, or a negative errno";
  return [...comment(`The same into memory of the filter. ${gives}.`), `  ${as}(${given}): number;`];
}

const onContext = Object.entries<CalleeRow>(callees).filter(([, row]) => row.surface.on === "context");

/** Names of what a kind's context extends. */
function basesOf(kind: ProgramKindName): string[] {
  const row: ProgramKindRow = programKinds[kind];
  const verdict = returnValues[row.returns].type;
  return onContext.flatMap(([name, helper]) => {
    if (methodSince(helper, kind) === undefined) return [];
    return [`${interfaceName(name)}${givesAction(helper) ? `<${verdict}>` : ""}`];
  });
}

/** The packet, or other memory that is bounded as one. */
function printPacket(fields: readonly ContextFieldRow[]): string[] {
  const row = fields.find(({ is }) => is === "packet");
  if (!row) return [];
  const doc =
    row.as === undefined ? "The packet's linear part, from its first header on." : withSince(row.doc, row.since);
  return [...comment(doc), `  readonly ${row.as ?? "packet"}: ${row.access === "read" ? "ReadonlyPacket" : "Packet"};`];
}

/** One form of a context whose fields depend on the value of another. */
function printVariant(fieldsType: string, by: string, values: readonly number[], parts: readonly ContextFieldRow[]) {
  const named = parts.flatMap(printField);
  return [`  | (${fieldsType} & {`, `  readonly ${by}: ${values.join(" | ")};`, ...named, "})"];
}

/** A union over the values of one field: where it is known, parts of other fields have names. */
function printVariants(kind: ProgramKindName, fieldsType: string, fields: readonly ContextFieldRow[]): string[] {
  const { variants }: ContextRow = contexts[contextOf(kind)];
  if (!variants) return [];
  const values = Object.entries(variants.values);
  const special = values.filter(([name]) => fields.some(({ when }) => when === name));
  const others = values.filter((one) => !special.includes(one)).map(([, value]) => value);
  return [
    "",
    `/** What a program made by \`${kind}\` is given; \`${variants.field}\` says which it is. */`,
    `export type ${contextTypeName(kind)} =`,
    ...special.flatMap(([name, value]) =>
      printVariant(
        fieldsType,
        variants.field,
        [value],
        fields.filter(({ when }) => when === name),
      ),
    ),
    ...printVariant(fieldsType, variants.field, others, []),
    ";",
  ];
}

function printContext(kind: ProgramKindName): string[] {
  const fields = fieldsOf({ kind });
  const bases = basesOf(kind);
  const { variants }: ContextRow = contexts[contextOf(kind)];
  const name = variants ? contextTypeName(kind).replace(/Context$/, "Fields") : contextTypeName(kind);
  const own = fields.filter((field) => field.name !== variants?.field && field.when === undefined);
  return [
    "",
    variants
      ? `/** What every program made by \`${kind}\` is given. */`
      : `/** What a program made by \`${kind}\` is given. */`,
    `export interface ${name}${bases.length > 0 ? ` extends ${bases.join(", ")}` : ""} {`,
    ...own.flatMap(printField),
    ...printPacket(fields),
    "}",
    ...printVariants(kind, name, fields),
  ];
}

/** The file's text from the rows. */
export function generateDslContexts(): GeneratedFile {
  const used = new Set(programKindNames.flatMap(basesOf).map((base) => base.replace(/<.*/, "")));
  const body = [
    ...onContext.flatMap(([name, row]) => (used.has(interfaceName(name)) ? printHelper(name, row) : [])),
    ...printMemories(),
    ...programKindNames.flatMap(printContext),
  ].join("\n");
  const uses = (name: string): boolean => new RegExp(`[:<(&] ?${name}\\b`).test(body);
  const imported = (from: string, names: readonly string[]): string[] => {
    const found = names.filter(uses);
    return found.length > 0 ? [`import type { ${found.join(", ")} } from "./${from}.ts";`] : [];
  };
  return {
    path: "packages/dsl/src/contexts.generated.ts",
    text: [
      "// What the `ctx` of each kind of program offers, from the rows of contexts and helpers in the abi.",
      "// Generated by `npm run generate`; do not edit.",
      ...imported("actions", ["FlowAction", "LwtAction", "NfAction", "SkAction", "TcAction", "XdpAction"]),
      ...imported("packet", ["Packet", "ReadonlyPacket"]),
      ...imported("ring-buffer", ["Releasable"]),
      ...imported("sockets", ["Socket", "SocketCommon", "TcpSocket"]),
      ...imported("scalars", ["i64", "u8", "u16", "u32", "u64"]),
      ...imported("schema", ["FixedArray", "ReadonlyItems", "RefTo", "Schema"]),
      body,
      "",
    ].join("\n"),
  };
}
