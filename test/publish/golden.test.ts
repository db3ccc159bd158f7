import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { publishOpml } from '../../src/publish/opml.ts';
import { publishFeed } from '../../src/publish/publish-feed.ts';
import { aConfig, aContext, aList, anEntry, anItem, aSource, html, published } from './build-item.ts';

/** The published bytes as files, for people to read and for diffs to show. After a change that is meant:
 *  UPDATE=1 node dist/test/publish/golden.test.js */
const FOLDER = 'test/fixtures/publish';

const sources = [
  aSource({
    id: 'kimmonismus',
    via: '@kimmonismus',
    homepage: 'https://x.com/kimmonismus',
    private: true,
    categories: ['Opinion & Analysis'],
  }),
  aSource({ id: 'field', title: 'Field Notes', homepage: 'https://field.example/', content: 'full' }),
  aSource({ id: 'planet', title: 'Planet Models', url: 'https://planet.example/atom.xml?lang=en&n=50' }),
  aSource({ id: 'headlines', title: 'Headlines', content: 'title', categories: ['News'] }),
];

const items = [
  anItem({ categories: ['Opinion & Analysis'] }, [
    anEntry({
      id: 'c5k2m9q7aabb',
      source: 'kimmonismus',
      title: 'Small models, long memory: the assistant moves onto the device',
      url: 'https://x.com/kimmonismus/status/1',
      viaUrl: 'https://x.com/kimmonismus/status/1',
      text: 'A widely shared thread argues that the next assistant will be judged by what it remembers. The numbers are thinner than the confidence. There is more.',
      authors: [{ name: 'Chubby♨️', url: 'https://x.com/kimmonismus' }],
    }),
    anEntry({
      id: 'dddd2m9q7aab',
      viaUrl: 'https://field.example/notes/1',
      firstSeen: '2026-03-04T11:00:00.000Z',
    }),
  ]),
  anItem({ categories: ['Podcasts'] }, [
    anEntry({
      id: 'e5k2m9q7aabb',
      title: 'C++ & <templates>: 10 < 20 && "quoted" ]]> done',
      url: 'https://field.example/talks/7?a=1&b=2#t=30',
      viaUrl: 'https://field.example/talks/7',
      summary: 'The publisher’s own summary, whole & unescaped.',
      html: html('<p>All of it, with <a href="https://field.example/x?a=1&amp;b=2">a link</a>.</p>'),
      authors: [{ name: 'Jane Doe' }, { name: 'Jo', email: 'jo@field.example' }],
      categories: ['Programming', 'Podcasts'],
      enclosures: [
        { url: 'https://cdn.field.example/7.m4a', type: 'audio/x-m4a', length: 12_345_678 },
        { url: 'https://cdn.field.example/7.vtt', type: 'text/vtt' },
      ],
      image: 'https://field.example/7.jpg',
      language: 'en-GB',
      date: '2026-03-03T18:00:00.000Z',
      edited: '2026-03-04T08:00:00.000Z',
    }),
  ]),
  anItem({}, [
    anEntry({
      id: 'f5k2m9q7aabb',
      source: 'planet',
      title: '記憶の長い小さなモデル',
      url: 'https://blog.example/記憶',
      viaUrl: 'https://blog.example/記憶',
      text: 'これは文です。次の文です。三つ目の文です。',
      language: 'ja',
      origins: [{ title: 'Hanako', url: 'https://blog.example/', feed: 'https://blog.example/feed' }],
      date: '2026-03-02T00:00:00.000Z',
    }),
  ]),
  anItem({ categories: ['News'] }, [
    anEntry({
      id: 'g5k2m9q7aabb',
      source: 'headlines',
      title: 'Open weights licence gains a patent clause',
      url: 'https://headlines.example/42',
      viaUrl: 'https://headlines.example/42',
      date: '2026-03-01T00:00:00.000Z',
    }),
  ]),
];

const config = aConfig({ sources });
const views = new Map([
  ['c5k2m9q7aabb', 24],
  ['e5k2m9q7aabb', 1],
]);
const context = aContext(config, { views: (item) => views.get(item.id) ?? 0, stylesheetPath: '/feed.css' });
const merged = publishFeed(aList(items), context);
const pages = publishFeed(
  aList(items, { key: 'sources/field', title: 'Field Notes on Model Watch', path: '/sources/field' }),
  aContext({ ...config, link: 'page', tallies: false }),
);

const golden: readonly (readonly [name: string, bytes: string])[] = [
  ['merged.rss.xml', merged.rss],
  ['merged.atom.xml', merged.atom],
  ['merged.feed.json', `${JSON.stringify(JSON.parse(merged.json), undefined, 2)}\n`],
  ['link-page.rss.xml', pages.rss],
  ['link-page.atom.xml', pages.atom],
  ['sources.opml', publishOpml(config, sources.map(published))],
];
for (const [name, bytes] of golden) {
  test(`publishFeed: ${name} is as it was`, () => {
    const file = `${FOLDER}/${name}`;
    if (process.env.UPDATE === '1') {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(file, bytes);
    }
    assert.fixture(bytes, readFileSync(file, 'utf8'));
  });
}

test.run();
