// `typebpf maps`: what maps the kernel holds, and what can be done with one: show, dump, get, set, delete, pin, unpin. Keys
// and values are read and shown by the map's BTF, or by the schemas of a filter, or as bytes.
import { DiagnosticError, diagnostic, type MapTypeRow, mapTypes, type UserOperation } from "@typebpf/abi";
import {
  type AnyMapHandle,
  decode,
  fromJson,
  type Json,
  type ListedMap,
  listMaps,
  type OpenedMap,
  objectDiagnostics,
  openMap,
  removePin,
} from "@typebpf/loader";
import type { Command, Outcome, Terminal } from "../command.ts";
import { cliError } from "../diagnostics.ts";
import { sideOf } from "../input/assignment.ts";
import { openFilter } from "../input/filter.ts";
import { type MapsDocument, mapsDocument } from "../json/object-documents.ts";
import { objectOf } from "../loading.ts";
import { type ByteEntry, jsonEntry, sortedEntries, writeEntries } from "../map-access.ts";
import { askedAction, mapActions } from "../objects/actions.ts";
import { mapFacts } from "../objects/facts.ts";
import { chosen, chosenOne, directReference } from "../objects/select.ts";
import { formatEntries } from "../output/maps.ts";
import { mapPage } from "../output/object-pages.ts";
import { formatMapList } from "../output/objects.ts";

/** Arguments of `maps`. */
export interface MapsArguments {
  /** The action and what it takes. */
  readonly texts: readonly string[];
  /** A filter whose schemas say what keys and values are. */
  readonly source?: string | undefined;
  /** The most entries that `dump` shows. */
  readonly limit?: number | undefined;
  readonly mode?: "any" | "new" | "existing" | undefined;
}

type Result = Outcome<MapsDocument>;
type Rest = Partial<Result["body"]>;

/** Entries of a dump without --limit: as many as people read, or a document holds. */
const mostEntries = { text: 1000, json: 1 << 16 } as const;

const updateModes = { any: 0, new: 1, existing: 2 } as const;

function outcome(maps: readonly ListedMap[], text: string, rest: Rest = {}): Result {
  return { body: { maps: maps.map(mapFacts), ...rest }, text, diagnostics: [], filters: [] };
}

async function listOnly(id: number): Promise<readonly ListedMap[]> {
  return (await listMaps()).filter((one) => one.id === id);
}

/** The map of a filter that a map of the kernel was made from, by its name there. @throws DiagnosticError BPF6330 */
async function declaredIn(source: string, name: string) {
  const { maps } = objectOf(await openFilter(source, {}));
  const found =
    maps.find((one) => one.name === name) ?? maps.find((one) => name.length === 15 && one.name.startsWith(name));
  if (found) return found;
  const notes = [maps.length === 0 ? "it has no maps" : `its maps: ${maps.map((one) => one.name).join(", ")}`];
  throw cliError("noMap", { message: `${source} has no map "${name}"`, notes });
}

/** Opens the map that is meant, with the schemas of a filter if there is one. @throws DiagnosticError */
async function openChosen(text: string, source: string | undefined): Promise<OpenedMap> {
  const direct = directReference(text);
  const opened = await openMap(direct ?? chosenOne("map", await listMaps(), text).id);
  if (source === undefined) return opened;
  using plain = opened;
  return openMap(plain.info.id, await declaredIn(source, plain.info.name));
}

/** The handle of a map that can do that. @throws DiagnosticError BPF6296 */
function handleFor({ handle, info }: OpenedMap, operation: UserOperation, what: string): AnyMapHandle {
  const row: MapTypeRow | undefined = handle && mapTypes[handle.spec.type];
  if (handle && row?.user.includes(operation)) return handle;
  const message = `map ${info.id} is of type ${info.type}, which does not let user space ${what}`;
  throw new DiagnosticError([diagnostic(objectDiagnostics.noEntries, { message })]);
}

function readSide(text: string): Json {
  const json = sideOf(text);
  if (json !== undefined && json !== "") return json;
  throw cliError("assignment", { message: `"${text}" is neither a value nor JSON` });
}

function keyOf(handle: AnyMapHandle, text: string): Uint8Array {
  return fromJson(handle.spec.key, readSide(text), `${handle.name} key`);
}

/** An entry as it is now; undefined where there is none. */
function entryAt(handle: AnyMapHandle, key: Uint8Array): ByteEntry | undefined {
  if (handle.get(decode(handle.spec.key, key)) === undefined) return undefined;
  const value = handle.raw.lookup(key);
  return typeof value === "number" ? undefined : [key, value];
}

async function dump(opened: OpenedMap, limit: number | undefined, { json, styles }: Terminal): Promise<Result> {
  const handle = handleFor(opened, "walk", "visit its entries");
  const most = limit ?? mostEntries[json ? "json" : "text"];
  const entries: ByteEntry[] = [];
  let truncated = false;
  for (const entry of handle.raw.entries()) {
    truncated = entries.length >= most;
    if (truncated) break;
    entries.push(entry);
  }
  const shown = sortedEntries(handle, entries);
  const more = truncated ? styles.faint(`… there are more than ${most}; --limit shows others\n`) : "";
  const table = json ? "" : shown.length === 0 ? "empty\n" : formatEntries(handle, shown, styles);
  return outcome(await listOnly(opened.info.id), `${table}${more}`, {
    ...(json && { entries: shown.map((entry) => ({ ...jsonEntry(handle, entry) })) }),
    truncated,
    decodedBy: opened.layouts.from,
  });
}

function noEntry({ name }: AnyMapHandle, key: string): DiagnosticError {
  return cliError("noEntry", { message: `the map ${name} has no key ${key}` });
}

/** An entry with what it belongs to. */
async function shownEntry(
  opened: OpenedMap,
  handle: AnyMapHandle,
  entry: ByteEntry,
  { styles }: Terminal,
): Promise<Result> {
  const rest = { entries: [{ ...jsonEntry(handle, entry) }], decodedBy: opened.layouts.from };
  return outcome(await listOnly(opened.info.id), formatEntries(handle, [entry], styles), rest);
}

async function get(opened: OpenedMap, key: string, terminal: Terminal): Promise<Result> {
  const handle = handleFor(opened, "get", "read entries by key");
  const entry = entryAt(handle, keyOf(handle, key));
  if (!entry) throw noEntry(handle, key);
  return shownEntry(opened, handle, entry, terminal);
}

async function set(opened: OpenedMap, [key, value]: readonly [string, string], mode: 0 | 1 | 2): Promise<Result> {
  const handle = handleFor(opened, "set", "write entries");
  const entry = { key: readSide(key), value: readSide(value) };
  writeEntries(handle, [entry], "", mode);
  return outcome(await listOnly(opened.info.id), `${handle.name}[${key}] is ${value}\n`, { entries: [entry] });
}

async function remove(opened: OpenedMap, key: string): Promise<Result> {
  const handle = handleFor(opened, "delete", "remove entries");
  if (!handle.delete(decode(handle.spec.key, keyOf(handle, key)))) throw noEntry(handle, key);
  return outcome(await listOnly(opened.info.id), `${handle.name}[${key}] is deleted\n`, { entries: [] });
}

async function show(text: string, { styles }: Terminal): Promise<Result> {
  const all = await listMaps();
  const direct = directReference(text);
  const ids = direct === undefined ? chosen("map", all, text).map(({ id }) => id) : [await idOf(direct)];
  const found = all.filter(({ id }) => ids.includes(id));
  const pages: string[] = [];
  for (const one of found) {
    using opened = await openMap(one.id);
    pages.push(mapPage(one, opened.layouts, styles));
  }
  return outcome(found, pages.join("\n"));
}

async function idOf(direct: number | string): Promise<number> {
  using opened = await openMap(direct);
  return opened.info.id;
}

async function pin(text: string, path: string): Promise<Result> {
  using opened = await openChosen(text, undefined);
  const { id } = opened.info;
  const made = opened.pin(path);
  return outcome(await listOnly(id), `map ${id} is pinned at ${made.path}\n`, {
    pin: { path: made.path, pinned: true },
  });
}

async function unpin(given: string): Promise<Result> {
  const path = await removePin("map", given);
  return outcome([], `${path} is removed\n`, { pin: { path, pinned: false } });
}

async function listAll({ styles }: Terminal): Promise<Result> {
  const all = await listMaps();
  return outcome(all, formatMapList(all, styles));
}

/** `typebpf maps` */
export const maps: Command<MapsArguments, MapsDocument> = {
  schema: mapsDocument,
  empty: () => ({ maps: [] }),
  async run({ texts: asked, source, limit, mode }, terminal) {
    const given = Object.entries({ source, limit, mode }).flatMap(([name, value]) =>
      value === undefined ? [] : [name],
    );
    const { action, texts } = askedAction("maps", mapActions, asked, given);
    const [first = "", second = "", third = ""] = texts;
    if (action === "list") return listAll(terminal);
    if (action === "show") return show(first, terminal);
    if (action === "pin") return pin(first, second);
    if (action === "unpin") return unpin(first);
    using opened = await openChosen(first, source);
    switch (action) {
      case "dump":
        return await dump(opened, limit, terminal);
      case "get":
        return await get(opened, second, terminal);
      case "set":
        return await set(opened, [second, third], updateModes[mode ?? "any"]);
      case "delete":
        return await remove(opened, second);
      default:
        return action satisfies never;
    }
  },
};
