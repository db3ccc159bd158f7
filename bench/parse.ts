import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import FeedParser from 'feedparser';
import { parseFeed as feedsmith } from 'feedsmith';
import RssParser from 'rss-parser';
import { parseFeed } from '../src/parse/parse-feed.ts';
import { startFarm } from './farm-server.ts';

const FEEDS = 120;
const ROUNDS = 12;
/** The first ones warm the compiler up and are not counted. */
const WARM_UP_ROUNDS = 3;

/** CPU a feed, from bytes to entries: what the daemon does by default, and with sanitised HTML of every entry, beside
 *  rss-parser's parseString, feedsmith's parseFeed and Node feedparser alone. All contenders read every document in each round. */
export async function benchParse(): Promise<void> {
  const documents = await readDocuments();
  const texts = documents.map((bytes) => new TextDecoder().decode(bytes));
  const rssParser = new RssParser();
  const each = async <T>(list: readonly T[], read: (one: T) => unknown) => {
    for (const one of list) await read(one);
  };
  const baseUrl = 'https://feeds.example/feed';
  const contenders: Readonly<Record<string, () => Promise<void>>> = {
    'rss-parser parseString': () => each(texts, (text) => rssParser.parseString(text)),
    'viaduct, as the daemon': () => each(documents, (bytes) => parseFeed(bytes, { html: false, baseUrl })),
    'viaduct, sanitised HTML': () => each(documents, (bytes) => parseFeed(bytes, { html: true, baseUrl })),
    'feedsmith parseFeed': () => each(texts, (text) => feedsmith(text)),
    'Node feedparser': () => each(texts, (text) => readWithFeedparser(text, baseUrl)),
  };
  const samples = new Map<string, number[]>(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS + WARM_UP_ROUNDS; round += 1) {
    for (const [name, run] of Object.entries(contenders)) {
      const before = process.cpuUsage();
      await run();
      const { user, system } = process.cpuUsage(before);
      if (round >= WARM_UP_ROUNDS) samples.get(name)?.push((user + system) / 1000 / documents.length);
    }
  }
  const peer = median(samples.get('rss-parser parseString') ?? []);
  console.log(`${documents.length} XML feeds, ${ROUNDS} interleaved rounds, medians of CPU a feed`);
  console.table(
    Object.fromEntries(
      Array.from(samples, ([name, values]) => [
        name,
        { 'ms a feed': Number(median(values).toFixed(3)), 'of rss-parser': Number((median(values) / peer).toFixed(2)) },
      ]),
    ),
  );
}

/** All items of a document, as its streams give them. */
async function readWithFeedparser(text: string, feedurl: string): Promise<readonly unknown[]> {
  const parser = new FeedParser({ feedurl });
  parser.end(text);
  const items: unknown[] = [];
  for await (const item of parser) items.push(item);
  return items;
}

/** The farm's XML feeds that every contender can read; without the farm, the project's own fixtures. */
async function readDocuments(): Promise<Uint8Array[]> {
  const farm = await startFarm(FEEDS);
  const found: Uint8Array[] = [];
  if (farm) {
    try {
      for (const url of await farm.urls('healthy')) found.push(new Uint8Array(await (await fetch(url)).arrayBuffer()));
    } finally {
      await farm.stop();
    }
  } else {
    console.log('the farm is not here: fixtures of the project instead');
    const folder = path.resolve('test/fixtures');
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (name.endsWith('.xml')) found.push(readFileSync(path.join(folder, name)));
    }
  }
  const readable: Uint8Array[] = [];
  for (const bytes of found) {
    const text = new TextDecoder().decode(bytes);
    if (!text.trimStart().startsWith('<')) continue;
    try {
      await new RssParser().parseString(text);
      feedsmith(text);
      await readWithFeedparser(text, 'https://feeds.example/feed');
      readable.push(bytes);
    } catch {
      // One that a peer cannot read would make it look fast.
    }
  }
  return readable;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
