import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

/** Publishes one item in a process of its own, in which `feed` may be another. */
function publishWith(stub: string | undefined): { rss: string; atom: string; json: string } | undefined {
  const hooks = `export const resolve = (name, context, next) =>
    name === 'feed' ? { url: 'data:text/javascript,' + ${JSON.stringify(encodeURIComponent(stub ?? ''))}, shortCircuit: true } : next(name, context);`;
  const register = `import { register } from 'node:module'; register('data:text/javascript,' + ${JSON.stringify(encodeURIComponent(hooks))});`;
  const script = `
    const { publishFeed } = await import(${JSON.stringify(new URL('../../src/publish/publish-feed.js', import.meta.url))});
    const { aContext, aList, anItem } = await import(${JSON.stringify(new URL('./build-item.js', import.meta.url))});
    process.stdout.write(JSON.stringify(publishFeed(aList([anItem()]), aContext())));`;
  const args = [
    ...(stub === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(register)}`]),
    '--input-type=module',
    '--eval',
    script,
  ];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return status === 0 ? JSON.parse(stdout) : undefined;
}

test('publishFeed: the package `feed` writes all three formats', () => {
  const feed = publishWith(undefined);
  for (const format of [feed?.rss, feed?.atom, feed?.json]) assert.match(format ?? '', 'Small models, long memory');
});

test('publishFeed: a `feed` that writes nothing leaves nothing published', () => {
  const stub = `export class Feed {
    addItem() {} rss2() { return ''; } atom1() { return ''; } json1() { return '{"items":[]}'; }
  }`;
  const feed = publishWith(stub);
  assert.is(feed?.rss, '');
  assert.is(feed?.atom, '');
  assert.not.match(feed?.json ?? '', 'Small models, long memory');
});

test('publishFeed: without `feed` nothing is published', () => {
  assert.is(publishWith('throw new Error("gone")'), undefined);
});

test.run();
