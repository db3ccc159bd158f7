import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createItemList, type ItemList } from '../../src/items/item-list.ts';
import type { Item } from '../../src/model.ts';
import { cursorOf, pageOf } from '../../src/web/paging.ts';
import { anItem, NOW } from './site-under-test.ts';

function listOf(items: readonly Item[]): ItemList {
  const list = createItemList();
  for (const item of items) list.add(item);
  return list;
}

const hundred = Array.from({ length: 100 }, (_, n) => anItem(n));
const many = listOf(hundred);

test('pageOf: pages follow each other without gap or repetition, the last without a way on', () => {
  const seen: string[] = [];
  let before: string | undefined;
  for (let pages = 0; pages < 10; pages++) {
    const page = pageOf(many, { before }, '/latest');
    seen.push(...(page?.items ?? []).map(({ id }) => id));
    if (page?.nextHref === undefined) break;
    assert.match(page.nextHref, /^\/latest\?before=/);
    before = new URL(page.nextHref, 'http://x').searchParams.get('before') ?? '';
  }
  assert.equal(
    seen,
    hundred.map(({ id }) => id),
  );
});

test('pageOf: a cursor holds its place when items arrive, and when its own item has gone', () => {
  const [, , third] = hundred;
  const cursor = third ? cursorOf(third) : '';
  assert.is(pageOf(listOf([anItem(0, { id: 'new' }), ...hundred]), { before: cursor }, '/')?.items[0]?.id, 'item3');
  assert.is(pageOf(listOf(hundred.filter((item) => item !== third)), { before: cursor }, '/')?.items[0]?.id, 'item3');
});

test('pageOf: each page leads back to the one before it, and that of the newest is the list itself', () => {
  const first = pageOf(many, {}, '/latest');
  const follow = (href: string) => {
    const { searchParams } = new URL(href, 'http://x');
    const place = { before: searchParams.get('before') ?? undefined, after: searchParams.get('after') ?? undefined };
    return pageOf(many, place, '/latest');
  };
  const second = follow(first?.nextHref ?? '');
  const third = follow(second?.nextHref ?? '');
  assert.equal([first?.previousHref, first?.href, third?.nextHref], [undefined, undefined, undefined]);
  assert.is(second?.href, first?.nextHref);
  assert.equal(follow(third?.previousHref ?? '')?.items, second?.items);
  assert.is(second?.previousHref, '/latest');
  assert.equal(follow('/latest')?.items, first?.items);
});

test('pageOf: behind the only item there is an empty page with an address of its own', () => {
  const [only] = hundred;
  const before = only ? cursorOf(only) : '';
  const page = pageOf(listOf(hundred.slice(0, 1)), { before }, '/latest');
  assert.equal(page, { items: [], previousHref: '/latest', href: `/latest?before=${before}` });
});

test('pageOf: items of one instant are told apart by id', () => {
  const twins = ['a', 'b', 'c'].map((id) => anItem(1, { id }));
  assert.equal(
    pageOf(listOf(twins), { before: `${anItem(1).arrival}_b` }, '/')?.items.map(({ id }) => id),
    ['c'],
  );
});

test('pageOf: nothing older is an empty page; what is no cursor is no page', () => {
  const past = '1999-01-01T00:00:00.000Z_x';
  assert.equal(pageOf(many, { before: past }, '/'), { items: [], previousHref: '/', href: `/?before=${past}` });
  for (const before of ['', 'x', `${NOW}`, `${NOW}_<script>`, `${NOW}_`, '2026_item1']) {
    assert.is(pageOf(many, { before }, '/'), undefined, before);
    assert.is(pageOf(many, { after: before }, '/'), undefined, before);
  }
});

test.run();
