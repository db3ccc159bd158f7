import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { anEntry, anItem, idsOf, withDataDir, withStore } from './stored-values.ts';

const CHILD = fileURLToPath(new URL('./store-child.js', import.meta.url));
const FULL_CHILD = fileURLToPath(new URL('./full-child.js', import.meta.url));
const LIVES = 12;

/** Lets a child work for so long and kills it. Returns what it said was stored. */
async function liveAndDie(dataDir: string, life: number, lifeMs: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [CHILD, dataDir, `${life}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (said === '') setTimeout(() => child.kill('SIGKILL'), lifeMs);
    said += text;
  });
  const signal = await new Promise((resolve) => child.on('close', (_, by) => resolve(by)));
  assert.is(signal, 'SIGKILL', `life ${life} ended by itself: ${said}`);
  // A last line without its end was never said.
  return said.split('\n').slice(0, -1);
}

test('openStore: killed 12 times in the middle of polls and views, all that was said to be stored is there', async () => {
  await withDataDir(async (dataDir) => {
    const stored = new Set<string>();
    let views = 0;
    for (let life = 0; life < LIVES; life++) {
      // Now and then long enough for state.json, which is written once a second.
      const lifeMs = Math.round(Math.random() * 250) + (life % 4 === 3 ? 1000 : 0);
      const said = await liveAndDie(dataDir, life, lifeMs);
      for (const line of said) if (line.startsWith('entry ')) stored.add(line.slice(6));
      views += said.filter((line) => line.startsWith('view ')).length;
      await withStore(
        dataDir,
        async (store) => {
          const ids = new Set(store.storedSources().flatMap((id) => idsOf(store, id) ?? []));
          assert.equal(
            [...stored].filter((id) => !ids.has(id)),
            [],
            `life ${life}, ${lifeMs} ms`,
          );
          const counted = store.tally(anItem(anEntry('a', '0.0'))).views;
          // One view a life may have been stored and not said yet.
          assert.ok(
            counted >= views && counted <= views + life + 1,
            `life ${life}, ${lifeMs} ms: ${counted} views, ${views} said`,
          );
          assert.equal(store.notices, []);
          for (const id of store.storedSources()) {
            const [, count] = /"(\d+)"/.exec(store.state(id).etag ?? '"0"') ?? [];
            assert.ok(Number(count) <= (idsOf(store, id)?.length ?? 0), 'the state never runs ahead of the entries');
          }
        },
        { mode: 'read' },
      );
    }
    assert.ok(stored.size > LIVES && views > LIVES, `only ${stored.size} entries and ${views} views were stored`);
  });
});

const hasLimits = process.platform !== 'win32';
if (!hasLimits) console.log('# skip: openStore: a file that may grow no further: there is no ulimit here');
(hasLimits ? test : test.skip)(
  'openStore: a file that may grow no further is a full disk: told once, and all that was stored stays',
  async () => {
    await withDataDir(async (dataDir) => {
      const child = spawn('sh', ['-c', 'ulimit -f 128; exec "$0" "$@"', process.execPath, FULL_CHILD, dataDir], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      assert.is(await new Promise((resolve) => child.on('close', (code) => resolve(code))), 0, said);
      const lines = said.trimEnd().split('\n');
      const stored = lines.filter((line) => line.startsWith('entry '));
      assert.ok(stored.length > 10, said);
      assert.equal(lines.slice(stored.length), ['error store.failed', 'store/full', 'view true', 'debug store.closed']);
      await withStore(dataDir, async (store) => {
        assert.equal(
          idsOf(store, 'a')?.map((id) => `entry ${id}`),
          stored,
        );
        assert.equal(store.notices, []);
        assert.is(store.tally(anItem(anEntry('a', '0'))).views, 1);
      });
    });
  },
);

test.run();
