// Declarations of BTF types in C: pointers, arrays and functions around a name, qualifiers and tags, and the bodies of
// structs and enumerations with the padding that c-layout.ts asks for. Order is format.ts's business.
import { layoutInC } from "./c-layout.ts";
import { CNames, CTypeNames, isBuiltin } from "./c-names.ts";
import type { BtfComposite, BtfEnum, BtfEnum64, BtfFunctionProto, BtfId, BtfType } from "./types.ts";

/** The most members of nameless structs that are spelled out; types that share such structs would grow without end. */
const MOST_SPELLED = 1 << 17;

interface Qualifiers {
  /** Before a type's name, behind a pointer's star. */
  readonly words: string;
  /** Behind either. */
  readonly tags: string;
}

const none: Qualifiers = { words: "", tags: "" };

function withWord(word: string, words: string): string {
  return words.includes(word) ? words : `${word} ${words}`;
}

/** Text as a C literal. */
function literal(text: string): string {
  const octal = (char: string): string => {
    return Array.from(new TextEncoder().encode(char), (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
  };
  return `"${text.replace(/[\\"?]|[^ -~]/gu, octal)}"`;
}

function enumModes(size: number): string {
  const modes: Readonly<Record<number, string>> = { 1: "QI", 2: "HI", 8: "DI" };
  const mode = modes[size];
  return mode === undefined ? "" : ` __attribute__((mode(${mode})))`;
}

function constant(value: number | bigint): string {
  const wide = BigInt(value);
  if (wide === -(2n ** 63n)) return "(-9223372036854775807LL - 1)";
  if (wide > 0x7fff_ffff_ffff_ffffn) return `${wide}ULL`;
  if (wide > 0xffff_ffffn || wide < -0x8000_0000n) return `${wide}LL`;
  return wide > 0x7fff_ffffn ? `${wide}U` : `${wide}`;
}

/** Prints the types of one list. */
export class CPrinter {
  readonly #types: readonly BtfType[];
  readonly names: CTypeNames;
  readonly #tags = new Map<string, string>();
  readonly #alignments = new Map<BtfId, number>();
  #spelled = 0;
  /** Which macros the text uses. */
  readonly macros = new Set<"decl" | "type">();

  constructor(types: readonly BtfType[]) {
    this.#types = types;
    this.names = new CTypeNames(types);
    for (const type of types) {
      if (type.kind !== "decl_tag" || type.attribute) continue;
      const key = `${type.type}.${type.component}`;
      this.#tags.set(key, `${this.#tags.get(key) ?? ""} BTF_DECL_TAG(${literal(type.name)})`);
    }
  }

  #declTags(id: BtfId, component: number): string {
    const tags = this.#tags.get(`${id}.${component}`) ?? "";
    if (tags !== "") this.macros.add("decl");
    return tags;
  }

  /** `type inner`, as C declares a name: pointers, arrays and parameters stand around `inner`. */
  declare(id: BtfId, inner: string, indent = "", qualifiers = none): string {
    const type = this.#types[id - 1];
    const { words, tags } = qualifiers;
    switch (type?.kind) {
      case "ptr": {
        const around = words === "" && tags === "" ? inner : ` ${words}${tags}${inner}`;
        const target = this.#unqualified(type.type)?.kind;
        const pointer = target === "array" || target === "func_proto" ? `(*${around})` : `*${around}`;
        return this.declare(type.type, pointer, indent);
      }
      case "const":
      case "volatile":
        return this.declare(type.type, inner, indent, { words: withWord(type.kind, words), tags });
      case "restrict": {
        const pointer = this.#unqualified(type.type)?.kind === "ptr";
        return this.declare(
          type.type,
          inner,
          indent,
          pointer ? { words: withWord("__restrict", words), tags } : qualifiers,
        );
      }
      case "type_tag":
        if (type.attribute) return this.declare(type.type, inner, indent, qualifiers);
        this.macros.add("type");
        return this.declare(type.type, inner, indent, { words, tags: `BTF_TYPE_TAG(${literal(type.name)}) ${tags}` });
      case "array":
        return this.declare(type.type, `${inner}[${type.length}]`, indent, qualifiers);
      case "func_proto":
        return this.declare(type.type, `${inner}(${this.#parameters(type, indent)})`, indent);
      default:
        return `${words}${this.#spelling(id, type, indent)} ${tags}${inner}`.trimEnd();
    }
  }

  /** The type behind qualifiers and tags, which may be a typedef. */
  #unqualified(id: BtfId): BtfType | undefined {
    const type = this.#types[id - 1];
    const passed = type?.kind === "const" || type?.kind === "volatile" || type?.kind === "restrict";
    return passed || type?.kind === "type_tag" ? this.#unqualified(type.type) : type;
  }

  #parameters({ parameters }: BtfFunctionProto, indent: string): string {
    if (parameters.length === 0) return "void";
    const last = parameters.length - 1;
    return parameters
      .map(({ name, type }, index) => {
        if (index === last && name === "" && type === 0) return "...";
        return this.declare(type, name === "" ? "" : new CNames().take(name), indent);
      })
      .join(", ");
  }

  /** A type by its name, or spelled out where it has none. */
  #spelling(id: BtfId, type: BtfType | undefined, indent: string): string {
    switch (type?.kind) {
      case "int":
      case "float":
        return isBuiltin(type.name) ? type.name : this.names.of(id);
      case "typedef":
        return this.names.of(id);
      case "fwd":
        return `${type.of} ${this.names.of(id)}`;
      case "struct":
      case "union":
        return type.name === "" ? this.composite(id, type, indent, new CNames()) : `${type.kind} ${this.names.of(id)}`;
      case "enum":
      case "enum64":
        return type.name === "" ? this.enumeration(id, type, indent) : `enum ${this.names.of(id)}`;
      default:
        return "void";
    }
  }

  /** A struct or union with its body. `used` has the names of the members around a nameless one. */
  composite(id: BtfId, type: BtfComposite, indent: string, used: CNames): string {
    const name = type.name === "" ? "" : ` ${this.names.of(id)}`;
    const inner = `${indent}\t`;
    this.#spelled += type.name === "" ? type.members.length : 0;
    const layout =
      this.#spelled > MOST_SPELLED ? undefined : layoutInC({ types: this.#types, known: this.#alignments }, id, type);
    const lines = layout
      ? layout.parts.map((part) => {
          if (part.kind === "member") return this.#member(id, type, part.index, inner, used);
          return part.kind === "bits"
            ? `${inner}unsigned char : ${part.count};`
            : `${inner}unsigned char ${used.take("__pad")}[${part.count}];`;
        })
      : [`${inner}/* members that C cannot place */`, `${inner}unsigned char ${used.take("__bytes")}[${type.size}];`];
    const packed = layout?.packed ? " __attribute__((packed))" : "";
    const body = lines.length === 0 ? "" : `${lines.join("\n")}\n${indent}`;
    return `${type.kind}${name} {\n${body}}${packed}${this.#declTags(id, -1)}`;
  }

  #member(id: BtfId, { members }: BtfComposite, index: number, indent: string, used: CNames): string {
    const member = members[index];
    if (!member) throw new Error("btf: no such member");
    const tags = this.#declTags(id, index);
    const type = this.#types[member.type - 1];
    const nameless = member.name === "" && (type?.kind === "struct" || type?.kind === "union") && type.name === "";
    if (nameless) return `${indent}${this.composite(member.type, type, indent, used)}${tags};`;
    const name = member.name === "" && member.bitSize > 0 ? "" : used.take(member.name || "__unnamed");
    const bits = member.bitSize > 0 ? ` : ${member.bitSize}` : "";
    return `${indent}${this.declare(member.type, name, indent)}${bits}${tags};`;
  }

  /** An enumeration with its constants. */
  enumeration(id: BtfId, type: BtfEnum | BtfEnum64, indent: string): string {
    const name = type.name === "" ? "" : ` ${this.names.of(id)}`;
    const values: readonly { readonly name: string; readonly value: number | bigint }[] =
      type.values.length > 0 ? type.values : [{ name: `${type.name}__none`, value: 0 }];
    const lines = values.map((one) => `${indent}\t${this.names.ordinary.take(one.name)} = ${constant(one.value)},`);
    return `enum${name} {\n${lines.join("\n")}\n${indent}}${enumModes(type.size)}`;
  }
}
