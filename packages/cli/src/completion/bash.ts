// A completion script for bash: one function that looks at the command and the word before the cursor.
import type { Completed, CompletedCommand } from "./table.ts";

function reply(what: Completed): string {
  switch (what.kind) {
    case "words":
      return `COMPREPLY=($(compgen -W "${what.words.join(" ")}" -- "$current"))`;
    case "interface":
      return 'COMPREPLY=($(compgen -W "$(command ls /sys/class/net 2>/dev/null)" -- "$current"))';
    case "file":
    case "any":
      // Nothing is offered, so that bash completes file names.
      return ":";
    default:
      return what satisfies never;
  }
}

function valueCases({ name, options }: CompletedCommand): readonly string[] {
  return options.flatMap(({ flags, value }) =>
    value ? [`    ${flags.map((flag) => `"${name} ${flag}"`).join(" | ")}) ${reply(value)}; return ;;`] : [],
  );
}

function wordCase({ name, options, argument }: CompletedCommand): string {
  const flags = options.flatMap((one) => one.flags);
  return `    ${name})
      if [[ $current == -* ]]; then ${reply({ kind: "words", words: flags })}
      else ${reply(argument)}; fi ;;`;
}

/** The script; `source <(typebpf completion bash)` uses it. */
export function bashScript(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name);
  return `# Completion of typebpf for bash. In ~/.bashrc: source <(typebpf completion bash)
_typebpf() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command="" at
  COMPREPLY=()
  for ((at = 1; at < COMP_CWORD; at++)); do
    case \${COMP_WORDS[at]} in
      ${names.join(" | ")}) command=\${COMP_WORDS[at]}; break ;;
    esac
  done
  case "$command $previous" in
${commands.flatMap(valueCases).join("\n")}
  esac
  case $command in
${commands.map(wordCase).join("\n")}
    *) ${reply({ kind: "words", words: [...names, "--help", "--version"] })} ;;
  esac
}
complete -o default -F _typebpf typebpf
`;
}
