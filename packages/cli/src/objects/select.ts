// Which program, map or link is meant: by id, by the path of a pin, by name, or a program by its tag. Names are not unique,
// and may look like ids: id:12, name:12 and tag:… say which.
import { nearest } from "@typebpf/abi";
import type { ObjectReference } from "@typebpf/loader";
import { cliError } from "../diagnostics.ts";

/** What objects are chosen by. */
export interface Choosable {
  readonly id: number;
  /** Of a link that of its program. */
  readonly name: string;
  readonly tag?: string;
}

/** Bytes of a name that the kernel keeps. */
const kernelBytes = 15;

function parts(text: string): readonly [kind: "id" | "name" | "tag" | "any", value: string] {
  const [, kind, value = ""] = /^(id|name|tag):(.*)$/su.exec(text) ?? [];
  if (kind === "id" || kind === "name" || kind === "tag") return [kind, value];
  return ["any", text];
}

function idOf(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/** The id or path that a text is; undefined for names and tags, which have to be looked for. */
export function directReference(text: string): ObjectReference | undefined {
  const [kind, value] = parts(text);
  if (kind === "id") {
    const id = idOf(value);
    if (id !== undefined) return id;
    throw cliError("noMatch", { message: `"${value}" is no id` });
  }
  if (kind === "any" && text.includes("/")) return text;
  return kind === "any" ? idOf(text) : undefined;
}

/** All that have the name or tag; the kernel knows the first bytes of long names only. */
function matches<T extends Choosable>(all: readonly T[], text: string): readonly T[] {
  const [kind, value] = parts(text);
  if (kind === "tag") return all.filter((one) => one.tag === value);
  const named = all.filter(({ name }) => name === value);
  if (named.length > 0) return named;
  const short = all.filter(({ name }) => name.length === kernelBytes && value.startsWith(name));
  return short.length > 0 || kind === "name" ? short : all.filter((one) => one.tag === value);
}

/** All objects that a name or tag means. @throws DiagnosticError BPF6360 where there are none */
export function chosen<T extends Choosable>(what: string, all: readonly T[], text: string): readonly T[] {
  const found = matches(all, text);
  if (found.length > 0) return found;
  const near = nearest(text, [...new Set(all.map(({ name }) => name).filter((name) => name !== ""))]);
  throw cliError("noMatch", {
    message: `the kernel has no ${what} called "${text}"`,
    ...(near !== undefined && { help: `did you mean "${near}"?` }),
  });
}

/** The only object that a name or tag means. @throws DiagnosticError BPF6360, BPF6361 */
export function chosenOne<T extends Choosable>(what: string, all: readonly T[], text: string): T {
  const [first, ...others] = chosen(what, all, text);
  if (first && others.length === 0) return first;
  const ids = [first, ...others].map((one) => one?.id).join(", ");
  throw cliError("ambiguous", { message: `${others.length + 1} ${what}s are called "${text}": ${ids}` });
}
