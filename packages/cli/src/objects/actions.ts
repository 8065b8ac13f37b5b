// What can be done with programs, maps and links of the kernel, as data: one row for each action, with its arguments and
// the options that it has. From the rows come the help, the completion and the checks of what was given.
import { cliError } from "../diagnostics.ts";

/** One action of `typebpf programs`, `maps` or `links`. */
export interface ActionRow {
  /** Its arguments in order, as the help shows them. */
  readonly arguments: readonly string[];
  readonly help: string;
  /** Long options that only some actions have. */
  readonly options?: readonly string[];
}

/** What all three have. */
const common = {
  list: { arguments: [], help: "all that the kernel holds (the default)" },
  show: { arguments: ["WHICH"], help: "what is known of one" },
  pin: { arguments: ["WHICH", "PATH"], help: "keep it alive under a path of a BPF file system" },
  unpin: { arguments: ["PATH"], help: "remove a pin; what nobody else holds goes" },
} as const satisfies Readonly<Record<string, ActionRow>>;

/** Actions on programs. */
export const programActions = {
  ...common,
  list: { ...common.list, options: ["stats"] },
  show: { ...common.show, options: ["stats"] },
  dump: { arguments: ["WHICH"], help: "its instructions as the verifier left them", options: ["jited"] },
} as const satisfies Readonly<Record<string, ActionRow>>;

/** Actions on maps. */
export const mapActions = {
  ...common,
  dump: { arguments: ["WHICH"], help: "its entries", options: ["source", "limit"] },
  get: { arguments: ["WHICH", "KEY"], help: "the value of a key", options: ["source"] },
  set: { arguments: ["WHICH", "KEY", "VALUE"], help: "write an entry", options: ["source", "mode"] },
  delete: { arguments: ["WHICH", "KEY"], help: "remove an entry", options: ["source"] },
} as const satisfies Readonly<Record<string, ActionRow>>;

/** Actions on links. */
export const linkActions = {
  ...common,
  detach: { arguments: ["WHICH"], help: "detach it, whoever holds it" },
} as const satisfies Readonly<Record<string, ActionRow>>;

/** All actions of one command by name. */
export type Actions = Readonly<Record<string, ActionRow>>;

/** An action that was asked for; `texts` are as many as the row has. */
export interface Asked<Name extends string> {
  readonly action: Name;
  readonly texts: readonly string[];
}

/**
 * The action with its arguments. `given` are the long options that were given and are not for all actions.
 * @throws DiagnosticError BPF6302, BPF6304
 */
export function askedAction<A extends Actions>(
  command: string,
  actions: A,
  [name = "list", ...texts]: readonly string[],
  given: readonly string[],
): Asked<keyof A & string> {
  const row = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (!row) throw new Error(`objects/actions: ${command} ${name} got through`);
  const usage = ["typebpf", command, name, ...row.arguments].join(" ");
  if (texts.length !== row.arguments.length) {
    const message = `${command} ${name} takes ${row.arguments.join(" ") || "no arguments"}`;
    throw cliError("arguments", { message, help: usage });
  }
  const wrong = given.find((one) => !row.options?.includes(one));
  if (wrong !== undefined)
    throw cliError("conflict", { message: `--${wrong} is not for ${command} ${name}`, help: usage });
  return { action: name, texts };
}

/** The actions of a command for its help, one a line. */
export function actionsHelp(command: string, actions: Actions): string {
  const calls = Object.entries(actions).map(([name, row]) => [[name, ...row.arguments].join(" "), row.help] as const);
  const width = Math.max(...calls.map(([call]) => call.length));
  return calls.map(([call, help]) => `  typebpf ${command} ${call.padEnd(width)}  ${help}`).join("\n");
}
