import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { itemPage } from '../../../src/web/pages/item.tsx';
import { alsoToldBy, anItemOf, aView, otherSources } from './a-view.ts';

const textOf = (html: string) => html.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ');

test('itemPage: says why it is here: each source, when it was first seen there, and what makes them one', () => {
  const others = otherSources('Null Result');
  const item = alsoToldBy(anItemOf({}), others);
  const [first, second] = item.entries;
  assert.ok(first && second);
  const view = aView({
    sources: [...aView().sources, ...others],
    reasons: () => [{ entries: [first, second], words: 'the same link', shared: 'a.example/<b>1</b>' }],
  });
  const page = itemPage(view, item, { more: [] });
  assert.match(textOf(page), /Why is this here\?/);
  assert.match(textOf(page), /Listed in Null Result, first seen there/);
  assert.match(
    page,
    /carry the same article, recognised by the same link: <bdi>a\.example\/&lt;b&gt;1&lt;\/b&gt;<\/bdi>/,
  );
});

test.run();
