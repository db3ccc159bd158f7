import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runInProcess as viaduct } from '../helpers/run-in-process.ts';
import { withFolder } from '../helpers/run-viaduct.ts';

const feed = (title: string, items: string) =>
  `<rss version="2.0"><channel><title>${title}</title><link>https://${title}.example/</link>${items}</channel></rss>`;
const SHARED = 'https://articles.example/memory';

/** Two files that carry one article; the second also shares one guid between two unlike entries. */
async function withTwoFeeds(work: (folder: string) => Promise<void>): Promise<void> {
  await withFolder(
    {
      sources: [
        { url: 'one.xml', id: 'one' },
        { url: 'two.xml', id: 'two' },
      ],
    },
    async (folder) => {
      await writeFile(
        path.join(folder, 'feeds.json'),
        '{"sources":[{"url":"file:one.xml","id":"one"},{"url":"file:two.xml","id":"two"}]}',
      );
      await writeFile(
        path.join(folder, 'one.xml'),
        feed('one', `<item><title>Long memory</title><link>${SHARED}</link><guid isPermaLink="false">a</guid></item>`),
      );
      await writeFile(
        path.join(folder, 'two.xml'),
        feed(
          'two',
          `<item><title>A thread about memory</title><link>${SHARED}?utm_source=two</link><guid isPermaLink="false">b</guid></item>
         <item><title>Quite another matter</title><link>https://two.example/x</link><guid isPermaLink="false">same</guid></item>
         <item><title>Nothing like the other</title><link>https://two.example/y</link><guid isPermaLink="false">same</guid></item>`,
        ),
      );
      assert.is((await viaduct(folder, 'poll')).code, 0);
      await work(folder);
    },
  );
}

test('explain ITEM: its entries, and the evidence that makes them one', async () => {
  await withTwoFeeds(async (folder) => {
    const { stdout } = await viaduct(folder, 'items', '--json');
    const items = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const shared = items.find(({ via }) => via.length === 2);
    const words = await viaduct(folder, 'explain', shared.id);
    assert.match(words.stdout, /1 and 2 +the same link +articles\.example\/memory/);
    assert.match(words.stdout, /^1 +the same guid +[ab]$/m);
    const facts = JSON.parse((await viaduct(folder, 'explain', shared.id, '--json')).stdout);
    assert.equal(facts.entries.map(({ source }: { source: string }) => source).sort(), ['one', 'two']);
    assert.is(facts.joins.length, 1);
    assert.equal(facts.entries[0].recognisedBy, { step: 'the same guid', value: facts.entries[0].guids[0] });
    const unlike = items.find(({ title }) => title === 'Quite another matter');
    const other = await viaduct(folder, 'explain', unlike.id);
    assert.match(other.stdout, /^1 +the same link +two\.example\/x$/m, 'its guid is unreliable');
  });
});

test('explain SOURCE: what its guids are worth, and which are unreliable', async () => {
  await withTwoFeeds(async (folder) => {
    const facts = JSON.parse((await viaduct(folder, 'explain', 'two', '--json')).stdout);
    assert.equal([facts.entries, facts.carriedByOthersToo, facts.unreliableGuids], [3, 1, ['same']]);
    assert.match((await viaduct(folder, 'explain', 'two')).stdout, /because unlike entries shared them:\n {2}same/);
  });
});

test('explain: an id that is nothing here is the user’s to mend', async () => {
  await withTwoFeeds(async (folder) => {
    const { code, stderr } = await viaduct(folder, 'explain', 'nothing');
    assert.is(code, 2);
    assert.match(stderr, /There is no item and no source nothing/);
  });
});

test.run();
