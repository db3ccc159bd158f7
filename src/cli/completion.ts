import type { Command } from 'commander';
import type { CommandContext } from './context.ts';

/** What a shell evaluates; each asks `viaduct completion words [COMMAND]` for what may come next, and offers files where nothing fits. */
const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `_viaduct() {
  local command=
  ((COMP_CWORD > 1)) && command=\${COMP_WORDS[1]}
  COMPREPLY=($(compgen -W "$(viaduct completion words $command 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _viaduct viaduct`,
  zsh: `#compdef viaduct
_viaduct() {
  local -a found
  ((CURRENT > 2)) && found=(\${(f)"$(viaduct completion words $words[2] 2>/dev/null)"}) || found=(\${(f)"$(viaduct completion words 2>/dev/null)"})
  compadd -a found || _files
}
if [[ $funcstack[1] == _viaduct ]]; then _viaduct "$@"; else compdef _viaduct viaduct; fi`,
  fish: "complete -c viaduct -a '(viaduct completion words (commandline -opc)[2] 2>/dev/null)'",
};

/** Prints the script for a shell, or the words that may follow a command: its flags, and the ids of sources if it takes some;
 *  without a command the commands. */
export async function completion(
  shell: string,
  commandName: string | undefined,
  program: Command,
  context: CommandContext,
): Promise<number> {
  const command = program.commands.find((one) => one.name() === commandName);
  if (shell !== 'words') await context.io.out(SCRIPTS[shell] ?? '');
  else if (command) for (const word of await wordsAfter(command, context)) await context.io.out(word);
  else for (const one of program.commands) await context.io.out(one.name());
  return 0;
}

async function wordsAfter(command: Command, context: CommandContext): Promise<readonly string[]> {
  const takesIds = /<id\b/.test(command.options.map(({ flags }) => flags).join()) || command.usage().includes('<id');
  const ids = takesIds ? (await context.loadConfig()).sources.map(({ id }) => id) : [];
  return [...ids, ...command.options.map(({ long }) => long ?? ''), '--help'];
}
