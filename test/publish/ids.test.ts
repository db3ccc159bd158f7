import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { feedUrn, itemUrn, sourceUrn } from '../../src/publish/ids.ts';
import { SITE_UUID } from './build-item.ts';

// Computed with Python's uuid.uuid5(uuid.UUID(SITE_UUID), 'item:k2m9q7aabbcc') and so on: published ids must never change.
test('itemUrn: the version 5 UUID of the site and the item', () => {
  assert.is(itemUrn(SITE_UUID, 'k2m9q7aabbcc'), 'urn:uuid:d64fdc34-865a-522a-abd2-d4d79a601f7c');
});

test('feedUrn: the version 5 UUID of the site and the list', () => {
  assert.is(feedUrn(SITE_UUID, ''), 'urn:uuid:d83c9e15-c26f-5fe3-b27b-d62a34703ebd');
  assert.is(feedUrn(SITE_UUID, 'categories/ai'), 'urn:uuid:434c6f83-774f-51a4-aa95-d5d6c317e779');
});

test('itemUrn: an item, a feed and a source of one name are three things, on two sites six', () => {
  const other = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
  const urns = [SITE_UUID, other].flatMap((uuid) => [itemUrn(uuid, 'x'), feedUrn(uuid, 'x'), sourceUrn(uuid, 'x')]);
  assert.is(new Set(urns).size, 6);
});

test.run();
