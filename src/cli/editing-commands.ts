import type { Command } from 'commander';
import type { AddFlags } from './add.ts';
import type { CommandContext, CommonFlags } from './context.ts';

/** Defines the commands that write feeds.json, or hand it on. */
export function defineEditingCommands(
  command: (name: string, description: string) => Command,
  run: (flags: CommonFlags, work: (context: CommandContext) => Promise<number>) => Promise<void>,
): void {
  command('init', 'write a first feeds.json, with comments').action((flags) =>
    run(flags, async (context) => (await import('./init.ts')).init(context)),
  );
  command('add', 'find the feeds of addresses and write them into feeds.json')
    .argument('<address...>', 'of feeds, or of pages that have some')
    .option('--all', 'every feed that a page has')
    .option('--yes', 'the first feed of a page that has several, without asking')
    .option('--allow', 'it is on a private network of mine: put its host into "allow"')
    .option('--no-fetch', 'write the address as it is, without trying it')
    .option('--category <name>', 'the category that it stands in')
    .option('--via <name>', 'the name shown with each item, such as "@handle"')
    .option('--title <title>', "shown in place of the feed's own title")
    .option('--id <id>', 'its stable name: small letters a-z, digits and "-"')
    .action((addresses: string[], flags: CommonFlags & AddFlags) =>
      run(flags, async (context) => (await import('./add.ts')).add(addresses, flags, context)),
    );
  command('remove', 'take sources out of feeds.json')
    .argument('<id...>', 'ids, or addresses')
    .action((names: string[], flags) =>
      run(flags, async (context) => (await import('./remove.ts')).remove(names, context)),
    );
  command('import', 'write the feeds of an OPML file into feeds.json')
    .argument('<file>', 'the list that another reader exported')
    .action((file: string, flags) =>
      run(flags, async (context) => (await import('./import-opml.ts')).importOpml(file, context)),
    );
  command('export', 'print the sources as OPML; private addresses are left out').action((flags) =>
    run(flags, async (context) => (await import('./export-opml.ts')).exportOpml(context)),
  );
}
