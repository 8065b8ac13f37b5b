// BTF as a C header that compiles by itself: every named type, each after what it needs. A struct that is only pointed to
// is declared; one that is a member, or in an array, is defined first. Takes types that decoding has checked.

import { CNames, isBuiltin } from "./c-names.ts";
import { CPrinter } from "./c-print.ts";
import { btfReferences } from "./references.ts";
import type { BtfId, BtfType } from "./types.ts";

const macros = {
  decl: "btf_decl_tag",
  type: "btf_type_tag",
} as const;

function macroText(kind: keyof typeof macros): string {
  const name = `BTF_${kind.toUpperCase()}_TAG`;
  return `#if defined(__clang__) && __has_attribute(${macros[kind]})
#define ${name}(text) __attribute__((${macros[kind]}(text)))
#else
#define ${name}(text)
#endif`;
}

/** An integer or float of C's own with as many bytes. */
function standIn(type: Extract<BtfType, { kind: "int" | "float" }>): string {
  const floats: Readonly<Record<number, string>> = { 4: "float", 8: "double", 16: "long double" };
  if (type.kind === "float" && floats[type.size] !== undefined) return floats[type.size] ?? "";
  const sizes: Readonly<Record<number, string>> = { 1: "char", 2: "short", 4: "int", 8: "long long", 16: "__int128" };
  const whole = sizes[type.size] ?? "char";
  return type.kind === "int" && type.encoding === "signed" ? `signed ${whole}` : `unsigned ${whole}`;
}

/** Declarations in the order that C needs. */
class Header {
  readonly #types: readonly BtfType[];
  readonly printer: CPrinter;
  readonly #declared = new Set<string>();
  readonly #defined = new Set<BtfId>();
  /** What has been asked for already. */
  readonly #seen = { complete: new Set<BtfId>(), named: new Set<BtfId>() };
  readonly parts: string[] = [];
  readonly #elsewhere: ReadonlySet<string>;
  /** A struct that another header defines is used. */
  includes = false;

  constructor(types: readonly BtfType[], elsewhere: ReadonlySet<string>) {
    this.#types = types;
    this.#elsewhere = elsewhere;
    this.printer = new CPrinter(types);
  }

  /** Writes what must stand before a use of the type; `complete` where C has to know its size. */
  need(id: BtfId, complete: boolean): void {
    const type = this.#types[id - 1];
    const seen = this.#seen[complete ? "complete" : "named"];
    if (seen.has(id)) return;
    seen.add(id);
    switch (type?.kind) {
      case "ptr":
        this.need(type.type, false);
        break;
      case "const":
      case "volatile":
      case "restrict":
      case "type_tag":
        this.need(type.type, complete);
        break;
      case "array":
        this.need(type.type, true);
        break;
      case "func_proto":
        for (const one of btfReferences(type)) this.need(one, false);
        break;
      case "typedef":
        this.#typedef(id, type.type);
        if (complete) this.need(type.type, true);
        break;
      case "fwd":
        this.#forward(type.of, id);
        break;
      case "struct":
      case "union":
        if (this.#elsewhere.has(type.name)) this.includes = true;
        else if (type.name === "") for (const member of type.members) this.need(member.type, true);
        else if (complete) this.#define(id);
        else this.#forward(type.kind, id);
        break;
      case "enum":
      case "enum64":
        if (type.name !== "") this.#define(id);
        break;
      case "int":
      case "float":
        if (!isBuiltin(type.name)) this.#once(id, () => `typedef ${standIn(type)} ${this.printer.names.of(id)};`);
        break;
      default:
        break;
    }
  }

  #once(id: BtfId, text: () => string): void {
    if (this.#defined.has(id)) return;
    this.#defined.add(id);
    this.parts.push(text());
  }

  #typedef(id: BtfId, target: BtfId): void {
    if (this.#defined.has(id)) return;
    this.need(target, false);
    this.#once(id, () => `typedef ${this.printer.declare(target, this.printer.names.of(id))};`);
  }

  #forward(kind: string, id: BtfId): void {
    const tag = `${kind} ${this.printer.names.of(id)}`;
    if (this.#declared.has(tag)) return;
    this.#declared.add(tag);
    this.parts.push(`${tag};`);
  }

  #define(id: BtfId): void {
    const type = this.#types[id - 1];
    if (this.#defined.has(id)) return;
    if (type?.kind === "enum" || type?.kind === "enum64") {
      this.#once(id, () => `${this.printer.enumeration(id, type, "")};`);
    } else if (type?.kind === "struct" || type?.kind === "union") {
      for (const member of type.members) this.need(member.type, true);
      this.#once(id, () => `${this.printer.composite(id, type, "", new CNames())};`);
      this.#declared.add(`${type.kind} ${this.printer.names.of(id)}`);
    }
  }

  /** Writes a type by itself, if it has a name. */
  top(id: BtfId): void {
    const type = this.#types[id - 1];
    const kinds: readonly (BtfType["kind"] | undefined)[] = ["struct", "union", "enum", "enum64", "typedef", "fwd"];
    if (type && kinds.includes(type.kind) && (!("name" in type) || type.name !== "")) this.need(id, true);
    else if (type?.kind === "enum" || type?.kind === "enum64") this.#nameless.push([id, type]);
  }

  readonly #nameless: [BtfId, Extract<BtfType, { kind: "enum" | "enum64" }>][] = [];

  /** Constants of enumerations without a name that no other type spells out. */
  loose(): void {
    const referred = new Set(this.#types.flatMap(btfReferences));
    for (const [id, type] of this.#nameless) {
      if (!referred.has(id)) this.#once(id, () => `${this.printer.enumeration(id, type, "")};`);
    }
  }
}

/** Another name for a type, to be written after all types. */
export interface CAlias {
  readonly name: string;
  readonly type: BtfId;
  /** One line above it. */
  readonly comment?: string;
}

/** Structs that another header defines, and how it is included. */
export interface CInclude {
  readonly names: ReadonlySet<string>;
  readonly text: string;
}

/** A C header with all named types, or with what the aliases need, and the aliases. */
export function formatBtf(types: readonly BtfType[], aliases?: readonly CAlias[], include?: CInclude): string {
  const header = new Header(types, include?.names ?? new Set());
  if (aliases) for (const { type } of aliases) header.need(type, true);
  else for (let id = 1; id <= types.length; id++) header.top(id);
  header.loose();
  for (const { name, type, comment } of aliases ?? []) {
    const text = `typedef ${header.printer.declare(type, header.printer.names.ordinary.take(name))};`;
    header.parts.push(comment === undefined ? text : `/* ${comment.replaceAll("*/", "* /")} */\n${text}`);
  }
  const used = [...header.printer.macros].sort().map(macroText);
  const included = include && header.includes ? [include.text] : [];
  return `${["#pragma once", ...included, ...used, ...header.parts].join("\n\n")}\n`;
}
