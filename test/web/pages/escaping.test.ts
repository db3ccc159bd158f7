/** Nothing that anybody wrote leaves the place where text belongs. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Item } from '../../../src/model.ts';
import { itemPage } from '../../../src/web/pages/item.tsx';
import type { View } from '../../../src/web/view.ts';
import { aConfig, anItem, aSource } from '../site-under-test.ts';
import { alsoToldBy, anItemOf, aSourceView, aState, aView, otherSources } from './a-view.ts';
import { everyPage } from './every-page.ts';
import { readPage } from './read-page.ts';

/** What tries to become markup, an attribute, the end of a script or a path. */
const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '</script><script>alert(1)</script>',
    '</title></style></main><h1>',
    '<!--',
    ']]>',
    '&lt;b&gt;&#60;i>',
    '\u2028\u2029\u202e\ud800\udc00\ud800',
    '{{x}} <%= x %>',
    '__proto__',
    '../../..',
    '\0\u0008\uffff',
  ),
  fc
    .array(fc.constantFrom('<', '>', '"', "'", '&', '/', '\\', '`', '=', ' ', '\ud83d', 'a'), { maxLength: 30 })
    .map((all) => all.join('')),
);

/** Names of elements and attributes, in their order: what a text must never change. */
function shapeOf(html: string): string {
  return readPage(html)
    .elements.map(({ tag, attributes }) => `${tag} ${[...attributes.keys()].join(' ')}`)
    .join('\n');
}

function siteOfTexts(text: string): { view: View; items: readonly Item[] } {
  const source = aSource({ title: text, categories: [text] });
  const name = text;
  const item = anItem(1);
  const entry = {
    ...item.primary,
    title: text,
    authors: [{ name: text }],
    origins: [{ title: text }],
    summary: 'A summary.',
  };
  const told = alsoToldBy(
    {
      ...item,
      title: text,
      categories: [text],
      entries: [entry],
      primary: entry,
      body: entry,
      via: [{ ...item.via[0], source: 'notes', name, firstSeen: item.firstSeen }],
    },
    otherSources('Other'),
  );
  const problem = { code: 'fetch/dns', message: text };
  const view = aView({
    config: aConfig({ site: { ...aConfig().site, title: text, description: text }, sources: [source] }),
    sources: [aSourceView({ source, name, state: aState({ problem, reason: text }) }), ...otherSources('Other')],
    categories: [{ name: text, slug: 'x', itemCount: 1 }],
    trending: [told],
    notices: [{ at: '2026-03-04T12:00:00.000Z', file: text, message: text }],
  });
  return { view, items: [told] };
}

test('every page: no text of anybody becomes markup, nor breaks the structured data', () => {
  const plain = siteOfTexts('aXz');
  const shapes = new Map([...everyPage(plain.view, plain.items)].map(([name, html]) => [name, shapeOf(html)]));
  fc.assert(
    fc.property(hostileText, (text) => {
      const { view, items } = siteOfTexts(`a${text}z`);
      for (const [name, html] of everyPage(view, items)) {
        assert.is(shapeOf(html), shapes.get(name), name);
        assert.not.match(html, /<!--/);
        for (const [, data = ''] of html.matchAll(/<script[^>]*>(.*?)<\/script>/gs)) JSON.parse(data);
      }
    }),
    { numRuns: 12 },
  );
});

test('itemPage: a summary of any kind stands there as text', () => {
  const allowed = new Set(readPage(itemPage(aView(), anItem(1), { more: [] })).elements.map(({ tag }) => tag));
  for (const tag of ['p', 'div']) allowed.add(tag);
  fc.assert(
    fc.property(hostileText, fc.boolean(), (text, isLong) => {
      const summary = isLong ? `${text} ${'and so on '.repeat(50)}` : text;
      const page = readPage(itemPage(aView(), anItemOf({ summary, text: summary }), { more: [] }));
      assert.equal(
        page.elements.filter(({ tag }) => !allowed.has(tag)),
        [],
      );
      assert.equal(
        page.elements.flatMap(({ attributes }) => [...attributes.keys()]).filter((name) => /^on|["'<>]/.test(name)),
        [],
      );
    }),
    { numRuns: 30 },
  );
});

test.run();
