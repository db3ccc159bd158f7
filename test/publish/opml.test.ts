import { parseOpml } from 'feedsmith';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Source } from '../../src/model.ts';
import { parseOpml as readOpml } from '../../src/parse/opml.ts';
import { publishOpml } from '../../src/publish/opml.ts';
import { aConfig, aSource, published } from './build-item.ts';
import { parseStrictXml } from './strict-xml.ts';

function publish(sources: readonly Source[]): string {
  return publishOpml(aConfig({ sources }), sources.map(published));
}

test('publishOpml: sources in their order, those with a category below it, read back by feedsmith', () => {
  const opml = publish([
    aSource({ id: 'a', title: 'Field "Notes" & <more>', homepage: 'https://a.example/' }),
    aSource({ id: 'b', via: '@b', categories: ['Opinion & Analysis'] }),
    aSource({ id: 'c', categories: ['__proto__'] }),
    aSource({ id: 'd', categories: ['Opinion & Analysis'], url: 'https://d.example/f?x=1&y=a|b' }),
  ]);
  parseStrictXml(opml);
  const feed = (id: string, text: string, xmlUrl = `https://${id}.example/feed.xml`) => ({
    text,
    type: 'rss',
    title: text,
    xmlUrl,
  });
  assert.equal(parseOpml(opml), {
    head: { title: 'Sources of Model Watch' },
    body: {
      outlines: [
        { ...feed('a', 'Field "Notes" & <more>'), htmlUrl: 'https://a.example/' },
        { text: 'Opinion & Analysis', outlines: [feed('b', '@b'), feed('d', 'd', 'https://d.example/f?x=1&y=a%7Cb')] },
        { text: '__proto__', outlines: [feed('c', 'c')] },
      ],
    },
  });
});

test('publishOpml: a source of several categories comes back with all of them', () => {
  const opml = publish([aSource({ id: 'a', categories: ['Law, and more', 'Opinion & Analysis'] })]);
  assert.equal(readOpml(Buffer.from(opml))[0]?.categories, ['Law, and more', 'Opinion & Analysis']);
});

test('publishOpml: an address that may not be told is a link to the homepage, or nothing', () => {
  const opml = publish([
    aSource({ id: 'a', url: 'https://bridge.example/s3cret', private: true, homepage: 'https://x.com/a' }),
    aSource({ id: 'b', url: 'https://bridge.example/s3cret2', private: true }),
    aSource({ id: 'c', url: 'https://me:s3cret@c.example/feed', homepage: 'https://c.example/' }),
    aSource({ id: 'd', url: 'https://d.example/s3cret', private: true, homepage: 'https://d.example/s3cret' }),
  ]);
  assert.not.match(opml, 's3cret');
  assert.equal(parseOpml(opml).body?.outlines, [
    { text: 'a', type: 'link', title: 'a', url: 'https://x.com/a' },
    { text: 'c', type: 'link', title: 'c', url: 'https://c.example/' },
  ]);
});

test('publishOpml: files and disabled sources are left out', () => {
  const opml = publish([
    aSource({ id: 'a', url: 'file:///srv/viaduct/welcome.xml', homepage: 'https://a.example/' }),
    aSource({ id: 'b', disabled: true }),
    aSource({ id: 'c' }),
  ]);
  assert.not.match(opml, 'file:');
  assert.equal(
    parseOpml(opml).body?.outlines?.map(({ text }) => text),
    ['c'],
  );
});

test('publishOpml: hostile names', () => {
  const name = '"><outline xmlUrl="javascript:1"/>\u0000\ud800]]>&amp;';
  const opml = publish([aSource({ id: 'a', title: name, categories: [name], homepage: 'javascript:alert(1)' })]);
  const body = parseStrictXml(opml).children[1];
  const [category] = body?.children ?? [];
  const clean = '"><outline xmlUrl="javascript:1"/>]]>&amp;';
  assert.is(category?.attributes.get('text'), clean);
  assert.equal(
    category?.children.map(({ attributes }) => [...attributes]),
    [
      [
        ['text', clean],
        ['title', clean],
        ['type', 'rss'],
        ['xmlUrl', 'https://a.example/feed.xml'],
      ],
    ],
  );
});

test.run();
