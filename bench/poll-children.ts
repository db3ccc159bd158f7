import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { Feed } from 'feed';
import { JSONFilePreset } from 'lowdb/node';
import Parser from 'rss-parser';
import { Agent, request } from 'undici';
import { openApp } from '../src/app.ts';
import { parseConfig } from '../src/config/parse-config.ts';

/** Who polls: viaduct as a daemon that serves, the script of an evening, or requests and nothing else. */
export type Kind = 'viaduct' | 'evening script' | 'bare requests';

/** One process that can poll all feeds again and again. */
interface Poller {
  /** Resolves when everything that a pass causes is done. */
  pass(): Promise<void>;
  close(): Promise<void>;
}

export interface PassCost {
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Of the process since it began. */
  readonly peakMB: number;
  /** Of the main thread, milliseconds: 99th percentile, and the longest. */
  readonly loopDelayMs: number;
  readonly loopLongestMs: number;
}

const CONCURRENCY = 16;
/** Longer than viaduct's pause between two makings of a list. */
const SETTLED_MS = 1500;

/** What a child process does: a pass at each message, told with what it cost. */
export async function runPollChild(kind: Kind, folder: string, urls: readonly string[]): Promise<void> {
  const open = { viaduct: openViaduct, 'evening script': openEvening, 'bare requests': openBare }[kind];
  const poller = await open(folder, urls);
  process.on('message', async (message) => {
    if (message === 'end') {
      await poller.close();
      process.disconnect();
      return;
    }
    process.send?.(await measure(() => poller.pass()));
  });
  process.send?.('ready');
}

/** What a pass costs its process. */
export async function measure(pass: () => Promise<void>): Promise<PassCost> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const before = process.cpuUsage();
  const startedAt = performance.now();
  delay.enable();
  await pass();
  delay.disable();
  const { user, system } = process.cpuUsage(before);
  return {
    cpuMs: (user + system) / 1000,
    wallMs: performance.now() - startedAt,
    peakMB: process.resourceUsage().maxRSS / 1024,
    loopDelayMs: delay.percentile(99) / 1e6,
    loopLongestMs: delay.max / 1e6,
  };
}

/** As `start` runs it: what arrives is published while the pass goes on. */
async function openViaduct(folder: string, urls: readonly string[]): Promise<Poller> {
  const configFile = path.join(folder, 'feeds.json');
  const text = JSON.stringify({ allow: ['127.0.0.0/8'], limits: { concurrency: CONCURRENCY }, sources: urls });
  const config = parseConfig(text, { file: configFile, port: 0, env: {} });
  const place = {
    port: 0,
    host: '127.0.0.1',
    dataDir: path.join(folder, 'data'),
    configFile,
    logLevel: 'silent',
  } as const;
  const app = await openApp(config, place, { log: () => {} });
  const port = await app.serve();
  return {
    async pass() {
      await app.poller.pass({ sources: config.sources, force: true });
      await wait(SETTLED_MS);
      await (await fetch(`http://127.0.0.1:${port}/feed.xml`)).arrayBuffer();
    },
    close: () => app.close(1000),
  };
}

interface Kept {
  readonly guid: string;
  readonly title: string;
  readonly link: string;
  readonly date: string;
  readonly summary: string;
}

/** What somebody writes in an evening: every feed at once, what was not there yet into one file, the newest as RSS. */
async function openEvening(folder: string, urls: readonly string[]): Promise<Poller> {
  const parser = new Parser();
  const db = await JSONFilePreset<{ items: Kept[] }>(path.join(folder, 'db.json'), { items: [] });

  async function pass(): Promise<void> {
    const known = new Set(db.data.items.map(({ guid }) => guid));
    const answers = await Promise.allSettled(urls.map((url) => parser.parseURL(url)));
    for (const answer of answers) {
      if (answer.status === 'rejected') continue;
      for (const { guid, link = '', title = '', isoDate, contentSnippet = '' } of answer.value.items) {
        const id = guid ?? link;
        if (known.has(id)) continue;
        known.add(id);
        const date = isoDate ?? new Date().toISOString();
        db.data.items.push({ guid: id, title, link, date, summary: contentSnippet });
      }
    }
    await db.write();
    await writeFile(path.join(folder, 'feed.xml'), render(db.data.items));
  }

  return { pass, close: async () => {} };
}

function render(items: readonly Kept[]): string {
  const feed = new Feed({ id: 'http://localhost/', link: 'http://localhost/', title: 'All', copyright: '' });
  const newest = items.toSorted((a, b) => (a.date < b.date ? 1 : -1)).slice(0, 100);
  for (const { guid, title, link, date, summary } of newest) {
    feed.addItem({ id: guid, title, link, date: new Date(date), description: summary });
  }
  return feed.rss2();
}

/** What polling cannot do without: conditional requests, as many at once as viaduct's, and the bodies thrown away. */
async function openBare(_folder: string, urls: readonly string[]): Promise<Poller> {
  const validators = new Map<string, Record<string, string>>();

  async function get(asked: string, url: string, dispatcher: Agent): Promise<void> {
    const headers = { 'accept-encoding': 'gzip', ...validators.get(asked) };
    const answer = await request(url, { dispatcher, headers });
    await answer.body.dump({ limit: Number.MAX_SAFE_INTEGER });
    const { etag, location, 'last-modified': lastModified } = answer.headers;
    if (answer.statusCode >= 300 && typeof location === 'string')
      return get(asked, new URL(location, url).href, dispatcher);
    if (answer.statusCode !== 200) return;
    validators.set(asked, {
      ...(typeof etag === 'string' && { 'if-none-match': etag }),
      ...(typeof lastModified === 'string' && { 'if-modified-since': lastModified }),
    });
  }

  async function pass(): Promise<void> {
    // No connection outlives the half hour between two passes.
    const dispatcher = new Agent({ connections: 1 });
    const queue = urls.values();
    const worker = async () => {
      for (const url of queue) await get(url, url, dispatcher);
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
    await dispatcher.close();
  }

  return { pass, close: async () => {} };
}
