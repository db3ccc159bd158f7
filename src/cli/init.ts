import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseConfig } from '../config/parse-config.ts';
import { feedsJsonSchema } from '../config/schema.ts';
import { contact as contactKind, text as textKind } from '../config/value-kinds.ts';
import { ViaductError } from '../errors.ts';
import { add } from './add.ts';
import type { CommandContext } from './context.ts';

/** Writes a first feeds.json with comments, and the schema that lets editors complete it. On a terminal it asks for a title, an
 *  address and a contact; else everything has its default. What is there is never overwritten.
 *  @throws ViaductError 'usage/init' when there is a feeds.json already */
export async function init(context: CommandContext): Promise<number> {
  const { io, settings } = context;
  const file = settings.configFile;
  if (existsSync(file)) throw isThere(file);
  const title = await askFor(
    'What is your site called? [viaduct] ',
    (answer) => textKind('Expected a title', 200).safeParse(answer).error?.issues[0]?.message,
  );
  const address = await askFor('What is the first site or feed to follow? An address, or nothing: ');
  const contact = await askFor('How do publishers reach you? A mail address or page, or nothing: ', (answer) =>
    contactKind().safeParse(asContact(answer)).success
      ? undefined
      : 'Expected a mail address, or the http(s) address of a page.',
  );
  const feeds = writeFeeds({
    ...(title !== undefined && { title }),
    ...(contact !== undefined && { contact: asContact(contact) }),
  });
  parseConfig(feeds, { file, port: settings.port, env: {} });
  await writeNew(file, feeds);
  await writeNew(
    path.join(path.dirname(file), 'feeds.schema.json'),
    `${JSON.stringify(feedsJsonSchema(), undefined, 2)}\n`,
  ).catch(ignoreExisting);
  await io.out(`wrote ${file}: its comments say what can be set`);
  const exitCode = address === undefined ? 0 : await add([address], {}, context);
  io.err(address === undefined || exitCode !== 0 ? NEXT_ADD : NEXT_START);
  return exitCode;

  /** The answer, asked for again until nothing is wrong with it; undefined for none. */
  async function askFor(
    question: string,
    problemOf: (answer: string) => string | undefined = () => undefined,
  ): Promise<string | undefined> {
    if (!io.ask) return undefined;
    for (;;) {
      const answer = await io.ask(question);
      if (answer === undefined) throw new ViaductError('usage/cancelled', 'Nothing was written.');
      if (answer === '') return undefined;
      const problem = problemOf(answer);
      if (problem === undefined) return answer;
      io.err(`${problem}\n`);
    }
  }
}

const NEXT_ADD = 'Next: viaduct add ADDRESS (a site or a feed), then viaduct start.\n';
const NEXT_START = 'Next: viaduct start; viaduct add ADDRESS follows more.\n';

const asContact = (answer: string) => (/^[^\s@:/]+@[^\s@/]+$/.test(answer) ? `mailto:${answer}` : answer);

async function writeNew(file: string, content: string): Promise<void> {
  try {
    await writeFile(file, content, { flag: 'wx' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    if (code === undefined) throw error;
    if (code === 'EEXIST') throw isThere(file);
    throw new ViaductError('config/unwritable', `${file} cannot be written (${code}).`, { cause: error });
  }
}

function isThere(file: string): ViaductError {
  return new ViaductError('usage/init', `${file} is there already and stays as it is.`);
}

function ignoreExisting(error: unknown): void {
  if (!(error instanceof ViaductError && error.code === 'usage/init')) throw error;
}

function writeFeeds({ title = 'viaduct', contact }: { title?: string; contact?: string }): string {
  const contactLine =
    contact === undefined
      ? '// "contact": "mailto:you@example.org", // how publishers reach you'
      : `"contact": ${JSON.stringify(contact)}, // how publishers reach you`;
  return `{
  // What this site follows. viaduct start takes every saved change in; viaduct check finds mistakes.
  // Comments like this one and a comma after the last entry are fine.
  "$schema": "./feeds.schema.json", // lets your editor complete and check this file

  "site": {
    "title": ${JSON.stringify(title)},
    // "url": "https://news.example.org", // where readers reach the site, before others subscribe
    ${contactLine}
  },

  // When every source is asked, as a cron expression: every 30 minutes. A source may have a "poll" of its own.
  "poll": "*/30 * * * *",

  "sources": [
    // Addresses of feeds, or objects that say more of one:
    // { "url": "https://example.org/feed.xml", "via": "@example", "category": "News" },
  ],
}
`;
}
