// Events of the kernel by name: what the records of tracepoint programs hold. The table is a snapshot of one kernel; a field
// that another kernel has elsewhere is found out when the program is attached.
import { nearest } from "../../diagnostics/nearest.ts";
import type { Layout, StructLayout } from "../../layout.ts";
import type { ContextFieldRow } from "../context-row.ts";
import { tracepointTable } from "./table.generated.ts";

/** Bytes at the start of each record that programs may not read. */
export const EVENT_HEADER = 8;

const callPrefix = "syscalls:sys_enter_";
const exitPrefix = "syscalls:sys_exit_";
const exitFields = "__syscall_nr:i32:8 ret:i64:16";

/** The line's fields by event; made by the first look-up. */
function readTable(): ReadonlyMap<string, string> {
  const events = new Map<string, string>();
  for (const line of tracepointTable.split("\n")) {
    const end = line.search(/ |$/);
    const name = line.slice(0, end);
    if (name === "") continue;
    events.set(name, line.slice(end + 1));
    if (name.startsWith(callPrefix)) events.set(`${exitPrefix}${name.slice(callPrefix.length)}`, exitFields);
  }
  return events;
}

function once<T>(make: () => T): () => T {
  const made: T[] = [];
  return () => {
    const [first = make()] = made;
    made[0] = first;
    return first;
  };
}

const table = once(readTable);

/** A name as authors write it, whichever of `group:name` and `group/name` is given. */
export function tracepointName(target: string): string {
  return target.replace("/", ":");
}

/** The name in the DSL of a field of an event. */
function dslName(name: string): string {
  return name.replace(/^_+/, "").replace(/_+([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase());
}

function fieldRow(text: string): ContextFieldRow {
  const [name = "", type = "", offset] = text.split(":");
  const [, item = type, count] = /^(\w+)\[(\d+)\]$/.exec(type) ?? [];
  const row = {
    name,
    as: dslName(name),
    offset: Number(offset),
    access: "read",
    since: "4.7",
    doc: "",
  } as const;
  if (type === "text") return { ...row, size: 4, is: "text" };
  return {
    ...row,
    size: (Number(item.slice(1)) / 8) as 1 | 2 | 4 | 8,
    is: "integer",
    ...(item.startsWith("i") && { signed: true }),
    ...(count !== undefined && { count: Number(count) }),
  };
}

/** The fields of an event; undefined for one that is not known. */
export function tracepointFields(target: string): readonly ContextFieldRow[] | undefined {
  const fields = table().get(tracepointName(target));
  if (fields === undefined) return undefined;
  return fields === "" ? [] : fields.split(" ").map(fieldRow);
}

/** The known event whose name is most like this one. */
export function nearestTracepoint(target: string): string | undefined {
  const name = tracepointName(target);
  const [group = ""] = name.split(":");
  const names = [...table().keys()];
  const siblings = names.filter((one) => one.startsWith(`${group}:`));
  return nearest(name, siblings) ?? nearest(name, names);
}

function layoutRow(name: string, offset: number, layout: Layout): readonly ContextFieldRow[] {
  const item = layout.kind === "array" ? layout.item : layout;
  if (item.kind !== "scalar") return [];
  return [
    {
      name,
      as: name,
      offset,
      size: item.size,
      access: "read",
      is: "integer",
      since: "4.7",
      doc: "",
      ...(item.signed && { signed: true }),
      ...(item.bigEndian && { bigEndian: true }),
      ...(layout.kind === "array" && { count: layout.length }),
    },
  ];
}

/** The fields that an author says an event has: those of a struct right behind the header. */
export function schemaFields(schema: StructLayout): readonly ContextFieldRow[] {
  return schema.fields.flatMap(({ name, offset, layout }) => layoutRow(name, EVENT_HEADER + offset, layout));
}
