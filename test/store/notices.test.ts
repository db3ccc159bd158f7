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

test.run();
