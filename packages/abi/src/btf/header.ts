// A C header for user space in C: the types of the keys, values and records of an object's maps, and of its global data,
// laid out byte for byte as filters have them. NAME_key and NAME_value are those of map NAME, whatever their types are
// called; bss_section, data_section and rodata_section are what the maps of global data hold.
import { mapTypes } from "../kernel/map-types.ts";
import type { MapTypeRow } from "../kernel/maps/row.ts";
import type { BpfObject } from "../object/object.ts";
import { type CAlias, formatBtf } from "./format.ts";
import { objectTypes } from "./object-types.ts";
import type { BtfDataSection, BtfId, BtfMember, BtfType, ObjectTypes } from "./types.ts";

/** Structs that <linux/bpf.h> defines; a second definition would be an error. */
const kernelStructs: ReadonlySet<string> = new Set(["bpf_spin_lock", "bpf_timer", "bpf_wq", "bpf_refcount"]);

const kernelHeader = "#ifndef __VMLINUX_H__\n#include <linux/bpf.h>\n#endif";

function mapAliases({ maps }: ObjectTypes, object: BpfObject): readonly CAlias[] {
  const specs = new Map(object.maps.map((map) => [map.name, map]));
  return maps.flatMap(({ name, key, value }): readonly CAlias[] => {
    const spec = specs.get(name);
    if (!spec) return [];
    const { records }: MapTypeRow = mapTypes[spec.type];
    const about = `${name}: ${spec.type}, ${spec.maxEntries} ${records ? "bytes" : "entries"}`;
    const what = records ? "record" : "value";
    return [
      ...(key > 0 ? [{ name: `${name}_key`, type: key, comment: `key of ${about}` }] : []),
      ...(value > 0 ? [{ name: `${name}_${what}`, type: value, comment: `${what} of ${about}` }] : []),
    ];
  });
}

/** The type without the qualifiers of a declaration: who holds a copy may write it. */
function unqualified(types: readonly BtfType[], id: BtfId): BtfId {
  const type = types[id - 1];
  return type?.kind === "const" || type?.kind === "volatile" ? unqualified(types, type.type) : id;
}

/** The variables of a section as members of a struct. */
function sectionMembers(types: readonly BtfType[], section: BtfDataSection): readonly BtfMember[] {
  let end = 0;
  const sorted = [...section.variables].sort((one, other) => one.offset - other.offset);
  return sorted.flatMap(({ type: id, offset, size }): readonly BtfMember[] => {
    const variable = types[id - 1];
    if (variable?.kind !== "var" || size === 0 || offset < end || offset + size > section.size) return [];
    end = offset + size;
    return [{ name: variable.name, type: unqualified(types, variable.type), bitOffset: offset * 8, bitSize: 0 }];
  });
}

/** Adds a struct for each section with variables. */
function sectionAliases(types: BtfType[], { sections }: ObjectTypes): readonly CAlias[] {
  return sections.flatMap(({ name, type: id }): readonly CAlias[] => {
    const section = types[id - 1];
    if (section?.kind !== "datasec") return [];
    const members = sectionMembers(types, section);
    if (members.length === 0) return [];
    const type = types.push({ kind: "struct", name: "", size: section.size, members });
    const own = name.replace(/^\./, "");
    return [{ name: `${own}_section`, type, comment: `the only value of the map ${name}: global data` }];
  });
}

/** The header of an object. */
export function formatHeader(object: BpfObject): string {
  const all = objectTypes(object);
  const types = [...all.types];
  const aliases = [...mapAliases(all, object), ...sectionAliases(types, all)];
  return formatBtf(types, aliases, { names: kernelStructs, text: kernelHeader });
}
