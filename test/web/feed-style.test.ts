/** feed.css against what feeds hold: a browser matches local names, whatever their namespace (CSS Namespaces 3 §2.1). */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { anItem, withSite } from './site-under-test.ts';

test('feed.css: what is shown of an entry is its title, its excerpt and its day, and of v:item nothing', async () => {
  await withSite([anItem(1)], async ({ site }) => {
    const textOf = async (path: string) => (await site.app.request(path)).text();
    const css = await textOf('/feed.css');
    const shown = /\n(channel,[^{]*)\{display:block\}/.exec(css)?.[1]?.split(',') ?? [];
    for (const [path, entry] of [
      ['/feed.xml', 'item'],
      ['/atom.xml', 'entry'],
    ] as const) {
      const xml = await textOf(path);
      const [, inner = ''] = new RegExp(`<${entry}[ >](.*?)</${entry}>`, 's').exec(xml) ?? [];
      const children = [...inner.matchAll(/<([a-z:]+)[ />]/gi)].map(([, name = '']) => name);
      assert.ok(children.includes('v:item'));
      const visible = children.filter((name) => shown.includes(`${entry}>${name.replace(/^.*:/, '')}`));
      assert.equal(
        [...new Set(visible)].sort(),
        entry === 'item' ? ['description', 'pubDate', 'title'] : ['published', 'summary', 'title'],
      );
    }
    assert.not.ok(shown.includes('item') || shown.includes('entry'));
    assert.match(await textOf('/feed.xml'), '<description><![CDATA[What note 1 says.]]></description>');
  });
});

test.run();
