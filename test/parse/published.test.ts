import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Item, ListedEntry } from '../../src/model.ts';
import { htmlToText } from '../../src/parse/html-text.ts';
import { parseFeed } from '../../src/parse/parse-feed.ts';
import { cleanText } from '../../src/parse/plain-text.ts';
import { sanitise } from '../../src/parse/sanitise.ts';
import { publishFeed } from '../../src/publish/publish-feed.ts';
import { aConfig, aContext, aList, anEntry, anItem, aSource } from '../publish/build-item.ts';
import { hostileText } from './html-oracle.ts';

const BASE = 'https://field.example/';

/** What an item is, whatever its format. */
interface ItemFields {
  readonly guid: string | undefined;
  readonly title: string | undefined;
  readonly link: string | undefined;
  readonly publishedAt: string | undefined;
  readonly authors: readonly (string | undefined)[];
  readonly categories: readonly string[];
  readonly enclosures: readonly string[];
  readonly html: string | undefined;
}

/** A line that means the same as text and as HTML: RSS 2.0 does not say which of them a title is. */
const line = hostileText
  .map((text) => htmlToText(text, 200))
  .filter((text) => htmlToText(text, 200) === text && text !== '');
const anyLine = hostileText.map((text) => cleanText(text, 200)).filter((text) => text !== '');
const content = hostileText.map((text) => sanitise(`<p>Content</p>${text}`, BASE));
const date = fc
  .integer({ min: Date.UTC(2000, 0), max: Date.UTC(2030, 0) })
  .map((ms) => new Date(ms - (ms % 1000)).toISOString());

function itemsWith(title: fc.Arbitrary<string>): fc.Arbitrary<readonly Item[]> {
  const fields = fc.record({ title, html: content, date, name: line, category: line });
  return fc.array(fields, { minLength: 1, maxLength: 5 }).map((list) =>
    list.map(({ name, category, ...own }, index) => {
      const url = `https://field.example/${index}?a=1&b=%3C`;
      const enclosures = [{ url: `https://field.example/${index}.mp3`, type: 'audio/mpeg', length: 5 }];
      const more = { authors: [{ name }], categories: [category], enclosures };
      return anItem({}, [anEntry({ ...own, ...more, id: `item${index}`, url, viaUrl: url, firstSeen: own.date })]);
    }),
  );
}

async function readBack(items: readonly Item[]): Promise<Record<'rss' | 'atom' | 'json', readonly ItemFields[]>> {
  const config = aConfig({ content: 'full', sources: [aSource({ id: 'field', content: 'full' })] });
  const { rss, atom, json } = publishFeed(aList(items), aContext(config));
  const read = async (text: string) =>
    (
      await parseFeed(new TextEncoder().encode(text), { html: true, baseUrl: 'https://news.example.org/feed' })
    ).entries.map(fieldsOf);
  return { rss: await read(rss), atom: await read(atom), json: await read(json) };
}

function fieldsOf({ guid, title, link, publishedAt, authors, categories, enclosures, html }: ListedEntry): ItemFields {
  const names = authors.map(({ name }) => name);
  return {
    guid,
    title,
    link,
    publishedAt,
    authors: names,
    categories,
    enclosures: enclosures.map(({ url }) => url),
    html,
  };
}

/** Without the content, of which a line about the sources is a part. */
function withoutHtml({ html: _, ...rest }: ItemFields): Omit<ItemFields, 'html'> {
  return rest;
}

function expectedOf({ primary, url, title, date }: Item): Omit<ItemFields, 'html' | 'guid'> {
  const { authors, categories, enclosures } = primary;
  const names = authors.map(({ name }) => name);
  return {
    title,
    link: url,
    publishedAt: date,
    authors: names,
    categories,
    enclosures: enclosures.map((one) => one.url),
  };
}

/** Links within a text lead to our page once it is published, so that their targets in it are none any more. */
function withoutAnchors(html = ''): string {
  return html.replace(/ (?:id|href)="[^"]*user-content-[^"]*"/g, '');
}

test('parseFeed: what was published as RSS, Atom and JSON Feed is read as the same items', async () => {
  const property = fc.asyncProperty(itemsWith(line), async (items) => {
    const { rss, atom, json } = await readBack(items);
    assert.equal(
      json.map(withoutHtml),
      items.map((item, index) => ({ guid: json[index]?.guid, ...expectedOf(item) })),
    );
    assert.equal(rss, json);
    assert.equal(atom, json);
    for (const [index, item] of items.entries()) {
      const html = withoutAnchors(item.primary.html);
      assert.is(withoutAnchors(json[index]?.html).slice(0, html.length), html);
    }
    assert.is(new Set(json.map(({ guid }) => guid)).size, items.length);
  });
  await fc.assert(property, { numRuns: 150, includeErrorInReport: true });
});

test('parseFeed: a title that looks like markup comes back from Atom and JSON Feed, where a title is known to be text', async () => {
  const property = fc.asyncProperty(itemsWith(anyLine), async (items) => {
    const titles = items.map(({ title }) => title);
    const { atom, json } = await readBack(items);
    assert.equal(
      [atom, json].map((list) => list.map(({ title }) => title)),
      [titles, titles],
    );
  });
  await fc.assert(property, { numRuns: 150, includeErrorInReport: true });
});

test.run();
