// A completion script for fish: one line for each command, option and argument.
import type { Completed, CompletedCommand, CompletedOption } from "./table.ts";

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}

/** What may follow, as options of `complete`. */
function following(what: Completed): string {
  switch (what.kind) {
    case "words":
      return ` -x -a ${quoted(what.words.join(" "))}`;
    case "interface":
      return " -x -a '(command ls /sys/class/net 2>/dev/null)'";
    case "file":
      return " -r -F";
    case "any":
      return " -x";
    default:
      return what satisfies never;
  }
}

function optionLine(command: string, { flags, description, value }: CompletedOption): string {
  const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)).join(" ");
  const when = quoted(`__fish_seen_subcommand_from ${command}`);
  return `complete -c typebpf -n ${when} ${names}${value ? following(value) : ""} -d ${quoted(description)}`;
}

function argumentLine({ name, argument }: CompletedCommand): readonly string[] {
  const when = `complete -c typebpf -n ${quoted(`__fish_seen_subcommand_from ${name}`)}`;
  if (argument.kind === "words") return [`${when} -a ${quoted(argument.words.join(" "))}`];
  return argument.kind === "file" ? [`${when} -F`] : [];
}

/** The script; `typebpf completion fish | source` uses it. */
export function fishScript(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap((command) => [
    `complete -c typebpf -n __fish_use_subcommand -a ${command.name} -d ${quoted(command.description)}`,
    ...command.options.map((option) => optionLine(command.name, option)),
    ...argumentLine(command),
  ]);
  return `# Completion of typebpf for fish. In ~/.config/fish/config.fish: typebpf completion fish | source
complete -c typebpf -f
${lines.join("\n")}
`;
}
