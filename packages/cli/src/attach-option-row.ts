// The form of an option of `attach`, and the names of all of them.
import type { ProgramTypeName } from "@typebpf/abi";

/** Options of `attach` that say where, as the command line has them. */
export interface AttachSettings {
  /** Name or index. */
  readonly interface?: string | undefined;
  readonly direction?: string | undefined;
  readonly mode?: string | undefined;
  readonly priority?: string | undefined;
  readonly handle?: string | undefined;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  /** Path of a directory. */
  readonly cgroup?: string | undefined;
  readonly replace?: string | undefined;
  readonly function?: string | undefined;
  readonly functions?: string | undefined;
  readonly binary?: string | undefined;
  readonly probe?: string | undefined;
  readonly event?: string | undefined;
  readonly period?: string | undefined;
  readonly frequency?: string | undefined;
  readonly cpu?: string | undefined;
  readonly pid?: string | undefined;
  readonly form?: string | undefined;
  /** A network. */
  readonly to?: string | undefined;
  readonly via?: string | undefined;
  readonly type?: string | undefined;
  readonly table?: string | undefined;
  readonly map?: string | undefined;
  /** Path of a network namespace. */
  readonly namespace?: string | undefined;
  readonly family?: string | undefined;
  readonly hook?: string | undefined;
}

/** One option of `attach`. */
export interface AttachOptionRow {
  readonly name: keyof AttachSettings;
  /** How its value is called in the help. */
  readonly value: string;
  readonly help: string;
  /** Types that have the option, with the words that it takes there, or "any" value. */
  readonly types: Readonly<Partial<Record<ProgramTypeName, readonly string[] | "any">>>;
  /** Without it, none of these types can be attached. */
  readonly required?: true;
  /** The loader's value; undefined where the text is wrong. */
  readonly parse?: (text: string, type: ProgramTypeName) => unknown;
}
