// Global data: `let` at the top of a module, and `config`. Finds the layout and the first bytes of each, and lays all of
// them out in the sections .data, .bss (all zero) and .rodata, in the order of the modules and of their sources.
import {
  type DataSection,
  type GlobalVariable,
  type Layout,
  scalarLayouts,
  sectionContents,
  structLayout,
} from "@typebpf/abi";
import { ts } from "ts-morph";
import type { Evaluator } from "./constants/evaluation.ts";
import { encodeConstant } from "./encode.ts";
import type { Reporter } from "./reporter.ts";
import type { Symbols } from "./symbols.ts";
import type { Constant } from "./values.ts";

/** A global in its place. */
export interface Global {
  readonly section: string;
  readonly offset: number;
  readonly layout: Layout;
  readonly readOnly: boolean;
}

/** Everything global of a program. */
export interface Globals {
  /** Undefined for what is no global, or none that could be made. */
  of(declaration: ts.Node): Global | undefined;
  /** True for declarations that are meant as globals, right or wrong. */
  has(declaration: ts.Node): boolean;
  readonly sections: readonly DataSection[];
}

interface Draft {
  readonly declaration: ts.VariableDeclaration;
  readonly name: string;
  readonly layout: Layout;
  readonly bytes: Uint8Array;
  readonly readOnly: boolean;
  /** The members of `config({ … })` are variables of their own for user space. */
  readonly members: boolean;
}

interface Shared {
  readonly symbols: Symbols;
  readonly evaluator: Evaluator;
  readonly reporter: Reporter;
}

/** Finds all globals of the modules, the entry module first. */
export function collectGlobals(modules: readonly ts.SourceFile[], shared: Shared): Globals {
  const declared = new Set<ts.Node>();
  const drafts: Draft[] = [];
  const names = globalNames(modules, shared.symbols);
  for (const file of modules) {
    for (const statement of file.statements) {
      if (!ts.isVariableStatement(statement)) continue;
      const { declarations, flags } = statement.declarationList;
      for (const declaration of declarations) {
        const isConstant = (flags & ts.NodeFlags.Const) !== 0;
        const call = configCall(declaration, shared.symbols);
        if (isConstant && !call) continue;
        declared.add(declaration);
        const draft = isConstant && call ? configDraft(declaration, call, shared) : variableDraft(declaration, shared);
        if (draft) drafts.push({ ...draft, name: nameOf(declaration, names) });
      }
    }
  }
  return { ...layOut(drafts, shared.reporter), has: (declaration) => declared.has(declaration) };
}

/** The call of `config` that makes a constant. */
function configCall({ initializer }: ts.VariableDeclaration, symbols: Symbols): ts.CallExpression | undefined {
  if (!initializer || !ts.isCallExpression(initializer)) return undefined;
  const callee = symbols.resolve(
    ts.isPropertyAccessExpression(initializer.expression) ? initializer.expression.name : initializer.expression,
  );
  return callee?.kind === "dsl" && callee.entry.intrinsic?.kind === "config" ? initializer : undefined;
}

/** Names that the entry module exports variables by. */
function globalNames([entry]: readonly ts.SourceFile[], symbols: Symbols): Map<ts.Node, string> {
  const names = new Map<ts.Node, string>();
  const module = entry && symbols.checker.getSymbolAtLocation(entry);
  for (const symbol of module ? symbols.checker.getExportsOfModule(module) : []) {
    const resolution = symbols.resolveSymbol(symbol);
    if (resolution?.kind === "declaration") names.set(resolution.declaration, symbol.name);
  }
  return names;
}

/** A name that no other global has: the export's, or else the variable's own. */
function nameOf(declaration: ts.VariableDeclaration, names: Map<ts.Node, string>): string {
  const known = names.get(declaration);
  if (known !== undefined) return known;
  const own = declaration.name.getText();
  const taken = new Set(names.values());
  let name = own;
  for (let number = 2; taken.has(name); number++) name = `${own}_${number}`;
  names.set(declaration, name);
  return name;
}

type Shape = Omit<Draft, "name">;

function variableDraft(declaration: ts.VariableDeclaration, shared: Shared): Shape | undefined {
  const { reporter, evaluator } = shared;
  const { name, initializer } = declaration;
  if (!ts.isIdentifier(name)) {
    reporter.report("moduleVariable", name, { message: "destructuring in a declaration of globals" });
    return undefined;
  }
  const found = initializer ? schemaCall(initializer, evaluator) : undefined;
  const annotated = annotatedLayout(declaration.type, shared.symbols);
  const layout = annotated ?? found?.layout;
  if (!layout) {
    reporter.report("moduleVariable", name, { message: `the global ${name.text} has no width` });
    return undefined;
  }
  const bytes = new Uint8Array(layout.size);
  const value = found && found.layout.kind !== "scalar" ? found.argument : initializer;
  if (value && !fill(bytes, value, layout, name.text, shared)) return undefined;
  return { declaration, layout, bytes, readOnly: false, members: false };
}

/** `Flow({ … })` or `u32(5)`. */
function schemaCall(
  node: ts.Expression,
  evaluator: Evaluator,
): { readonly layout: Layout; readonly argument: ts.Expression | undefined } | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const callee = evaluator.evaluate(node.expression);
  return callee?.kind === "schema" && callee.layout.kind !== "bits"
    ? { layout: callee.layout, argument: node.arguments[0] }
    : undefined;
}

/** Deepest chain of type aliases that is followed. */
const MAX_ALIASES = 20;

/** The integer that an annotation names. */
function annotatedLayout(node: ts.TypeNode | undefined, { checker, dslType }: Symbols, depth = 0): Layout | undefined {
  if (!node || !ts.isTypeReferenceNode(node) || depth > MAX_ALIASES) return undefined;
  const symbol = checker.getSymbolAtLocation(node.typeName);
  if (!symbol) return undefined;
  const name = dslType(symbol);
  if (name !== undefined) return Object.hasOwn(scalarLayouts, name) ? scalarLayouts[name as "u32"] : undefined;
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const alias = target.declarations?.find(ts.isTypeAliasDeclaration);
  return alias && !alias.typeParameters
    ? annotatedLayout(alias.type, { checker, dslType } as Symbols, depth + 1)
    : undefined;
}

/** Evaluates and encodes the first value; false after a finding. */
function fill(bytes: Uint8Array, node: ts.Expression, layout: Layout, name: string, shared: Shared): boolean {
  const { evaluator, reporter } = shared;
  const value = evaluator.evaluate(node);
  if (value?.kind === "poison") return false;
  if (!value) {
    reporter.report("notConstant", node, { message: `the first value of ${name} is not a compile-time constant` });
    return false;
  }
  if (value.kind === "nothing" && layout.kind !== "scalar") return true;
  const misfit = encodeConstant(value, layout, new DataView(bytes.buffer));
  if (misfit) reporter.report("globalValue", node, { message: `${name}: ${misfit.problem}` });
  return misfit === undefined;
}

function configDraft(declaration: ts.VariableDeclaration, call: ts.CallExpression, shared: Shared): Shape | undefined {
  const { evaluator, reporter } = shared;
  const [shapeNode, initial] = call.arguments;
  const shape = shapeNode && evaluator.evaluate(shapeNode);
  if (shape?.kind === "poison") return undefined;
  if (!shapeNode || !shape || !ts.isIdentifier(declaration.name)) {
    reporter.report("notConstant", shapeNode ?? call, { message: "the shape of config() is not constant" });
    return undefined;
  }
  const layout = configLayout(shape, declaration.name.text, shapeNode, reporter);
  if (!layout) return undefined;
  const bytes = new Uint8Array(layout.size);
  if (initial && !fill(bytes, initial, layout, declaration.name.text, shared)) return undefined;
  return { declaration, layout, bytes, readOnly: true, members: shape.kind === "object" };
}

function configLayout(shape: Constant, name: string, at: ts.Node, reporter: Reporter): Layout | undefined {
  if (shape.kind === "schema" && shape.layout.kind !== "bits") return shape.layout;
  const members = shape.kind === "object" ? [...shape.members] : [];
  const layouts: Record<string, Layout> = {};
  for (const [member, schema] of members) {
    if (schema.kind === "schema" && schema.layout.kind !== "bits" && /^[A-Za-z_]\w*$/.test(member))
      layouts[member] = schema.layout;
    else reporter.report("schema", at, { message: `config: ${member} needs a schema such as u32` });
  }
  if (members.length === 0)
    reporter.report("schema", at, { message: "config takes a schema, or an object of schemas" });
  else if (Object.keys(layouts).length === members.length) return structLayout(name, layouts);
  return undefined;
}

/** Sections grow without end in no program that the kernel would take. */
const MAX_SECTION = 1 << 25;

function layOut(drafts: readonly Draft[], reporter: Reporter): Omit<Globals, "has"> {
  const places = new Map<ts.Node, Global>();
  const sections: DataSection[] = [];
  for (const name of [".bss", ".data", ".rodata"]) {
    const members = drafts.filter((draft) => sectionOf(draft) === name);
    let size = 0;
    const variables: GlobalVariable[] = [];
    const parts: { readonly offset: number; readonly bytes: Uint8Array }[] = [];
    for (const draft of members) {
      const { layout, declaration, readOnly } = draft;
      const offset = Math.ceil(size / layout.align) * layout.align;
      size = offset + layout.size;
      if (size > MAX_SECTION) reporter.report("globalValue", declaration, { message: "the global data is too large" });
      places.set(declaration, { section: name, offset, layout, readOnly });
      parts.push({ offset, bytes: draft.bytes });
      variables.push(...variablesOf(draft, offset, reporter));
    }
    if (size === 0 || size > MAX_SECTION) continue;
    const bytes = new Uint8Array(size);
    for (const part of parts) bytes.set(part.bytes, part.offset);
    const contents = sectionContents(bytes);
    sections.push({ name, readOnly: name === ".rodata", size, ...(contents !== undefined && { contents }), variables });
  }
  return { of: (declaration) => places.get(declaration), sections };
}

function sectionOf({ readOnly, bytes }: Draft): string {
  if (readOnly) return ".rodata";
  return bytes.some((byte) => byte !== 0) ? ".data" : ".bss";
}

function variablesOf(draft: Draft, offset: number, { spans }: Reporter): readonly GlobalVariable[] {
  const { name, layout, members } = draft;
  const at = spans.of(draft.declaration.name);
  if (!members || layout.kind !== "struct") return [{ name, offset, layout, at }];
  return layout.fields.map((field) => {
    return { name: `${name}.${field.name}`, offset: offset + field.offset, layout: field.layout, at };
  });
}
