import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { withServer } from '../test/helpers/http-server.ts';
import { spawnViaduct } from '../test/helpers/run-viaduct.ts';
import { ask } from './ask.ts';
import { ingest } from './ingest.ts';
import type { Check, Report } from './report.ts';

const run = promisify(execFile);
const PATIENCE_MS = 60_000;
const PYTHON = '/usr/bin/python3';
const FEEDS = ['feed.xml', 'atom.xml'];

const TITLES = [
  'Small models, long memory',
  'AT&T buys it; "why" isn’t told',
  'Bold <b>claims</b> and 1 < 2',
  '日本語のタイトル',
  'A family 👩‍👩‍👧 and é, ü, ø',
  '100 % of &amp; signs',
];
const AUTHORS = ['Ada Lovelace', 'Søren & Søn', '山田 太郎'];
const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
const SOURCE = `<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><id>urn:x</id><title>Field Notes</title><updated>2026-03-01T00:00:00Z</updated><link href="https://notes.example/"/>${TITLES.map(
  (title, n) =>
    `<entry><id>urn:x:${n}</id><title>${escapeXml(title)}</title><link href="https://notes.example/${n}?a=1&amp;b=2"/><author><name>${escapeXml(AUTHORS[n % 3] ?? '')}</name></author><published>2026-03-0${n + 1}T09:1${n}:00Z</published><updated>2026-03-0${n + 1}T09:1${n}:00Z</updated><summary>What number ${n} says.</summary></entry>`,
).join('')}</feed>`;

/** An entry as a reader keeps it; time in seconds since 1970. */
interface Kept {
  readonly title: string;
  readonly link: string;
  readonly author: string;
  readonly at: number;
}

interface Logged {
  readonly path: string;
  readonly isConditional: boolean;
  readonly status: number;
}

export const check: Check = {
  title: 'Feed readers: newsboat, sfeed and feedparser subscribe, and get 304 when nothing has changed',
  async run(report) {
    const document = { id: 'notes', body: Buffer.from(SOURCE), contentType: 'application/atom+xml' };
    await ingest([document], { site: { url: 'https://watch.example' } }, async ({ folder }) => {
      const daemon = spawnViaduct(folder, ['serve', '--port', '0']);
      const { port } = await daemon.logged('serving');
      await withProxy(Number(port), async (url, log) => {
        const expected = await publishedEntries(url);
        report.equal('entries published', expected.length, TITLES.length);
        for (const reader of readers) await judge(reader, url, log, expected, report);
      });
    });
  },
};

/** Passes everything on to the server, and logs it. */
function withProxy(port: number, work: (url: string, log: Logged[]) => Promise<void>): Promise<void> {
  const log: Logged[] = [];
  return withServer(
    ({ url = '', method, headers }, response) => {
      const asked = request({ host: '127.0.0.1', port, path: url, method, headers, agent: false }, (answer) => {
        const { statusCode: status = 0 } = answer;
        const isConditional = headers['if-none-match'] !== undefined || headers['if-modified-since'] !== undefined;
        log.push({ path: url, isConditional, status });
        response.writeHead(status, answer.rawHeaders);
        answer.pipe(response);
      });
      asked.on('error', () => response.destroy());
      asked.end();
    },
    (server) => work(server.url, log),
  );
}

async function publishedEntries(url: string): Promise<readonly Kept[]> {
  const { items } = JSON.parse((await ask(`${url}/feed.json`)).body) as {
    items: { title: string; url: string; authors: { name: string }[]; date_published: string }[];
  };
  return items.map(({ title, url: link, authors, date_published: at }) => ({
    title,
    link,
    author: authors[0]?.name ?? '',
    at: Math.floor(Date.parse(at) / 1000),
  }));
}

interface Reader {
  readonly name: string;
  readonly program: string;
  /** Loads so often until it asks conditionally. */
  readonly loads: number;
  /** Whether the program can be run here, beyond its file being there. */
  isReady(): Promise<boolean>;
  /** Loads one feed once; `home` is kept from load to load. What it has of the feed afterwards. */
  load(home: string, feed: string): Promise<readonly Kept[]>;
}

const environment = (home: string) => ({ HOME: home, PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', TERM: 'dumb' });

const newsboat: Reader = {
  name: 'newsboat',
  program: '/usr/bin/newsboat',
  // 2.21 keeps the tag only from its second load on.
  loads: 3,
  isReady: async () => existsSync(PYTHON),
  async load(home, feed) {
    const file = (name: string) => path.join(home, name);
    await writeFile(file('urls'), `${feed}\n`);
    await writeFile(file('config'), '');
    const flags = ['-u', file('urls'), '-c', file('cache.db'), '-C', file('config'), '-x', 'reload'];
    await run(newsboat.program, flags, { env: environment(home), timeout: PATIENCE_MS });
    const script = `import json, sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute('select title, url, author, pubDate from rss_item')
print(json.dumps([dict(title=t, link=u, author=a, at=d) for t, u, a, d in rows]))`;
    const { stdout } = await run(PYTHON, ['-c', script, file('cache.db')]);
    return JSON.parse(stdout) as Kept[];
  },
};

const sfeed: Reader = {
  name: 'sfeed',
  program: '/usr/bin/sfeed_update',
  loads: 2,
  isReady: async () => existsSync('/usr/bin/curl'),
  async load(home, feed) {
    const sfeedrc = `sfeedpath="${home}/feeds"
fetch() { curl -s -f -m 15 --etag-compare "${home}/etag" --etag-save "${home}/etag" "$2" 2>/dev/null; }
feeds() { feed "one" "${feed}"; }
`;
    await writeFile(path.join(home, 'sfeedrc'), sfeedrc);
    await run(sfeed.program, [path.join(home, 'sfeedrc')], { env: environment(home), timeout: PATIENCE_MS });
    const text = await readFile(path.join(home, 'feeds', 'one'), 'utf8');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [at, title = '', link = '', , , , author = ''] = line.split('\t');
        return { title, link, author, at: Number(at) };
      });
  },
};

const feedparser: Reader = {
  name: 'feedparser',
  program: PYTHON,
  loads: 2,
  isReady: () =>
    run(PYTHON, ['-c', 'import feedparser']).then(
      () => true,
      () => false,
    ),
  async load(home, feed) {
    const script = `import calendar, feedparser, json, os, sys
known = json.load(open('known')) if os.path.exists('known') else {}
d = feedparser.parse(sys.argv[1], etag=known.get('etag'), modified=known.get('modified'))
if d.status == 200:
    if d.bozo: sys.exit(str(d.bozo_exception))
    known = dict(etag=d.get('etag'), modified=d.get('modified'), entries=[dict(title=e.title, link=e.link, author=e.author, at=calendar.timegm(e.published_parsed)) for e in d.entries])
    json.dump(known, open('known', 'w'))
print(json.dumps(known['entries']))`;
    const { stdout } = await run(PYTHON, ['-c', script, feed], { cwd: home, timeout: PATIENCE_MS });
    return JSON.parse(stdout) as Kept[];
  },
};

const readers: readonly Reader[] = [newsboat, sfeed, feedparser];

async function judge(
  reader: Reader,
  url: string,
  log: Logged[],
  expected: readonly Kept[],
  report: Report,
): Promise<void> {
  const { name, program, loads, isReady, load } = reader;
  if (!existsSync(program) || !(await isReady())) return report.skip(`${name} is not installed`);
  for (const feed of FEEDS) {
    const home = await mkdtemp(path.join(tmpdir(), `viaduct-${name}-`));
    try {
      const before = log.length;
      let kept: readonly Kept[] = [];
      for (let n = 0; n < loads; n += 1) kept = await load(home, `${url}/${feed}`);
      const faults = differences(expected, kept);
      report.figure(
        `${name} ${feed}: titles, links, authors and dates`,
        faults,
        'as published',
        faults === 'as published',
      );
      const seen = log.slice(before).filter((one) => one.path === `/${feed}`);
      const last = seen.at(-1);
      const words = seen
        .map(({ isConditional, status }) => `${isConditional ? 'conditional ' : ''}${status}`)
        .join(', ');
      const isGood = seen.length === loads && last?.isConditional === true && last.status === 304;
      report.figure(`${name} ${feed}: its ${loads} requests`, words, 'the last one conditional 304', isGood);
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  }
}

function differences(expected: readonly Kept[], kept: readonly Kept[]): string {
  if (kept.length !== expected.length) return `${kept.length} entries of ${expected.length}`;
  const faults = expected.flatMap((entry) => {
    const found = kept.find(({ link }) => link === entry.link);
    if (!found) return [`no ${entry.link}`];
    return (['title', 'author', 'at'] as const).flatMap((key) =>
      found[key] === entry[key] ? [] : [`${entry[key]} is ${found[key]}`],
    );
  });
  return faults.join('; ') || 'as published';
}
