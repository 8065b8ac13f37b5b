// A C header for user space in C: the types of the keys, values and records of an object's maps, laid out byte for byte as
// filters have them. NAME_key and NAME_value are those of map NAME, whatever their types are called.
import { type MapTypeRow, mapTypes } from "../kernel/map-types.ts";
import type { BpfObject } from "../object/object.ts";
import { type CAlias, formatBtf } from "./format.ts";
import { objectTypes } from "./object-types.ts";

/** The header of an object. */
export function formatHeader(object: BpfObject): string {
  const { types, maps } = objectTypes(object);
  const specs = new Map(object.maps.map((map) => [map.name, map]));
  const aliases = maps.flatMap(({ name, key, value }): readonly CAlias[] => {
    const spec = specs.get(name);
    if (!spec) return [];
    const { records }: MapTypeRow = mapTypes[spec.type];
    const about = `${name}: ${spec.type}, ${spec.maxEntries} ${records ? "bytes" : "entries"}`;
    return [
      ...(key > 0 ? [{ name: `${name}_key`, type: key, comment: `key of ${about}` }] : []),
      ...(value > 0
        ? [
            {
              name: `${name}_${records ? "record" : "value"}`,
              type: value,
              comment: `${records ? "record" : "value"} of ${about}`,
            },
          ]
        : []),
    ];
  });
  return formatBtf(types, aliases);
}
