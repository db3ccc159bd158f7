import http from 'node:http';
import { matchDocument } from '../src/identity/match-document.ts';
import { hostOfUrl } from '../src/identity/url-keys.ts';
import type { FeedDocument, Source, SourceRecord } from '../src/model.ts';
import { parseFeed } from '../src/parse/parse-feed.ts';
import { aSource } from './dedupe-cases.ts';
import { startFarm } from './farm-server.ts';

const NOW = '2026-01-15T12:00:00.000Z';

/** What the farm knows of its feeds: which of their items are one article. */
interface Truth {
  readonly feeds: readonly { readonly id: number; readonly url: string }[];
  readonly clusters: readonly { readonly story: number; readonly members: readonly Member[] }[];
  readonly decoyTitles: Readonly<Record<string, number>>;
}

export interface Member {
  readonly feed: number;
  readonly guid: string | null;
  readonly link: string;
  readonly title: string;
}

/** All feeds of a farm, read once, and the truth about them. */
export interface Farm {
  readonly truth: Truth;
  readonly documents: ReadonlyMap<number, FeedDocument>;
}

/** Starts a farm of so many feeds on loopback, reads them all, and stops it; undefined where the farm is not at hand. */
export async function readFarm(feeds: number): Promise<Farm | undefined> {
  const farm = await startFarm(feeds, [`--now=${NOW}`]);
  if (!farm) return undefined;
  try {
    const truth = (await farm.command('/truth')) as Truth;
    const documents = new Map<number, FeedDocument>();
    for (const { id, url } of truth.feeds) {
      const { body, contentType } = await get(url);
      documents.set(id, await parseFeed(body, { contentType, baseUrl: url, html: false }));
    }
    return { truth, documents };
  } finally {
    await farm.stop();
  }
}

/** Every feed as a followed source after its first poll. */
export function pollFarm({
  truth,
  documents,
}: Farm): readonly { readonly source: Source; readonly record: SourceRecord }[] {
  const ownHosts = new Set(truth.feeds.flatMap(({ url }) => hostOfUrl(url) ?? []));
  return truth.feeds.flatMap(({ id, url }) => {
    const document = documents.get(id);
    if (!document) return [];
    const source = aSource({ id: `f${id}`, url });
    const context = { ownHosts, addressChanged: false, baseUrl: url, retentionDays: 0, now: NOW };
    return [{ source, record: matchDocument({ source, record: undefined, document, ...context }).record }];
  });
}

function get(url: string): Promise<{ body: Buffer; contentType: string }> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, (response) => {
      const { location } = response.headers;
      if (location) {
        response.resume();
        resolve(get(new URL(location, url).href));
        return;
      }
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ body: Buffer.concat(chunks), contentType: response.headers['content-type'] ?? '' }),
      );
      response.on('error', reject);
    });
    request.on('error', reject);
  });
}
