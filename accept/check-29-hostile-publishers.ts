import { readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import * as fc from 'fast-check';
import { parseFeed } from '../src/parse/parse-feed.ts';
import { spawnViaduct, viaduct, withFolder } from '../test/helpers/run-viaduct.ts';
import { ask } from './ask.ts';
import type { Check, Report } from './report.ts';

const DOCUMENTS = 1_000;
const MAX_RATIO = 8;
const POLLS = 100;
const GROWTH_MB = 60;
const SOURCE_MB = 20;

export const check: Check = {
  title: `Hostile publishers: ${DOCUMENTS} documents that say things once for many entries, and ${POLLS} polls of fresh ones`,
  async run(report) {
    await amplify(report);
    await crashLoop(report);
    await flood(report);
  },
};

const long = fc
  .integer({ min: 0, max: 6 })
  .chain((size) => fc.constantFrom('p', '\\\\', '"', 'ü').map((sign) => sign.repeat(4 ** size)));
/** A document whose attributes, bases, authors and entities count for each of its entries. */
const aDocument = fc
  .record({
    kind: fc.constantFrom('rss', 'atom', 'json'),
    base: long,
    bases: fc.integer({ min: 0, max: 40 }),
    authors: fc.integer({ min: 0, max: 60 }),
    author: long,
    entity: long,
    entries: fc.integer({ min: 1, max: 1_000 }),
    pictures: fc.integer({ min: 0, max: 5 }),
  })
  .map(({ kind, base, bases, authors, author, entity, entries, pictures }) => {
    const times = <T>(count: number, one: (at: number) => T) => Array.from({ length: count }, (_, at) => one(at));
    const text = (value: string) => value.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
    if (kind === 'json')
      return JSON.stringify({
        version: 'https://jsonfeed.org/version/1.1',
        home_page_url: `https://a.example/${base}/`,
        authors: times(authors, (at) => ({ name: at + author, url: `https://a.example/${at}${author}` })),
        items: times(entries, (at) => ({
          id: `${at}`,
          url: `${at}`,
          image: 'i',
          attachments: times(pictures, (n) => ({ url: `${n}` })),
        })),
      });
    const around = (inner: string) => times(bases, () => `<items xml:base="${text(base)}/">`).join('') + inner;
    const head = `<!DOCTYPE x [<!ENTITY e "${text(entity).slice(0, 4000)}">]>`;
    if (kind === 'atom')
      return `${head}<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://a.example/${text(base)}/">${times(authors, (at) => `<author><name>${at}${text(author)}</name><uri>${at}</uri></author>`).join('')}${times(entries, (at) => `<entry><id>${at}&e;</id><title>&e;</title><link href="#${at}"/></entry>`).join('')}</feed>`;
    return `${head}<rss><channel>${around(times(entries, (at) => `<item><link>${at}</link><guid>${at}&e;</guid><title>&e;</title><comments>${at}</comments>${'<enclosure url="a"/>'.repeat(pictures)}</item>`).join(''))}`;
  });

async function amplify(report: Report): Promise<void> {
  let [sent, kept, over] = [0, 0, 0];
  for (const text of fc.sample(aDocument, { numRuns: DOCUMENTS, seed: 1 })) {
    const bytes = new TextEncoder().encode(text);
    const { entries } = await parseFeed(bytes, { html: true, baseUrl: `https://a.example/${'p'.repeat(1900)}/feed` });
    const size = JSON.stringify(entries).length;
    sent += bytes.length;
    kept += size;
    if (size > 4 * bytes.length + 1_000_000) over += 1;
  }
  report.none(`of ${DOCUMENTS} documents, those of which more is kept than 4 × their bytes and 1 MB`, over);
  const ratio = kept / sent;
  report.figure(
    `kept ÷ sent, of all ${Math.round(sent / 1e6)} MB`,
    ratio.toFixed(2),
    `<= ${MAX_RATIO}`,
    ratio <= MAX_RATIO,
  );
}

/** 3 KB that once made a record of 320 MB, with which no start got through. */
async function crashLoop(report: Report): Promise<void> {
  const body = `<rss><channel>${`<items xml:base="${'p'.repeat(4000)}/">`.repeat(40)}${Array.from({ length: 500 }, (_, n) => `<item><link>${n}</link></item>`).join('')}`;
  await serving(
    () => body,
    async (url) => {
      await withFolder({ allow: ['127.0.0.1'], sources: [{ id: 'bad', url }] }, async (folder) => {
        report.equal('exit code of the poll', (await viaduct(folder, 'poll')).code, 0);
        report.equal('exit code of the next', (await viaduct(folder, 'poll', '--force')).code, 0);
        const mb = await storedMB(folder);
        report.figure('stored, MB', mb.toFixed(1), '< 2', mb < 2);
      });
    },
  );
}

/** A daemon whose one source has 1,000 fresh items at every poll. */
async function flood(report: Report): Promise<void> {
  let asked = 0;
  const fresh = () => {
    asked += 1;
    return `<rss><channel>${Array.from({ length: 1_000 }, (_, n) => `<item><guid>${asked}-${n}</guid><link>https://x.example/${asked}/${n}/${'q'.repeat(1_500)}</link><title>${asked} ${n}</title></item>`).join('')}</channel></rss>`;
  };
  await serving(fresh, async (url) => {
    const config = {
      allow: ['127.0.0.1'],
      poll: '* * * * * *',
      limits: { newEntriesPerDay: 1_000_000 },
      sources: [{ id: 'bad', url }],
    };
    await withFolder(config, async (folder) => {
      const daemon = spawnViaduct(folder, ['start', '--port', '0'], ['env', 'NODE_OPTIONS=--max-old-space-size=512']);
      const port = Number((await daemon.logged('serving')).port);
      const residentMB = () =>
        (Number(readFileSync(`/proc/${daemon.child.pid}/statm`, 'utf8').split(' ')[1]) * 4096) / 1e6;
      const until = async (polls: number) => {
        while (asked < polls) await new Promise((resolve) => setTimeout(resolve, 100));
      };
      await until(POLLS / 2);
      const middle = residentMB();
      await until(POLLS);
      const growth = residentMB() - middle;
      report.figure(
        `growth from poll ${POLLS / 2} to ${POLLS}, MB (of ${middle.toFixed(0)})`,
        growth.toFixed(0),
        `< ${GROWTH_MB}`,
        growth < GROWTH_MB,
      );
      const mb = await storedMB(folder);
      report.figure('stored of the source, MB', mb.toFixed(1), `< ${SOURCE_MB * 1.1}`, mb < SOURCE_MB * 1.1);
      const status = await ask(`http://127.0.0.1:${port}/status`);
      report.equal('/status says so', String(/oldest entries were dropped/.test(status.body)), 'true');
      daemon.child.kill('SIGTERM');
      report.equal('exit code afterwards', (await daemon.ended).code, 0);
    });
  });
}

async function storedMB(folder: string): Promise<number> {
  const sources = path.join(folder, 'data/sources');
  const names = (await readdir(sources)).filter((name) => name.endsWith('.json'));
  const sizes = await Promise.all(names.map(async (name) => (await stat(path.join(sources, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0) / 1e6;
}

async function serving(body: () => string, work: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/rss+xml' }).end(body());
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/feed`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
