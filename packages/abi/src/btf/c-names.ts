// Names of BTF types in C: identifiers that are no keywords, each meaning one thing. Tags (struct, union, enum) have a
// name space of their own, typedefs and constants share another; the second type of a name gets `___2` behind it.
import type { BtfId, BtfType } from "./types.ts";

const keywords: ReadonlySet<string> = new Set(
  `auto break case char const continue default do double else enum extern float for goto if inline int long register
restrict return short signed sizeof static struct switch typedef union unsigned void volatile while _Alignas _Alignof
_Atomic _Bool _Complex _Generic _Imaginary _Noreturn _Static_assert _Thread_local asm typeof`.split(/\s+/),
);

/** Integers and floats that every compiler knows, whatever the order of their words. */
const builtin =
  /^(?:(?:unsigned|signed|long|short|int|char)(?: (?:unsigned|signed|long|short|int|char)){0,3}|_Bool|float|double|long double|(?:unsigned )?__int128(?: unsigned)?)$/;

/** Whether C has a type of this name. */
export function isBuiltin(name: string): boolean {
  return builtin.test(name);
}

/** The name as a C identifier. */
export function cIdentifier(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_]/gu, "_");
  const started = plain === "" || /^[0-9]/.test(plain) ? `_${plain}` : plain;
  return keywords.has(started) ? `${started}_` : started;
}

/** Names that are taken, in one name space. */
export class CNames {
  readonly #used = new Set<string>();

  /** A free name, as like the wanted one as can be. */
  take(wanted: string): string {
    const plain = cIdentifier(wanted);
    let name = plain;
    for (let count = 2; this.#used.has(name); count++) name = `${plain}___${count}`;
    this.#used.add(name);
    return name;
  }
}

/** Names of all types of a list. */
export class CTypeNames {
  readonly #names = new Map<BtfId, string>();
  readonly ordinary = new CNames();

  constructor(types: readonly BtfType[]) {
    // The compiler's own, which may lie otherwise than that of the types' machine.
    this.ordinary.take("__builtin_va_list");
    const tags = new CNames();
    const first = new Map<string, string>();
    const tagged = (kind: string, name: string): string => {
      const taken = tags.take(name);
      const key = `${kind} ${name}`;
      if (!first.has(key)) first.set(key, taken);
      return taken;
    };
    for (const [index, type] of types.entries()) {
      const named = type.kind === "struct" || type.kind === "union" || type.kind === "enum" || type.kind === "enum64";
      if (named && type.name !== "") this.#names.set(index + 1, tagged(type.kind, type.name));
      const own = type.kind === "typedef" || ((type.kind === "int" || type.kind === "float") && !isBuiltin(type.name));
      if (own) this.#names.set(index + 1, this.ordinary.take(type.name));
    }
    for (const [index, type] of types.entries()) {
      if (type.kind !== "fwd") continue;
      this.#names.set(index + 1, first.get(`${type.of} ${type.name}`) ?? tagged(type.of, type.name));
    }
  }

  /** The name of a type that has one. */
  of(id: BtfId): string {
    return this.#names.get(id) ?? "";
  }
}
