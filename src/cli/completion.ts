import type { Command, Option } from 'commander';
import type { CommandContext } from './context.ts';

/** Prints the script that teaches a shell to complete; for 'ids' those of the sources, which the scripts ask for. */
export async function completion(shell: string, program: Command, context: CommandContext): Promise<number> {
  if (shell === 'ids') {
    const { sources } = await context.loadConfig();
    for (const { id } of sources) await context.io.out(id);
    return 0;
  }
  const commands = program.commands.map(describe);
  const script = shell === 'bash' ? bash(commands) : shell === 'zsh' ? zsh(commands) : fish(commands);
  await context.io.out(script);
  return 0;
}

/** What an argument or the value of a flag is, as far as a shell can help. */
type Kind = 'id' | 'file' | 'folder' | 'level' | 'shell' | 'other';

interface Flag {
  readonly name: string;
  readonly about: string;
  /** Undefined for one without a value. */
  readonly value: Kind | undefined;
}

interface Described {
  readonly name: string;
  readonly about: string;
  readonly flags: readonly Flag[];
  /** Of its arguments; undefined without any. */
  readonly argument: Kind | undefined;
}

function describe(command: Command): Described {
  const argument = command.registeredArguments[0]?.name();
  return {
    name: command.name(),
    about: command.description(),
    flags: [...command.options.map(toFlag), { name: '--help', about: 'show this help', value: undefined }],
    argument: argument === undefined ? undefined : kindOf(argument),
  };
}

function toFlag({ long, description, required, flags }: Option): Flag {
  const value = /<([a-z-]+)/.exec(flags)?.[1];
  return { name: long ?? '', about: description, value: required && value !== undefined ? kindOf(value) : undefined };
}

function kindOf(name: string): Kind {
  return (['id', 'file', 'folder', 'level', 'shell'] as const).find((kind) => kind === name) ?? 'other';
}

const LEVELS = 'debug info warn error silent';
const SHELLS = 'bash zsh fish';

function bash(commands: readonly Described[]): string {
  const wordsOf: Record<Kind, string> = {
    id: '$(compgen -W "$(viaduct completion ids 2>/dev/null)" -- "$current")',
    file: '$(compgen -f -- "$current")',
    folder: '$(compgen -d -- "$current")',
    level: `$(compgen -W '${LEVELS}' -- "$current")`,
    shell: `$(compgen -W '${SHELLS}' -- "$current")`,
    other: '',
  };
  const values = new Map(
    commands.flatMap(({ flags }) => flags.flatMap(({ name, value }) => (value ? [[name, value] as const] : []))),
  );
  return [
    '_viaduct() {',
    `  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}`,
    "  local IFS=$' \\t\\n'",
    '  case $previous in',
    ...[...values].map(([name, kind]) => `    ${name}) COMPREPLY=(${wordsOf[kind]}); return ;;`),
    '  esac',
    '  if ((COMP_CWORD == 1)); then',
    `    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')}' -- "$current"))`,
    '    return',
    '  fi',
    `  case \${COMP_WORDS[1]} in`,
    ...commands.map(({ name, flags, argument }) => {
      const words = `$(compgen -W '${flags.map((flag) => flag.name).join(' ')}' -- "$current")`;
      const plain = argument === undefined || wordsOf[argument] === '' ? words : wordsOf[argument];
      return `    ${name}) if [[ $current == -* ]]; then COMPREPLY=(${words}); else COMPREPLY=(${plain}); fi ;;`;
    }),
    '  esac',
    '}',
    'complete -F _viaduct viaduct',
  ].join('\n');
}

function zsh(commands: readonly Described[]): string {
  const actionOf: Record<Kind, string> = {
    id: '_viaduct_ids',
    file: '_files',
    folder: '_files -/',
    level: `(${LEVELS})`,
    shell: `(${SHELLS})`,
    other: ' ',
  };
  // In these specifications ":" and "]" end a part, and in single quotes a quote is written from outside.
  const quote = (text: string) => text.replace(/[:[\]\\]/g, '\\$&').replaceAll("'", "'\\''");
  return [
    '#compdef viaduct',
    '_viaduct_ids() {',
    '  local -a ids',
    `  ids=(\${(f)"$(viaduct completion ids 2>/dev/null)"})`,
    '  compadd -a ids',
    '}',
    '_viaduct() {',
    '  local -a commands',
    `  commands=(${commands.map(({ name, about }) => `'${name}:${quote(about)}'`).join(' ')})`,
    '  if ((CURRENT == 2)); then',
    '    _describe command commands',
    '    return',
    '  fi',
    '  local command=$words[2]',
    '  shift words',
    '  ((CURRENT--))',
    '  case $command in',
    ...commands.map(({ name, flags, argument }) => {
      const specs = flags.map((flag) => {
        const value = flag.value === undefined ? '' : `:value:${actionOf[flag.value]}`;
        return `'${flag.name}[${quote(flag.about)}]${value}'`;
      });
      return `    ${name}) _arguments ${[...specs, ...(argument ? [`'*:argument:${actionOf[argument]}'`] : [])].join(' ')} ;;`;
    }),
    '  esac',
    '}',
    'if [[ $funcstack[1] == _viaduct ]]; then _viaduct "$@"; else compdef _viaduct viaduct; fi',
  ].join('\n');
}

function fish(commands: readonly Described[]): string {
  const valuesOf: Record<Kind, string> = {
    id: " -xa '(viaduct completion ids 2>/dev/null)'",
    file: ' -rF',
    folder: " -xa '(__fish_complete_directories)'",
    level: ` -xa '${LEVELS}'`,
    shell: ` -xa '${SHELLS}'`,
    other: ' -x',
  };
  const quote = (text: string) => text.replace(/[\\']/g, '\\$&');
  return [
    'complete -c viaduct -f',
    ...commands.flatMap(({ name, about, flags, argument }) => {
      const inside = `complete -c viaduct -n '__fish_seen_subcommand_from ${name}'`;
      const given =
        argument === undefined || argument === 'other' ? [] : [`${inside}${valuesOf[argument].replace(' -rF', ' -F')}`];
      return [
        `complete -c viaduct -n __fish_use_subcommand -a ${name} -d '${quote(about)}'`,
        ...flags.map((flag) => {
          const value = flag.value === undefined ? '' : valuesOf[flag.value];
          return `${inside} -l ${flag.name.slice(2)}${value} -d '${quote(flag.about)}'`;
        }),
        ...given,
      ];
    }),
  ].join('\n');
}
