import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { complaintsAboutAtom, complaintsAboutJsonFeed, complaintsAboutRss } from '../test/publish/feed-rules.ts';
import { hasXmllint, parseStrictXml } from '../test/publish/strict-xml.ts';
import { hostileCases } from './collection/cases.ts';
import { hostileDocuments } from './collection/served-documents.ts';
import { corpusDocuments } from './corpus-documents.ts';
import { type Reading, readWithFeedsmith, readWithRssParser } from './foreign-readers.ts';
import { type Ingested, ingest, type ServedDocument } from './ingest.ts';
import type { Check, Report } from './report.ts';
import { FEED } from './site-judge.ts';

const PER_XMLLINT = 300;
const SLIPS = /\bundefined\b|\bNaN\b|\[object \w+\]|Invalid Date/g;
/** Characters beside a slip that show whether a document said it itself. */
const CONTEXT = 12;

export const check: Check = {
  title: 'Well-formed output: every feed of every list after the whole of the collections',
  async run(report) {
    const documents = [...corpusDocuments(), ...hostileDocuments(hostileCases())];
    const config = {
      content: 'full',
      limits: { perHost: 16, concurrency: 16 },
      site: { url: 'https://watch.example' },
    };
    await ingest(documents, config, async (ingested) => {
      const { items, outcomes } = ingested;
      const fewestItems = Math.round(documents.length * 0.68);
      const fewestFeeds = Math.round(documents.length * 2.25);
      report.figure(
        `items of ${documents.length} documents`,
        items.length,
        `> ${fewestItems}`,
        items.length > fewestItems,
      );
      report.figure('ways in which polls ended', tallyOf([...outcomes.values()]), 'no bug', isWithoutBug(ingested));
      const files = await ingested.build();
      const feeds = [...files].filter(([name]) => FEED.test(name));
      report.figure('feeds published', feeds.length, `> ${fewestFeeds}`, feeds.length > fewestFeeds);
      const ill = feeds.flatMap(([name, text]) => faultsOf(name, text));
      report.none('feeds that break a rule of their format (saxes, JSON.parse)', ill);
      parseStrictXml(files.get('opml.xml') ?? '');
      if (hasXmllint) judgeByXmllint(ingested.folder, [...files.keys()], report);
      else report.skip('no xmllint: one strict parser only');
      await compareReadings(feeds, report);
      const slips = [...files].flatMap(([name, text]) => slipsIn(name, text, documents));
      report.none('undefined, NaN, [object Object], Invalid Date', slips);
    });
  },
};

const isWithoutBug = ({ outcomes, said }: Ingested) =>
  !/TypeError|RangeError|ReferenceError/.test(said) &&
  [...outcomes.values()].every((outcome) => outcome !== 'undefined');

function faultsOf(name: string, text: string): readonly string[] {
  const complain = name.endsWith('.json')
    ? complaintsAboutJsonFeed
    : name.endsWith('atom.xml')
      ? complaintsAboutAtom
      : complaintsAboutRss;
  try {
    return complain(text).map((fault) => `${name}: ${fault}`);
  } catch (error) {
    return [`${name}: ${error}`];
  }
}

function judgeByXmllint(folder: string, names: readonly string[], report: Report): void {
  const xml = names.filter((name) => name.endsWith('.xml'));
  const faults: string[] = [];
  for (let start = 0; start < xml.length; start += PER_XMLLINT) {
    const some = xml.slice(start, start + PER_XMLLINT);
    const cwd = path.join(folder, 'site');
    const { status, stderr } = spawnSync('xmllint', ['--noout', '--nonet', '--huge', ...some], {
      cwd,
      encoding: 'utf8',
    });
    if (status !== 0) faults.push(stderr);
  }
  report.none(`documents that xmllint refuses, of ${xml.length}`, faults);
}

/** feedsmith and rss-parser must read the same in all three formats. */
async function compareReadings(feeds: readonly (readonly [string, string])[], report: Report): Promise<void> {
  const texts = new Map(feeds);
  const faults: string[] = [];
  let readings = 0;
  for (const [name, text] of feeds) {
    if (name === OPERATORS_FEED) continue;
    const json = JSON.parse(texts.get(name.replace(/[^/]+$/, 'feed.json')) ?? '') as { items: readonly JsonItem[] };
    const isRss = name.endsWith('feed.xml');
    const published = json.items.map(
      ({ id, title, url, date_published: at }): Reading => [id, title, url, atOf(at, isRss)],
    );
    const read = [readWithFeedsmith(name, text), ...(name.endsWith('.xml') ? [await readWithRssParser(text)] : [])];
    readings += read.length;
    for (const reading of read) faults.push(...differences(published, reading).map((fault) => `${name}: ${fault}`));
  }
  report.none(`differences in ${readings} readings by feedsmith and rss-parser`, faults);
}

/** It has one format only. */
const OPERATORS_FEED = 'status/feed.xml';

interface JsonItem {
  readonly id: string;
  readonly title: string;
  readonly url: string;
  readonly date_published: string;
}

/** RFC 822 dates have no milliseconds. */
const atOf = (at: string, isRss: boolean) => (isRss ? Math.floor(Date.parse(at) / 1000) * 1000 : Date.parse(at));

function differences(published: readonly Reading[], read: readonly Reading[]): readonly string[] {
  if (published.length !== read.length) return [`${published.length} entries, read ${read.length}`];
  return published.flatMap((one, index) => {
    const other = read[index] ?? [];
    return one.flatMap((field, at) =>
      field === other[at] ? [] : [`${JSON.stringify(field)} was read as ${JSON.stringify(other[at])}`],
    );
  });
}

/** Such words in an output, unless a document says them in the same place. */
function slipsIn(name: string, text: string, documents: readonly ServedDocument[]): readonly string[] {
  return [...text.matchAll(SLIPS)].flatMap(({ 0: word, index }) => {
    const before = plain(text.slice(Math.max(0, index - 60), index)).slice(-CONTEXT);
    const after = plain(text.slice(index + word.length, index + word.length + 60)).slice(0, CONTEXT);
    const said = before + word + after;
    const isTheirs = documents.some(({ body }) => plain(body.toString('utf8')).includes(plain(said)));
    return isTheirs ? [] : [`${name}: …${text.slice(Math.max(0, index - 30), index + 30)}…`];
  });
}

/** Letters and digits of a text: mark-up and escapes between them differ from format to format. */
function plain(text: string): string {
  return text.replace(/&#?\w+;|\\u[\da-f]{4}|<[^>]*>/gi, '').replace(/[^\p{L}\p{N}]+/gu, '');
}

function tallyOf(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([word, count]) => `${word} ${count}`)
    .join(', ');
}
