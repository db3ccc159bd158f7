import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SafeHtml } from '../../src/model.ts';
import { withinFeedBudget } from '../../src/publish/feed-budget.ts';
import { publishFeed } from '../../src/publish/publish-feed.ts';
import { prepareItems } from '../../src/publish/published-list.ts';
import { aConfig, aContext, aList, anEntry, anItem, aSource } from './build-item.ts';

const config = aConfig({ sources: [aSource({ id: 'field', content: 'full' })] });
const item = (id: string, chars: number, letter = 'x') => {
  const link = { id, url: `https://field.example/${id}`, guids: [id] };
  return anItem({ id }, [anEntry({ ...link, html: `<p>${letter.repeat(chars)}</p>` as SafeHtml })]);
};
const prepared = (...items: ReturnType<typeof item>[]) => prepareItems({ items }, aContext(config));
const isCut = ({ html }: { html: string }) => !/x{50}|ü{50}/.test(html);

test('withinFeedBudget: what fits stays as it is', () => {
  const items = prepared(item('a', 500), item('b', 500));
  assert.is(withinFeedBudget(items, 100_000), items);
});

test('withinFeedBudget: the fattest are cut to their excerpts, no more of them than needed', () => {
  const items = prepared(item('a', 500), item('b', 50_000), item('c', 3000), item('d', 90_000));
  assert.equal(withinFeedBudget(items, 100_000).map(isCut), [false, false, false, true]);
  const few = withinFeedBudget(items, 20_000);
  assert.equal(few.map(isCut), [false, true, false, true]);
  assert.ok(
    few.filter(isCut).every(({ html, viaLine }) => html.endsWith(viaLine) && html.includes('The assistant moves')),
  );
});

test('withinFeedBudget: bytes count, not characters', () => {
  const items = prepared(item('a', 4000, 'ü'));
  assert.equal(withinFeedBudget(items, 6000).map(isCut), [true]);
  assert.equal(withinFeedBudget(prepared(item('b', 4000)), 6000).map(isCut), [false]);
});

test('withinFeedBudget: where excerpts are too much the last ones go', () => {
  const items = prepared(...Array.from({ length: 10 }, (_, at) => item(`i${at}`, 100)));
  const left = withinFeedBudget(items, 8000);
  assert.ok(left.length > 0 && left.length < 10);
  assert.equal(
    left.map(({ id }) => id),
    items.slice(0, left.length).map(({ id }) => id),
  );
});

test('publishFeed: 500 items of 100 kB make no feed of 50 MB', () => {
  const items = Array.from({ length: 500 }, (_, at) => item(`i${at}`, 100_000));
  const { rss, atom, json } = publishFeed(aList(items), aContext(config));
  for (const text of [rss, atom, json]) {
    assert.ok(text.length < 12_000_000, String(text.length));
    assert.is(text.split('Small models').length > 500, true);
  }
});

test.run();
