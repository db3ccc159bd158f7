import * as z from 'zod';
import { SOURCE_LIMITS } from '../identity/source-limits.ts';
import {
  contact,
  cron,
  filterRules,
  flag,
  hostOrNetwork,
  language,
  megabytes,
  network,
  oneOf,
  pattern,
  siteAddress,
  text,
  timezone,
  webAddress,
  wholeNumber,
} from './value-kinds.ts';

/** Some servers refuse addresses of more than 8,000. */
export const MAX_ADDRESS_CHARACTERS = 4000;

const content = oneOf(['summary', 'full', 'title']);
const poll = cron();
const timeoutSeconds = wholeNumber('seconds', 1, 600);

/** A source as an object. What is left out follows the whole file. */
const sourceSchema = z
  .strictObject({
    url: z
      .string({ error: 'expected the address of a feed, in quotes' })
      .max(MAX_ADDRESS_CHARACTERS, { error: `expected an address of at most ${MAX_ADDRESS_CHARACTERS} characters` })
      .regex(/^([hH][tT][tT][pP][sS]?:\/\/|[fF][iI][lL][eE]:|\$\{)/, {
        error: 'expected an address that begins with http:// or https:// (or file: for a feed beside this file)',
      })
      .describe(
        `Address of the feed: http(s)://…, or file:… for one in the folder of this file. \${NAME} is taken from the environment.`,
      ),
    id: z
      .exactOptional(pattern(/^[a-z0-9-]{1,60}$/, 'expected an id of 1 to 60 lower-case letters a-z, digits and "-"'))
      .describe('Stable name in data/ and in addresses. Left out, it is made from the address.'),
    title: z.exactOptional(text('expected a title', 200)).describe("Shown in place of the feed's own title."),
    via: z
      .exactOptional(text('expected a name such as "@handle"', 100))
      .describe('The name shown with each item after "via": "@handle" or a name.'),
    homepage: z.exactOptional(webAddress()).describe("The source's home page."),
    category: z
      .exactOptional(
        z.union([text('expected a category', 100), z.array(text('expected a category', 100)).max(10)], {
          error: 'expected a category, or a list of at most 10',
        }),
      )
      .describe('The category of its items, or a list of several.'),
    weight: z
      .exactOptional(
        z
          .number({ error: 'expected a number from -1 to 1' })
          .min(-1, 'expected a number from -1 to 1')
          .max(1, 'expected a number from -1 to 1'),
      )
      .describe(
        'Lifts its items on the front page, or lowers them: 1 is as much as ten times the points, or 12.5 hours.',
      ),
    content: z.exactOptional(content).describe('What of its items is republished. Left out, as in the whole file.'),
    poll: z.exactOptional(poll).describe('When it is asked, as a cron expression. Left out, as in the whole file.'),
    timeoutSeconds: z
      .exactOptional(timeoutSeconds)
      .describe('Seconds until one fetch is given up. Left out, limits.timeoutSeconds.'),
    license: z
      .exactOptional(oneOf(['own', 'cc', 'permitted']))
      .describe('By what right its items are shown here. With one, search engines may index their pages.'),
    private: z
      .exactOptional(flag())
      .describe(
        `Its address holds a secret: never printed, published or exported. True by itself for an address with a password or \${NAME}.`,
      ),
    insecureTls: flag().default(false).describe('Do not verify its TLS certificate. Shown on /status.'),
    disabled: flag().default(false).describe('Keep it in this list, but neither ask nor show it.'),
    include: z
      .exactOptional(filterRules())
      .describe(
        'Only entries with one of these words, phrases or /patterns/. "title:…", "text:…", "category:…" or "author:…" looks only there.',
      ),
    exclude: z
      .exactOptional(filterRules())
      .describe('No entries with one of these words, phrases or /patterns/, as in include.'),
  })
  .meta({ id: 'source' });

const siteSchema = z.strictObject(
  {
    title: text('expected a title', 200).default('viaduct').describe('Name of the site and of its feeds.'),
    description: text('expected a sentence or two', 1000, 0).default('').describe('What the site is about.'),
    language: language().default('en').describe('Language of the site, as in HTML: "en", "de", "pt-BR".'),
    url: z.exactOptional(siteAddress()).describe('Where readers reach the site. Left out, http://localhost:PORT.'),
    contact: z
      .exactOptional(contact())
      .describe('mailto: or a page. Publishers see it when we ask for their feeds, readers on /about.'),
  },
  { error: 'expected an object' },
);

const limitsSchema = z.strictObject(
  {
    concurrency: wholeNumber('sources', 1, 256).default(16).describe('Sources asked at the same time.'),
    perHost: wholeNumber('sources', 1, 64).default(1).describe('Sources asked at the same time of one host.'),
    timeoutSeconds: timeoutSeconds.default(30).describe('Seconds until one fetch is given up.'),
    maxBodyMB: megabytes(200).default(10).describe('Largest document, unpacked, in megabytes.'),
    maxEntries: wholeNumber('entries', 100, 1_000_000)
      .default(SOURCE_LIMITS.maxEntries)
      .describe('Entries kept of one source; the oldest that it does not list any more go first.'),
    maxSourceMB: megabytes(1000).default(SOURCE_LIMITS.maxSourceMB).describe('Megabytes kept of one source.'),
    newEntriesPerDay: wholeNumber('entries', 10, 1_000_000)
      .default(SOURCE_LIMITS.newEntriesPerDay)
      .describe('New entries of one source within 24 hours, its first document left out; more wait.'),
    maxMemoryMB: z
      .exactOptional(megabytes(1_000_000))
      .describe(
        'Megabytes kept of all sources. Beyond it the new entries of those that have more than their share wait. Left out, a third of the memory that Node gives itself.',
      ),
  },
  { error: 'expected an object' },
);

/** feeds.json as an object. A file that is a bare list stands for its `sources`. */
export const feedsSchema = z.strictObject(
  {
    $schema: z.exactOptional(z.string({ error: 'expected the path of a JSON Schema' })).describe('For editors only.'),
    site: siteSchema.prefault({}).describe('What the site says of itself.'),
    poll: poll
      .default('*/30 * * * *')
      .describe('When sources are asked, as a cron expression. Good manners and back-off only ever skip ticks.'),
    timezone: timezone().default('UTC').describe('IANA time zone of poll and of the dates on pages.'),
    items: wholeNumber('items', 1, 1000)
      .default(100)
      .describe('Items in each feed: the newest N, and everything that arrived in the last 48 hours (at most 500).'),
    content: content.default('summary').describe('What of an item is republished.'),
    link: oneOf(['original', 'page'])
      .default('original')
      .describe("What an item's link in feeds opens: the original, or our page, where every reading is counted."),
    tallies: flag().default(true).describe('Show views in feeds and on pages.'),
    status: oneOf(['public', 'local'])
      .default('public')
      .describe(
        'Who sees /status and /status/feed.xml: everybody, or only this machine (and nobody for whom a proxy asks).',
      ),
    retentionDays: wholeNumber('days', 0, 36_500)
      .default(90)
      .describe('Days that an item is kept after it was last listed by its source; 0 = for ever.'),
    allow: z
      .array(hostOrNetwork(), {
        error: 'expected a list of hosts or addresses',
      })
      .default([])
      .describe('Private addresses that may be asked all the same: host, host:port, IP address or CIDR.'),
    trustProxy: z
      .array(network(), { error: 'expected a list of IP addresses' })
      .default([])
      .describe('Proxies whose X-Forwarded-For is believed: IP address or CIDR.'),
    limits: limitsSchema.prefault({}).describe('Limits that protect this machine and the publishers.'),
    sources: z
      .array(
        z.union([sourceSchema.shape.url, sourceSchema], {
          error: 'expected the address of a feed in quotes, or an object with a "url"',
        }),
        { error: 'expected a list of sources' },
      )
      .describe('The feeds to follow: each an address, or an object with more about it.'),
  },
  { error: 'expected a list of addresses, or an object with "sources"' },
);

/** What feeds.json says, with the defaults filled in that do not depend on anything else. */
export type Feeds = z.output<typeof feedsSchema>;

/** The keys that each object of the file may have, by the first step of the path to it ('' = the file itself). */
export const KNOWN_KEYS: ReadonlyMap<string, readonly string[]> = new Map([
  ['', Object.keys(feedsSchema.shape)],
  ['site', Object.keys(siteSchema.shape)],
  ['limits', Object.keys(limitsSchema.shape)],
  ['sources', Object.keys(sourceSchema.shape)],
]);

/** The JSON Schema (draft 2020-12) of feeds.json, for editors. It is as strict as the form of JSON Schema allows: time zones, cron
 *  expressions, hosts and what needs the environment are judged by parseConfig alone. */
export function feedsJsonSchema(): object {
  const file = z.union([feedsSchema, feedsSchema.shape.sources]);
  const { $schema, ...schema } = z.toJSONSchema(file, { io: 'input' });
  return {
    $schema,
    title: 'feeds.json',
    description: 'The sources that viaduct follows and how it republishes them. A bare list of addresses is enough.',
    ...schema,
  };
}
