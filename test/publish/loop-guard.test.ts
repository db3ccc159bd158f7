import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { comesFromSite } from '../../src/publish/published-item.ts';
import { anEntry } from './build-item.ts';

const SITE = 'https://news.example.org/river';
const cases = [
  { name: 'an origin that is our feed', entry: { origins: [{ feed: `${SITE}/feed.xml` }] }, is: true },
  { name: 'an origin that is our page', entry: { origins: [{ url: `${SITE}/items/a/b` }] }, is: true },
  { name: 'an origin that is our site', entry: { origins: [{ url: SITE }] }, is: true },
  { name: 'the other scheme', entry: { origins: [{ url: 'http://news.example.org/river/' }] }, is: true },
  { name: 'the far end of a chain', entry: { origins: [{ url: 'https://p.example/' }, { url: SITE }] }, is: true },
  { name: 'a link to our item page', entry: { url: `${SITE}/items/a/b` }, is: true },
  { name: 'another page of the host', entry: { origins: [{ url: 'https://news.example.org/blog/' }] }, is: false },
  { name: 'a path that only begins alike', entry: { origins: [{ url: `${SITE}bed/` }] }, is: false },
  { name: 'another port', entry: { origins: [{ url: 'https://news.example.org:8443/river/' }] }, is: false },
  { name: 'a host that ends alike', entry: { origins: [{ url: 'https://evilnews.example.org/river/' }] }, is: false },
  { name: 'a title', entry: { origins: [{ title: SITE }] }, is: false },
  { name: 'no origin', entry: {}, is: false },
];
for (const { name, entry, is } of cases) {
  test(`comesFromSite: ${name}`, () => assert.is(comesFromSite(anEntry(entry), SITE), is));
}

test.run();
