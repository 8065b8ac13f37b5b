// A completion script for zsh: `_arguments` for each command.
import type { Completed, CompletedCommand, CompletedOption } from "./table.ts";

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function escaped(text: string): string {
  return text.replace(/[[\]:\\]/g, "\\$&");
}

function action(what: Completed): string {
  switch (what.kind) {
    case "words":
      return `(${what.words.join(" ")})`;
    case "interface":
      return "($(command ls /sys/class/net 2>/dev/null))";
    case "file":
      return "_files";
    case "any":
      return "";
    default:
      return what satisfies never;
  }
}

function optionSpecs({ flags, description, value }: CompletedOption): readonly string[] {
  // "-O2" and "-O 2" are one to commander; "*" lets an option come again.
  return flags.map((flag) => {
    const attached = value ? (flag.startsWith("--") ? "=" : "+") : "";
    const behind = value ? `:${escaped(value.name)}:${action(value)}` : "";
    return quoted(`*${flag}${attached}[${escaped(description)}]${behind}`);
  });
}

function commandCase({ name, options, argument }: CompletedCommand): string {
  const specs = [...options.flatMap(optionSpecs), quoted(`*:argument:${action(argument)}`)];
  return `    ${name})\n      _arguments ${specs.join(" \\\n        ")} ;;`;
}

/** The script; a file `_typebpf` in a folder of `$fpath` has it, or `source <(typebpf completion zsh)`. */
export function zshScript(commands: readonly CompletedCommand[]): string {
  const described = commands.map(({ name, description }) => `    ${quoted(`${name}:${escaped(description)}`)}`);
  return `#compdef typebpf
# Completion of typebpf for zsh. In ~/.zshrc, after compinit: source <(typebpf completion zsh)
_typebpf() {
  local -a commands
  commands=(
${described.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${commands.map(commandCase).join("\n")}
  esac
}
compdef _typebpf typebpf
`;
}
