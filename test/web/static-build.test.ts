/** One build after another into one folder, whatever happens between them. */
import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addMs, DAY_MS, HOUR_MS } from '../../src/durations.ts';
import { ViaductError } from '../../src/errors.ts';
import { matchDocument } from '../../src/identity/match-document.ts';
import type { Config, FeedInfo, Instant, ListedEntry, SafeHtml, Source } from '../../src/model.ts';
import type { Store } from '../../src/store/store.ts';
import { writeStaticSite } from '../../src/web/static-folder.ts';
import { listStaticFiles } from '../../src/web/static-site.ts';
import { memoryStore } from '../helpers/memory-store.ts';
import { aListed, aSource, wordsAbout } from '../items/poll-all.ts';
import { aConfig } from './site-under-test.ts';

const START: Instant = '2026-12-26T21:00:00.000Z';
const SECRET = 'https://hidden.example/u/k9f3q7zt2/feed.xml';
const SOURCES: readonly Source[] = [
  aSource('alice', { categories: ['Tea'], homepage: 'https://alice.example/' }),
  aSource('bob', { categories: ['Tea', 'News'] }),
  aSource('carol'),
];

/** A store, and what stands in feeds.json, at a moment. */
interface World {
  readonly store: Store;
  config: Config;
  now: Instant;
}

async function aWorld(): Promise<World> {
  const world: World = { store: await memoryStore({ clock: () => START }), config: aConfig({ items: 12 }), now: START };
  await follow(world, SOURCES);
  return world;
}

async function follow(world: World, sources: readonly Source[]): Promise<void> {
  world.config = { ...world.config, sources };
  await world.store.follow(sources);
}

async function poll(world: World, id: string, entries: readonly ListedEntry[], feed: FeedInfo = {}): Promise<void> {
  const { store, config, now } = world;
  const source = config.sources.find((one) => one.id === id);
  if (!source) return;
  const state = store.state(id);
  const { record } = matchDocument({
    source,
    record: store.record(id),
    document: {
      feed: { url: `https://${id}.example/`, title: `All of ${id}`, ...feed },
      entries,
      skipped: 0,
      complete: true,
    },
    now,
    ...(state.succeededAt !== undefined && { previousSuccessAt: state.succeededAt }),
    retentionDays: 3,
    ownHosts: new Set(config.sources.map((one) => `${one.id}.example`)),
    addressChanged: false,
    baseUrl: source.url,
  });
  await store.commit({
    source: id,
    record,
    state: { ...state, askedAt: now, succeededAt: now, newEntryAt: now },
    outcome: { kind: 'updated', added: 0, edited: 0 },
  });
}

/** Article `n`; those of low numbers link to one page, whoever lists them. */
function article(source: string, n: number, variant: number): ListedEntry {
  const host = n < 4 ? 'shared' : source;
  return aListed({
    guid: `${source}-${n}`,
    link: `https://${host}.example/${n}`,
    title: variant === 3 ? `Look at ${SECRET} ${n}` : `Article ${n} ${'again '.repeat(variant % 3)}`,
    text: wordsAbout(`${host}${n}`),
    summary: `${variant} of ${wordsAbout(`${host}${n}`, 30)}`,
    html: `<p>${wordsAbout(`${host}${n}`)} ${SECRET}</p>` as SafeHtml,
    publishedAt: addMs(START, -n * 7 * HOUR_MS),
    authors: [{ name: n % 2 === 0 ? 'Ann' : `Writer ${n % 5}` }],
    categories: ['tea', `topic ${n % 3}`],
    comments: `https://talk.example/${source}/${n}`,
    ...(variant === 4 && { language: 'fr' }),
  });
}

type Step = (world: World) => Promise<void>;

const someSource = fc.constantFrom('alice', 'bob', 'carol');
const changedSource: fc.Arbitrary<Partial<Source>> = fc.constantFrom<Partial<Source>[]>(
  { disabled: true },
  { disabled: false },
  { via: '@handle' },
  { content: 'full' },
  { content: 'title' },
  { categories: ['Coffee'] },
  { homepage: 'https://elsewhere.example/' },
  { exclude: ['again'] },
  { license: 'cc' },
  { url: SECRET, private: true, secrets: ['k9f3q7zt2'] },
);
const changedConfig: fc.Arbitrary<Partial<Config>> = fc.constantFrom<Partial<Config>[]>(
  { timezone: 'Pacific/Auckland' },
  { timezone: 'UTC' },
  { status: 'local' },
  { tallies: false },
  { link: 'page' },
  { items: 3 },
  { site: { ...aConfig().site, title: 'Another name' } },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(someSource, fc.array(fc.tuple(fc.nat(30), fc.nat(4)), { minLength: 1, maxLength: 12 }), fc.nat(2))
      .map(
        ([id, listed, feed]): Step =>
          (world) => {
            const entries = [...new Map(listed)].map(([n, variant]) => article(id, n, variant));
            return poll(world, id, entries, [{}, { title: 'New title' }, { language: 'de' }][feed]);
          },
      ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(1, 5 * HOUR_MS, DAY_MS, 3 * DAY_MS, 3 * DAY_MS, -DAY_MS, 365 * DAY_MS).map(
      (ms): Step =>
        async (world) => {
          world.now = addMs(world.now, ms);
        },
    ),
  },
  fc.tuple(someSource, changedSource).map(
    ([id, change]): Step =>
      (world) =>
        follow(
          world,
          world.config.sources.map((one) => (one.id === id ? { ...one, ...change } : one)),
        ),
  ),
  someSource.map(
    (id): Step =>
      (world) =>
        follow(
          world,
          world.config.sources.filter((one) => one.id !== id),
        ),
  ),
  fc.constant<Step>((world) => follow(world, SOURCES)),
  someSource.map(
    (source): Step =>
      async ({ store }) => {
        const problem = { code: 'fetch/status', message: 'It answers 500.' };
        const outcome = { kind: 'failed', error: new ViaductError('fetch/status', problem.message) } as const;
        await store.commit({ source, state: { ...store.state(source), problem }, outcome });
      },
  ),
  changedConfig.map(
    (change): Step =>
      async (world) => {
        world.config = { ...world.config, ...change };
      },
  ),
  fc.nat(20).map(
    (n): Step =>
      async ({ store, now }) => {
        const items = store.items.newest();
        const item = items[n % Math.max(1, items.length)];
        if (item)
          for (let key = 0; key < 6; key += 1) await store.count('view', item.id, `${n}${key}`.padStart(16, '0'), now);
      },
  ),
);

/** What happens to the folder. */
type Harm = (folder: string, names: readonly string[]) => Promise<void>;
const nothing: Harm = async () => {};
const harm = fc.oneof(
  { weight: 3, arbitrary: fc.constant(nothing) },
  fc.nat().map(
    (n): Harm =>
      async (folder, names) => {
        await rm(path.join(folder, names[n % names.length] ?? ''));
      },
  ),
  fc.nat().map(
    (n): Harm =>
      async (folder, names) => {
        await appendFile(path.join(folder, names[n % names.length] ?? ''), ' ');
      },
  ),
  fc.constantFrom('', 'nonsense', '{}\n{}').map(
    (text): Harm =>
      async (folder) => {
        await writeFile(path.join(folder, '.viaduct-build/written'), text);
      },
  ),
);

async function namesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((name) => !name.startsWith('.viaduct-build'))
    .sort();
}

/** The folder holds what the files would be if each was made now, and nothing else. */
async function assertFresh(folder: string, { store, config, now }: World): Promise<void> {
  const names = await namesIn(folder);
  const files = listStaticFiles({ store, config, now });
  for (const { name, make } of files) {
    const made = await make();
    // Not assert.is: it compares pages letter by letter, for minutes.
    assert.ok(made.equals(await readFile(path.join(folder, name))), name);
    if (!names.includes(`${name}.gz`)) continue;
    assert.ok(made.equals(gunzipSync(await readFile(path.join(folder, `${name}.gz`)))), `${name}.gz`);
  }
  const expected = new Set(files.map(({ name }) => name));
  assert.equal(
    names.filter((name) => !expected.has(name.replace(/\.gz$/, ''))),
    [],
  );
  assert.equal(
    [...expected].filter((name) => !names.includes(name)),
    [],
  );
  assert.equal(await readdir(path.join(folder, '.viaduct-build')), ['written']);
}

async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const parent = await mkdtemp(path.join(tmpdir(), 'viaduct-build-'));
  try {
    return await work(path.join(parent, 'site'));
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

const build = (folder: string, { store, config, now }: World) =>
  writeStaticSite(folder, listStaticFiles({ store, config, now }));

test('build: after any changes, an old folder comes to hold what a new one would, byte for byte', async () => {
  const round = fc.record({
    steps: fc.array(step, { minLength: 1, maxLength: 3 }),
    harm,
    stopAt: fc.option(fc.nat(60)),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 5, maxLength: 8 }), (rounds) =>
      withFolder(async (folder) => {
        const world = await aWorld();
        for (const { steps, harm, stopAt } of rounds) {
          for (const [at, change] of steps.entries()) {
            await change(world);
            if (at === 0 && stopAt !== null) await buildInPart(folder, world, stopAt);
          }
          await build(folder, world);
          await assertFresh(folder, world);
          await harm(folder, await namesIn(folder));
        }
        await world.store.close();
      }),
    ),
    {
      endOnFailure: true,
      numRuns: 2,
    },
  );
});

/** A build that breaks off at its n-th file. */
async function buildInPart(folder: string, { store, config, now }: World, n: number): Promise<void> {
  const stop = { name: 'stop', make: () => Promise.reject(new Error('no power')) };
  const files = listStaticFiles({ store, config, now });
  await writeStaticSite(folder, [...files.slice(0, n), stop]).catch(({ message }) => assert.is(message, 'no power'));
}

/** So many days of 53 articles, built, and how many files one more article renders. */
async function costOfOneMore(days: number): Promise<{ readonly rendered: number; readonly files: number }> {
  const world = await aWorld();
  const listed: ListedEntry[] = [];
  const write = (count: number) => {
    for (let n = 0; n < count; n += 1) {
      listed.push({ ...article('alice', 100 + listed.length, 0), publishedAt: world.now });
    }
    return poll(world, 'alice', listed);
  };
  for (let day = 0; day < days; day += 1) {
    await write(53);
    world.now = addMs(world.now, DAY_MS);
  }
  const rendered = new Set<string>();
  const files = await withFolder(async (folder) => {
    await build(folder, world);
    assert.ok(existsSync(path.join(folder, 'latest/page/1/index.html')));
    world.now = addMs(world.now, HOUR_MS);
    await write(1);
    const all = listStaticFiles(world);
    const watched = all.map((file) => ({ ...file, make: () => file.make().finally(() => rendered.add(file.name)) }));
    await writeStaticSite(folder, watched);
    await assertFresh(folder, world);
    listed.shift();
    await poll(world, 'alice', listed);
    world.now = addMs(world.now, 4 * DAY_MS);
    await build(folder, world);
    // Nothing else changes than that one of the last page goes.
    await poll(world, 'alice', listed);
    await build(folder, world);
    await assertFresh(folder, world);
    return all.length;
  });
  await world.store.close();
  return { rendered: rendered.size, files };
}

test('build: what one more item renders does not grow with the site', async () => {
  const [small, large] = [await costOfOneMore(3), await costOfOneMore(9)];
  assert.ok(large.files > 2.5 * small.files, `${small.files} and ${large.files} files`);
  assert.ok(large.rendered <= small.rendered + 3, `${small.rendered}, then ${large.rendered} of ${large.files}`);
});

test.run();
