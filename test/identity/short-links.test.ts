/** Links through shorteners: which are to be resolved, and what a late answer does. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { applyResolved, isShortLink, unresolvedLinks } from '../../src/identity/short-links.ts';
import { aSource, pollAll } from '../items/poll-all.ts';

const OWN = new Set<string>();
const LINK = 'https://alice.example/tea';
const polled = () =>
  pollAll([
    { source: 'alice', listed: [{ guid: '1', link: LINK, title: 'On tea' }] },
    {
      source: 'bob',
      listed: [
        { guid: '1', link: 'https://t.co/x7', title: 'Read this' },
        { guid: '2', link: 'https://bob.example/2', title: 'My own' },
        { guid: '3', link: 'http://feedproxy.google.com/~r/a/~3/b/', origLink: 'https://alice.example/b', title: 'B' },
      ],
    },
  ]);

test('isShortLink: however the host is written, and no other', () => {
  const short = [
    'https://t.co/x',
    'HTTP://WWW.Bit.ly/x',
    'https://t.co.:443/x',
    'http://feedproxy.google.com/~r/a',
    'https://u:p@is.gd',
  ];
  const others = [
    'https://xt.co/x',
    'https://t.co.example/x',
    'https://alice.example/t.co/',
    'mailto:t.co',
    't.co/x',
    '',
  ];
  assert.equal(
    short.filter((url) => !isShortLink(url)),
    [],
  );
  assert.equal(others.filter(isShortLink), []);
});

test('unresolvedLinks: shorteners without a known target', () => {
  const record = polled().records.get('bob');
  assert.equal(record && unresolvedLinks(record), ['https://t.co/x7']);
});

test('applyResolved: a late answer joins items, once', () => {
  const { records, index } = polled();
  const record = records.get('bob');
  assert.ok(record);
  const resolved = new Map([['https://t.co/x7', `${LINK}/?utm_source=t.co`]]);
  const next = applyResolved(record, resolved, OWN);
  index.apply(aSource('bob'), next);
  const joined = index.newest().find(({ via }) => via.length === 2);
  assert.equal(
    joined?.entries.map(({ title }) => title),
    ['On tea', 'Read this'],
  );
  assert.equal(unresolvedLinks(next), []);
  assert.is(applyResolved(next, resolved, OWN), next);
});
test.run();
