// Typed handles of global data, the same on both back ends: values in and out by the variable's schema. Reading and
// writing one is as atomic as a program's own access: an integer is whole, members of a struct may be of different ages.
import type { GlobalVariable, Layout } from "@typebpf/abi";
import type { BackendSection } from "../backend.ts";
import { decode, encode, type Value } from "../codec.ts";
import { loaderError } from "../diagnostics.ts";
import { errno, errnoName } from "../errno.ts";

/** A value that is set when the object is loaded: a member of `config`, or a whole one. */
export interface ConfigHandle<R> {
  readonly name: string;
  /** The value, a copy. */
  get(): R;
}

/** A global variable. */
export interface GlobalHandle<R, W> extends ConfigHandle<R> {
  /** Stores a value. @throws DiagnosticError on one that does not fit. */
  set(value: W): void;
}

/** A global whose schema is not known to TypeScript. */
export interface AnyGlobalHandle extends ConfigHandle<Value> {
  /** Absent where a schema alone does not describe it: a `config` of several members. */
  readonly layout?: Layout;
  /** Absent where it is read-only. */
  readonly set?: (value: unknown) => void;
}

function failed(name: string, status: number): never {
  if (status === -errno.EBADF) throw loaderError("disposed");
  throw loaderError("mapOperation", { message: `the global ${name}: ${errnoName(status)}` });
}

function variableHandle(section: BackendSection, { name, offset, layout }: GlobalVariable): AnyGlobalHandle {
  const get = (): Value => {
    const bytes = section.read(offset, layout.size);
    return typeof bytes === "number" ? failed(name, bytes) : decode(layout, bytes, name);
  };
  if (section.spec.readOnly) return { name, layout, get };
  return {
    name,
    layout,
    get,
    set: (value) => {
      const status = section.write(offset, encode(layout, value, name));
      if (status !== 0) failed(name, status);
    },
  };
}

/** Handles of all variables by name; those of a `config` of several members are one, by the name before the dot. */
export function globalHandles(sections: Iterable<BackendSection>): Readonly<Record<string, AnyGlobalHandle>> {
  const handles: Record<string, AnyGlobalHandle> = Object.create(null);
  const groups = new Map<string, Map<string, AnyGlobalHandle>>();
  for (const section of sections) {
    for (const variable of section.spec.variables) {
      const handle = variableHandle(section, variable);
      const [group = "", member] = variable.name.split(".");
      if (member === undefined) handles[variable.name] = handle;
      else groups.set(group, (groups.get(group) ?? new Map()).set(member, handle));
    }
  }
  for (const [name, members] of groups) {
    handles[name] = { name, get: () => Object.fromEntries([...members].map(([key, one]) => [key, one.get()])) };
  }
  return handles;
}
