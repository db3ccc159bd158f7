import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type App, openApp, resanitise } from '../src/app.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { readSettings } from '../src/config/settings.ts';
import type { Config, SafeHtml, SourceRecord } from '../src/model.ts';
import { SANITISER_VERSION } from '../src/parse/sanitiser-version.ts';
import { withServer } from './helpers/http-server.ts';
import { memoryStore } from './helpers/memory-store.ts';
import { anEntry } from './publish/build-item.ts';

async function htmlAfter(changes: Partial<SourceRecord>): Promise<{ html: string | undefined; log: string[] }> {
  const store = await memoryStore({});
  const log: string[] = [];
  try {
    const html = '<p onclick="x()">kept</p><script>let through by an older version</script>' as SafeHtml;
    const entries = [anEntry({ source: 'one', html })];
    const record: SourceRecord = {
      version: 1,
      source: 'one',
      feed: {},
      entries,
      unreliableGuids: [],
      unreliableLinks: [],
      tombstones: [],
      ...changes,
    };
    await store.commit({ source: 'one', record, state: store.state('one'), outcome: { kind: 'unchanged' } });
    await resanitise(store, (_level, event) => log.push(event));
    return { html: store.record('one')?.entries[0]?.html, log };
  } finally {
    await store.close();
  }
}

test('resanitise: what an older sanitiser let through is cleaned before it is shown', async () => {
  assert.equal(await htmlAfter({ sanitiser: SANITISER_VERSION - 1 }), {
    html: '<p>kept</p>',
    log: ['store.resanitised'],
  });
});

test('resanitise: what this version made is left alone', async () => {
  const { html, log } = await htmlAfter({ sanitiser: SANITISER_VERSION });
  assert.match(html ?? '', /script/);
  assert.equal(log, []);
});

/** A feed whose entries have these names in their guids. */
const feedOf = (...names: readonly string[]) =>
  `<rss version="2.0"><channel><title>T</title>${names
    .map((name) => `<item><title>A title of ${name}</title><guid>https://news.example/${name}</guid></item>`)
    .join('')}</channel></rss>`;

interface Run {
  /** Opens the app on a feeds.json with these paths of a local publisher. */
  open(paths: readonly string[], now?: Date): Promise<App>;
  close(app: App): Promise<void>;
  /** feeds.json with these paths, as it would be read now. */
  read(paths: readonly string[]): Promise<Config>;
  /** What the publisher answers to each path: a document, or what to do. */
  readonly answers: Map<string, string | ((response: ServerResponse) => void)>;
  /** Paths in the order in which they were asked for. */
  asked(): readonly string[];
}

async function withPublisher(work: (run: Run) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'viaduct-app-'));
  const answers: Run['answers'] = new Map();
  const running = new Set<App>();
  const close = async (app: App) => {
    running.delete(app);
    await app.close(0);
  };
  const answer = ({ url = '' }: IncomingMessage, response: ServerResponse) => {
    const known = answers.get(url) ?? '';
    if (typeof known === 'string') response.end(known);
    else known(response);
  };
  try {
    await withServer(answer, async (server) => {
      const file = path.join(folder, 'feeds.json');
      const settings = readSettings({ config: file, data: path.join(folder, 'data'), port: '0' }, {}, folder);
      const read = async (paths: readonly string[]) => {
        const sources = paths.map((one) => server.url + one);
        await writeFile(file, JSON.stringify({ allow: [server.host], limits: { perHost: 8 }, sources }));
        return loadConfig(settings, {});
      };
      await work({
        answers,
        read,
        close,
        asked: () => server.requests.map(({ url }) => url),
        async open(paths, now) {
          const app = await openApp(await read(paths), settings, { log: () => {}, ...(now && { now }) });
          running.add(app);
          return app;
        },
      });
      await Promise.all([...running].map(close));
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const titlesOf = (app: App) =>
  app.store.items
    .newest()
    .map(({ title }) => title.replace('A title of ', ''))
    .sort();

const pass = (app: App, { sources }: Config) => app.poller.pass({ sources, force: true });

/** Polls `/old` once, so that its entries are known, and ends. The id that was made from `/old`. */
async function pollOld({ open, close, read, answers }: Run, now?: Date): Promise<string> {
  answers.set('/old', feedOf('first-of-it', 'second-of-it'));
  const app = await open(['/old'], now);
  const config = await read(['/old']);
  await pass(app, config);
  await close(app);
  return config.sources[0]?.id ?? '';
}

test('openApp: an edited address goes on under its former id while others are polled; nothing is lost or there twice', async () => {
  await withPublisher(async (run) => {
    const { answers, asked, open, read } = run;
    const id = await pollOld(run);
    let releaseSlow = () => {};
    answers.set('/slow', (response) => {
      releaseSlow = () => response.end(feedOf('only-slow'));
    });
    answers.set('/fast', feedOf('only-fast'));
    answers.set('/moved', feedOf('first-of-it', 'second-of-it', 'third-of-it'));
    const config = await read(['/slow', '/moved', '/fast']);
    const app = await open(['/slow', '/moved', '/fast']);
    const { polled } = await app.poller.pass({
      sources: config.sources,
      force: true,
      // Only the slow one is left: it must end under the list as it is after the change.
      onPolled: ({ source }) => source.id === id && setTimeout(releaseSlow, 50),
    });
    assert.equal(
      polled.map(({ source, outcome }) => [source.id, 'added' in outcome && outcome.added]).sort(),
      [
        [config.sources[2]?.id, 1],
        [id, 1],
        [config.sources[0]?.id, 1],
      ].sort(),
    );
    assert.equal(titlesOf(app), ['first-of-it', 'only-fast', 'only-slow', 'second-of-it', 'third-of-it']);
    assert.equal([...app.store.storedSources()].sort(), [id, config.sources[0]?.id, config.sources[2]?.id].sort());
    assert.equal(asked().filter((one) => one === '/moved').length, 1);
    assert.is((await read(['/moved'])).sources[0]?.id, id, 'and it is remembered');
  });
});

test('openApp: an edited address whose former id is due is asked once', async () => {
  await withPublisher(async (run) => {
    const id = await pollOld(run, new Date(Date.now() - 48 * 3_600_000));
    run.answers.set('/moved', feedOf('first-of-it', 'second-of-it', 'third-of-it'));
    const app = await run.open(['/moved']);
    const done = new Promise<string>((resolve) => app.poller.onPolled(({ source }) => resolve(source.id)));
    app.startPolling();
    assert.is(await done, id);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(titlesOf(app), ['first-of-it', 'second-of-it', 'third-of-it']);
    assert.equal(run.asked(), ['/old', '/moved']);
  });
});

test('openApp: a list that was read before an id was restored does not take it away again', async () => {
  await withPublisher(async (run) => {
    const id = await pollOld(run);
    run.answers.set('/moved', feedOf('first-of-it', 'second-of-it'));
    run.answers.set('/fast', feedOf('only-fast'));
    const app = await run.open(['/moved']);
    const readBefore = await run.read(['/moved', '/fast']);
    await pass(app, readBefore);
    await app.reload(readBefore);
    assert.equal(titlesOf(app), ['first-of-it', 'second-of-it']);
    assert.is((await run.read(['/moved'])).sources[0]?.id, id);
  });
});

test('openApp: a poll that was begun before its address was edited ends first, and its entries are kept', async () => {
  await withPublisher(async (run) => {
    const id = await pollOld(run);
    let release = () => {};
    const isAsked = new Promise<void>((resolve) => {
      run.answers.set('/old', (response) => {
        release = () => response.end(feedOf('first-of-it', 'second-of-it', 'last-of-old'));
        resolve();
      });
    });
    run.answers.set('/moved', (response) => {
      response.end(feedOf('first-of-it', 'second-of-it', 'first-of-new'));
      // Time enough to store this one first, if nothing kept it from that.
      setTimeout(release, 1000);
    });
    const app = await run.open(['/old']);
    const order: string[] = [];
    app.poller.onPolled(({ source }) => order.push(new URL(source.url).pathname));
    const before = pass(app, await run.read(['/old']));
    await isAsked;
    const edited = await run.read(['/moved']);
    await app.reload(edited);
    await Promise.all([before, pass(app, edited)]);
    assert.equal(titlesOf(app), ['first-of-it', 'first-of-new', 'last-of-old', 'second-of-it']);
    assert.equal(app.store.storedSources(), [id]);
    assert.equal(order, ['/old', '/moved']);
  });
});

for (const [edit, paths] of [
  ['taken out', ['/fast']],
  ['edited again, to an address that makes the same id,', ['/moved.xml', '/fast']],
] as const) {
  test(`openApp: a recognised source that was ${edit} meanwhile changes nothing`, async () => {
    await withPublisher(async (run) => {
      const id = await pollOld(run);
      run.answers.set('/fast', feedOf('only-fast'));
      const app = await run.open(['/moved', '/fast']);
      const config = await run.read(['/moved', '/fast']);
      const edited = await run.read(paths);
      run.answers.set('/moved', (response) => {
        void app.reload(edited).then(() => response.end(feedOf('first-of-it', 'second-of-it', 'third-of-it')));
      });
      await pass(app, config);
      assert.equal(titlesOf(app), ['only-fast']);
      assert.equal([...app.store.storedSources()].sort(), [id, config.sources[1]?.id].sort());
    });
  });
}

test.run();
