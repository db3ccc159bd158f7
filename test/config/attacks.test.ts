/** The shared collection of bad inputs: every feeds.json in it is refused, with its place and without what it hides. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { refused } from './config-under-test.ts';

const COLLECTION = path.resolve('../shared/attacks/attacks.jsonl');

interface Attack {
  readonly id: string;
  readonly kind: string;
  readonly config?: unknown;
}

function readAttacks(): readonly { id: string; text: string }[] {
  const attacks = readFileSync(COLLECTION, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Attack => JSON.parse(line));
  // Some are told in words only: those are played by the tests of the daemon.
  return attacks.flatMap(({ id, kind, config }) =>
    kind === 'config' && typeof config === 'string' && config.startsWith('{')
      ? [{ id, text: config.replaceAll('{{BASE}}', 'https://bad.example') }]
      : [],
  );
}

const title = 'parseConfig: every feeds.json of the collection is refused with line, column and words';
if (existsSync(COLLECTION)) {
  test(title, () => {
    const attacks = readAttacks();
    assert.ok(attacks.length > 0);
    for (const { id, text } of attacks) {
      const { problems, message } = refused(text);
      assert.ok(problems.length > 0, id);
      for (const problem of problems) assert.ok(problem.line > 0 && problem.column > 0 && problem.message !== '', id);
      assert.not.match(message, /secret/, id);
    }
  });
} else {
  console.log(`# skip: ${title}: the collection is not here`);
  test.skip(title, () => undefined);
}

test.run();
