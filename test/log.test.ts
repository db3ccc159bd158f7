import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createLog } from '../src/log.ts';

test('createLog: on a terminal the message stands behind its event, then the fields, without control characters', () => {
  let written = '';
  const write = (line: string) => {
    written += line;
  };
  const log = createLog({ level: 'info', pretty: true, write });
  log('warn', 'feeds.problem', { line: 3, message: 'unknown\u001b[2J\nkey' });
  log('info', 'serving', { port: 80 });
  assert.match(
    written,
    /^\d\d:\d\d:\d\d warn: feeds\.problem: unknown \[2J key line=3\n\d\d:\d\d:\d\d serving port=80\n$/,
  );
});

test.run();
