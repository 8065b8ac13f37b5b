// Initial contents of maps, as `run` and `attach` take them: a file first, then what the command line sets.
import { setGlobal } from "./globals.ts";
import { parseAssignment } from "./input/assignment.ts";
import { readJson } from "./input/files.ts";
import { mapsFile } from "./json/inputs.ts";
import type { AnyLoaded } from "./loading.ts";
import { findMap, type MapHandles, writeEntries } from "./map-access.ts";

/** Where initial contents come from, as options. */
export interface MapSources {
  /** A JSON file. */
  readonly maps?: string | undefined;
  /** `MAP[KEY]=VALUE`, or `NAME=VALUE` for a global variable. */
  readonly set?: readonly string[] | undefined;
  /** `NAME=VALUE`, for what `config` declares; read before the object is loaded. */
  readonly config?: readonly string[] | undefined;
}

/** Writes initial contents. @throws DiagnosticError for a map that is not there, and for values that do not fit */
export function fillMaps(loaded: AnyLoaded, { maps, set = [] }: MapSources): void {
  const handles: MapHandles = loaded.maps;
  const objects = { programs: loaded.programs, maps: loaded.maps };
  if (maps !== undefined) {
    const contents = readJson(maps, mapsFile, "object of map contents: { MAP: [{ key, value }] }");
    for (const [name, entries] of Object.entries(contents)) {
      writeEntries(findMap(handles, name), entries, `${maps}: `, 0, objects);
    }
  }
  for (const text of set) {
    const { map, key, value } = parseAssignment(text);
    if (key === undefined) setGlobal(loaded, map, value);
    else writeEntries(findMap(handles, map), [{ key, value }], "--set ", 0, objects);
  }
}
