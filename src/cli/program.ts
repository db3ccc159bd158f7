import { Argument, Command, CommanderError, Option } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import { readSettings } from '../config/settings.ts';
import { ViaductError } from '../errors.ts';
import { createLog } from '../log.ts';
import { VERSION } from '../version.ts';
import type { CliIo, CommandContext, CommonFlags } from './context.ts';

/** Runs one command line and returns its exit code: 0 good, 1 the work failed, 2 something needs fixing by the user. Bugs are thrown. */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  let exitCode = 0;
  const program = createProgram(io, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof ViaductError)) throw error;
    io.err(`${error.message}\n`);
    return exitCodeOf(error);
  }
}

function exitCodeOf(error: ViaductError): number {
  const needsFixing = /^(config|usage)\/|^store\/(locked|newer|unreadable)/.test(error.code);
  return needsFixing ? 2 : 1;
}

function createProgram(io: CliIo, end: (exitCode: number) => void): Command {
  const program = new Command('viaduct')
    .description(
      'Polls the feeds in feeds.json and republishes them as one merged feed that says via whom each item came.',
    )
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .showHelpAfterError('(viaduct --help shows what there is)')
    .addHelpText(
      'after',
      '\nExit codes: 0 good, 1 the work failed, 2 something needs fixing (usage, feeds.json, a data folder in use).',
    )
    .exitOverride()
    .configureOutput({ writeOut: (text) => void io.out(text.trimEnd()), writeErr: (text) => io.err(text) });

  const command = (name: string, description: string, isDefault = false) =>
    program
      .command(name, { isDefault })
      .description(description)
      .helpOption('-h, --help', 'show this help')
      .addOption(new Option('--config <file>', 'the list of sources (VIADUCT_CONFIG, ./feeds.json)'))
      .addOption(new Option('--data <folder>', 'where everything is kept (VIADUCT_DATA, ./data)'))
      .addOption(new Option('--log-level <level>', 'debug, info, warn, error or silent (VIADUCT_LOG_LEVEL, info)'));
  // Each command is loaded when it is wanted: all of them together take half a second.
  const run = async (flags: CommonFlags, work: (context: CommandContext) => Promise<number>) => {
    end(await work(createContext(flags, io)));
  };

  const served = (started: Command) =>
    started
      .addOption(new Option('--port <number>', 'port to serve on (PORT, 8080)'))
      .addOption(new Option('--host <address>', 'address to serve on (HOST, 127.0.0.1)'));

  served(command('start', 'poll by cron and serve the site and its feeds (the default)', true))
    .option('--no-poll', 'only serve')
    .option('--no-serve', 'only poll')
    .allowExcessArguments()
    .action((flags, { args }: Command) => {
      refuseWords(args, program);
      return run(flags, async (context) =>
        (await import('./start.ts')).start({ poll: flags.poll, serve: flags.serve }, context),
      );
    });
  served(command('serve', 'only serve: start --no-poll')).action((flags) =>
    run(flags, async (context) => (await import('./start.ts')).start({ poll: false, serve: true }, context)),
  );
  command('poll', 'ask every source that is due, once')
    .option('--force', 'also ask sources that are not due, except after a Retry-After or a 410')
    .option('--source <id...>', 'only these sources')
    .option('--now <instant>', 'use this as the current time, RFC 3339 (for tests and replays)')
    .option('--json', 'print the outcome as one JSON object')
    .action((flags) => run(flags, async (context) => (await import('./poll.ts')).poll(flags, context)));
  command('check', 'check feeds.json, and list every problem in it')
    .option('--fetch', 'ask each source once: what it is, what it would add, what is wrong with it')
    .option('--source <id...>', 'ask only these sources')
    .option('--json', 'print the problems, or with --fetch the sources, as JSON, one per line')
    .action((flags) => run(flags, async (context) => (await import('./check.ts')).check(flags, context)));
  command('init', 'write a first feeds.json, with comments').action((flags) =>
    run(flags, async (context) => (await import('./init.ts')).init(context)),
  );
  command('add', 'find the feeds of addresses and write them into feeds.json')
    .argument('<address...>', 'addresses of feeds, or of pages that link to feeds')
    .option('--all', 'every feed that a page has')
    .option('--yes', 'the first feed of a page that has several, without asking')
    .option('--allow', 'it is on my private network: add its host to "allow"')
    .option('--no-fetch', 'write the address as it is, without trying it')
    .option('--category <name>', 'the category to put it in')
    .option('--via <name>', 'the name shown with each item, such as "@handle"')
    .option('--title <title>', "shown in place of the feed's own title")
    .option('--id <id>', 'its stable name: lower-case letters a-z, digits and "-"')
    .action((addresses: string[], flags) =>
      run(flags, async (context) => (await import('./add.ts')).add(addresses, flags, context)),
    );
  command('remove', 'take sources out of feeds.json')
    .argument('<id...>', 'ids or addresses of sources')
    .action((names: string[], flags) =>
      run(flags, async (context) => (await import('./remove.ts')).remove(names, context)),
    );
  command('import', 'write the feeds of an OPML file into feeds.json')
    .argument('<file>', 'the list that another reader exported')
    .action((file: string, flags) =>
      run(flags, async (context) => (await import('./opml.ts')).importOpml(file, context)),
    );
  command('export', 'print the sources as OPML; private addresses are left out').action((flags) =>
    run(flags, async (context) => (await import('./opml.ts')).exportOpml(context)),
  );
  command('doctor', 'check the data folder, and say what the next start would repair')
    .option('--json', 'one JSON object per line')
    .action((flags) => run(flags, async (context) => (await import('./doctor.ts')).doctor(flags, context)));
  command('backup', 'write data/ and feeds.json into one .tar.gz; works beside a running daemon')
    .argument('<file>', 'where to write it')
    .action((file: string, flags) =>
      run(flags, async (context) => (await import('./backup.ts')).backup(file, context)),
    );
  command('sources', 'list the sources: items, last fetch, next fetch and why, problems')
    .option('--json', 'one JSON object per line')
    .action((flags) => run(flags, async (context) => (await import('./sources.ts')).sources(flags, context)));
  command('items', 'list the stored items, newest first')
    .option('--source <id>', 'only items that this source carries')
    .option('--limit <number>', 'only the newest N items')
    .option('--json', 'one JSON object per line')
    .action((flags) => run(flags, async (context) => (await import('./items.ts')).items(flags, context)));
  command(
    'explain',
    'say how entries were recognised and why they are one item, or which guids and links of a source are unreliable',
  )
    .argument('<id>', 'an item or a source')
    .option('--json', 'as one JSON object')
    .action((id: string, flags) =>
      run(flags, async (context) => (await import('./explain.ts')).explain(id, flags, context)),
    );
  command('build', 'write the site and its feeds as files that any web server can serve')
    .argument('<folder>', 'where to write: a new or empty folder, or that of an earlier build')
    .action((folder: string, flags) =>
      run(flags, async (context) => (await import('./build.ts')).build(folder, context)),
    );
  program
    .command('parse')
    .helpOption('-h, --help', 'show this help')
    .description('read feed documents and print what is in them, one JSON line per file')
    .argument('[file...]', 'documents to read')
    .option('--manifest <file>', 'read the files named in JSON lines of {"file","baseUrl","contentType"}')
    .option('--base-url <url>', 'address that the documents came from')
    .option('--content-type <type>', 'their Content-Type header')
    .action(async (files: string[], flags) => end(await (await import('./parse.ts')).parse({ files, ...flags }, io)));

  program
    .command('completion')
    .description('print a script that completes commands, flags and ids of sources: source <(viaduct completion bash)')
    .helpOption('-h, --help', 'show this help')
    .addArgument(new Argument('<shell>', 'for which shell').choices(['bash', 'zsh', 'fish', 'words']))
    .argument('[command]', 'whose words are wanted')
    .action((shell: string, name: string | undefined, flags) =>
      run(flags, async (context) => (await import('./completion.ts')).completion(shell, name, program, context)),
    );

  return program;
}

/** `start` is the default, so a word that is no command, or one after flags, arrives as its argument. */
function refuseWords([word]: readonly string[], { commands }: Command): void {
  if (word === undefined) return;
  const isCommand = commands.some((command) => command.name() === word);
  throw new ViaductError(
    'usage/command',
    isCommand
      ? `Flags stand after the command: viaduct ${word} …`
      : `There is no command ${word}. viaduct --help lists them.`,
  );
}

function createContext(flags: CommonFlags, io: CliIo): CommandContext {
  const settings = readSettings(flags, io.env, io.cwd);
  return {
    io,
    settings,
    log: createLog({ level: settings.logLevel, pretty: io.isTerminal, write: io.err }),
    loadConfig: () => loadConfig(settings, io.env),
  };
}
