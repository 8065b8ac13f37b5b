// Makes equal types one. Two types are equal when nothing that can be reached from them tells them apart: classes of types
// that look alike are split by what their members refer to until nothing more splits, so structs that point to one another
// are found equal, too. Then declarations of structs whose only definition is known become that. Order is kept.
import { btfReferences, withReferences } from "./references.ts";
import type { BtfId, BtfType } from "./types.ts";

/** The classes of types, numbered from 1 by their first member; that of `void` is 0. */
function classesOf(types: readonly BtfType[]): readonly number[] {
  const number = (keys: readonly string[]): readonly number[] => {
    const known = new Map<string, number>();
    return keys.map((key) => {
      const found = known.get(key) ?? known.size + 1;
      known.set(key, found);
      return found;
    });
  };
  const shape = (type: BtfType): string =>
    JSON.stringify(
      withReferences(type, (id) => Math.min(id, 1)),
      (_, value) => (typeof value === "bigint" ? `${value}` : value),
    );
  let classes = number(types.map(shape));
  for (let count = 0, next = new Set(classes).size; next > count; next = new Set(classes).size) {
    count = next;
    const before = classes;
    const key = (type: BtfType, index: number): string =>
      `${before[index]} ${btfReferences(type)
        .map((id) => (id === 0 ? 0 : before[id - 1]))
        .join(" ")}`;
    classes = number(types.map(key));
  }
  return classes;
}

/** What deduplication gives. */
export interface Deduplicated {
  readonly types: readonly BtfType[];
  /** The new id of each old one: `ids[0]` is 0, that of `void`. */
  readonly ids: readonly BtfId[];
}

/** One type of each class, the first. */
function merged(types: readonly BtfType[]): Deduplicated {
  const classes = classesOf(types);
  const ids = [0, ...classes];
  const seen = new Set<number>();
  const kept = types.filter((_, index) => {
    const one = classes[index] ?? 0;
    return !seen.has(one) && seen.add(one);
  });
  return { types: kept.map((type) => withReferences(type, (id) => ids[id] ?? 0)), ids };
}

/** The only definition of what each declaration declares, where there is one. */
function definitions(types: readonly BtfType[]): ReadonlyMap<BtfId, BtfId> {
  const byName = new Map<string, BtfId | undefined>();
  for (const [index, type] of types.entries()) {
    if ((type.kind !== "struct" && type.kind !== "union") || type.name === "") continue;
    const key = `${type.kind} ${type.name}`;
    byName.set(key, byName.has(key) ? undefined : index + 1);
  }
  const found = types.flatMap((type, index) => {
    const definition = type.kind === "fwd" ? byName.get(`${type.of} ${type.name}`) : undefined;
    return definition === undefined ? [] : [[index + 1, definition] as const];
  });
  return new Map(found);
}

/** Every type once. */
export function deduplicateBtf(types: readonly BtfType[]): Deduplicated {
  let result = merged(types);
  for (;;) {
    const defined = definitions(result.types);
    if (defined.size === 0) return result;
    // Declarations go, and what refers to them may now be equal to something else.
    const places = new Map<BtfId, BtfId>();
    for (let id = 1, next = 1; id <= result.types.length; id++) if (!defined.has(id)) places.set(id, next++);
    const place = (id: BtfId): BtfId => places.get(defined.get(id) ?? id) ?? 0;
    const kept = result.types.filter((_, index) => !defined.has(index + 1));
    const again = merged(kept.map((type) => withReferences(type, place)));
    result = { types: again.types, ids: result.ids.map((id) => again.ids[place(id)] ?? 0) };
  }
}
