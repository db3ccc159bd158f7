import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createNotices } from '../../src/store/notices.ts';
import { AT } from './stored-values.ts';

function createHeard() {
  const heard: string[] = [];
  const notices = createNotices(
    () => AT,
    (level, event, fields) => heard.push(`${level} ${event} ${fields?.file}`),
  );
  return { heard, notices };
}

test('notices: a disk that refuses every file is one warning in the log, and every file on the list', () => {
  const { heard, notices } = createHeard();
  notices.report('error', 'store.failed', 'sources/a.json', 'no space for a');
  notices.report('error', 'store.failed', 'sources/b.json', 'no space for b');
  notices.report('warn', 'store.tallies', 'tallies.json', 'no space for views');
  assert.equal(heard, [
    'error store.failed sources/a.json',
    'debug store.failed sources/b.json',
    'debug store.tallies tallies.json',
  ]);
  assert.equal(
    notices.list.map(({ file }) => file),
    ['sources/a.json', 'sources/b.json', 'tallies.json'],
  );
});

test('notices: what is damaged is told whatever else was, the same words once', () => {
  const { heard, notices } = createHeard();
  notices.report('error', 'store.failed', 'sources/a.json', 'no space');
  notices.report('error', 'store.damaged', 'sources/b.json', 'is empty');
  notices.report('error', 'store.damaged', 'sources/c.json', 'is empty');
  notices.report('error', 'store.damaged', 'sources/b.json', 'is empty');
  assert.equal(heard, [
    'error store.failed sources/a.json',
    'error store.damaged sources/b.json',
    'error store.damaged sources/c.json',
  ]);
});

test('notices: the last 50 are kept, and the same words again a minute later take the place of the earlier ones', () => {
  const { heard, notices } = createHeard();
  for (let n = 0; n < 60; n++) notices.report('error', 'store.damaged', `sources/${n}.json`, 'is empty');
  assert.equal([notices.list.length, notices.list[0]?.file, heard.length], [50, 'sources/10.json', 60]);
  const { now } = performance;
  try {
    performance.now = () => now.call(performance) + 61_000;
    notices.report('error', 'store.damaged', 'sources/20.json', 'is empty');
  } finally {
    performance.now = now;
  }
  assert.equal(notices.list.filter(({ file }) => file === 'sources/20.json').length, 1);
  assert.equal([notices.list.at(-1)?.file, heard.length], ['sources/20.json', 61]);
});

test.run();
