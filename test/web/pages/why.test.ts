import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Reason } from '../../../src/items/item-index.ts';
import { itemPage } from '../../../src/web/pages/item.tsx';
import { alsoToldBy, anItemOf, aView, otherSources } from './a-view.ts';

const NAMES = ['Null Result', 'Lobsters', 'Mirror Notes', 'Toots'];
const others = otherSources(...NAMES);
const item = alsoToldBy(anItemOf({}), others);

const LINK = 'the same link';
const NEARLY = 'nearly the same link, and the same title';

/** What the page says for these reasons, a line each; `pairs` are places of entries. */
function why(...reasons: readonly (readonly [pair: readonly [number, number], words: string, shared: string])[]) {
  const view = aView({
    sources: [...aView().sources, ...others],
    reasons: () =>
      reasons.map(([[a, b], words, shared]): Reason => {
        const [first, second] = [item.entries[a], item.entries[b]];
        assert.ok(first && second);
        return { entries: [first, second], words, shared };
      }),
  });
  const page = itemPage(view, item, { more: [] });
  const list = /<details class="why ui" id="why">.*?<\/details>/s.exec(page)?.[0] ?? '';
  const lines = [...list.matchAll(/<li>(.*?)<\/li>/gs)].map(([, line = '']) => line.replace(/<[^>]*>/g, ''));
  return { sightings: lines.slice(0, item.via.length), reasons: lines.slice(item.via.length) };
}

test('itemPage: says why it is here: each source, and when it was first seen there', () => {
  const { sightings } = why();
  assert.is(sightings.length, 5);
  assert.match(sightings[1] ?? '', /^Listed in Null Result, first seen there \d\d:\d\d UTC\.$/);
});

test('itemPage: one link of all is one sentence, not a pair each', () => {
  const all = [0, 1, 2, 3, 4].flatMap((a) => [0, 1, 2, 3, 4].filter((b) => b > a).map((b) => [a, b] as const));
  assert.equal(why(...all.map((pair) => [pair, LINK, 'a.example/1'] as const)).reasons, [
    'All five link to a.example/1',
  ]);
});

test('itemPage: who joins by less is told after those who join by more, and what joins nobody is not told', () => {
  const told = why(
    [[0, 2], LINK, 'a.example/1'],
    [[0, 3], LINK, 'a.example/1'],
    [[2, 3], LINK, 'a.example/1'],
    [[0, 1], NEARLY, 'a.example/1'],
    [[2, 1], NEARLY, 'a.example/1'],
    [[3, 2], 'the same title and text within three days', 'a long title'],
    [[4, 2], 'the same title and text within three days', 'a long title'],
  );
  assert.equal(told.reasons, [
    'Field Notes, Lobsters and Mirror Notes link to a.example/1',
    'Null Result’s link is nearly that, with the same title: a.example/1',
    'Mirror Notes, Lobsters and Toots have the same title and text within three days: a long title',
  ]);
});

test('itemPage: what they share is text, whatever is in it', () => {
  assert.equal(why([[0, 1], LINK, 'a.example/<b>1</b>']).reasons, [
    'Field Notes and Null Result link to a.example/&lt;b&gt;1&lt;/b&gt;',
  ]);
});

test.run();
