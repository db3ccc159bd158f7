import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareSources } from '../../src/config/compare-sources.ts';
import { ConfigError } from '../../src/config/parse-config.ts';
import type { Config } from '../../src/model.ts';
import { createFeedsNews, type FeedsNews } from '../../src/worker/feeds-news.ts';
import { memoryStore } from '../helpers/memory-store.ts';
import { aConfig, aSource, NOW } from '../web/site-under-test.ts';

interface Run {
  readonly news: FeedsNews;
  /** Puts another feeds.json in use. */
  apply(next: Config): void;
  messages(): readonly string[];
  readonly logged: string[];
}

async function withNews(work: (run: Run) => void): Promise<void> {
  const store = await memoryStore();
  const logged: string[] = [];
  let current = aConfig({ sources: [] });
  const log = (_level: string, event: string, { message }: Readonly<Record<string, unknown>> = {}) =>
    void logged.push(`${event}: ${message}`);
  const news = createFeedsNews({ store, config: () => current, clock: () => NOW, log });
  try {
    work({
      news,
      logged,
      apply(next) {
        const before = current;
        current = next;
        news.applied(before, compareSources(before, next));
      },
      messages: () => news.state().changes.map(({ message }) => message),
    });
  } finally {
    await store.close();
  }
}

const sources = (count: number, changes: Parameters<typeof aSource>[0] = {}) =>
  Array.from({ length: count }, (_, at) => aSource({ id: `s${at}`, via: `S${at}`, ...changes }));

test('createFeedsNews: eight sources that changed alike are listed, the others are counted', async () => {
  await withNews(({ apply, messages }) => {
    apply(aConfig({ sources: sources(8) }));
    assert.is(messages().length, 8);
    apply(aConfig({ sources: sources(8, { poll: '0 * * * *' }).concat(aSource({ id: 'new', via: 'New' })) }));
    assert.equal(messages().slice(8), [...sources(8).map(({ via }) => `~ ${via}: poll`), '+ New: new, not polled yet']);
    apply(aConfig({ sources: [] }));
    assert.is(messages().at(-1), '− and 1 more');
    assert.is(messages().at(-2), '− S7: no longer shown; what is stored is kept and comes back with it');
  });
});

test('createFeedsNews: the last twenty changes are kept', async () => {
  await withNews(({ apply, messages }) => {
    for (let items = 1; items <= 21; items += 1) apply(aConfig({ sources: sources(1), items: items + 100 }));
    assert.equal(
      messages(),
      Array.from({ length: 20 }, () => '~ items'),
    );
  });
});

test('createFeedsNews: what differs of the file as a whole is named, without the list of sources', async () => {
  await withNews(({ apply, messages }) => {
    apply(aConfig({ sources: [], items: 50, timezone: 'Europe/Berlin' }));
    assert.equal(messages(), ['~ timezone, items']);
  });
});

test('createFeedsNews: a new source is reported again once it was polled, and only then', async () => {
  await withNews(({ news, apply, messages }) => {
    apply(aConfig({ sources: sources(1) }));
    const [source = aSource()] = sources(1);
    const polled = { source, merged: 0, answer: 'fetch-failed', bytes: 0, storeMs: 1 } as const;
    const error = new ConfigError('config/missing', 'Its server cannot be reached.');
    for (let time = 0; time < 2; time += 1) news.polled({ ...polled, outcome: { kind: 'failed', error } });
    assert.equal(messages(), ['+ S0: Its server cannot be reached']);
  });
});

test('createFeedsNews: a broken file says since when and why, and ten of its problems are logged', async () => {
  await withNews(({ news, apply, logged }) => {
    let changes = 0;
    news.onChange(() => {
      changes += 1;
    });
    const problems = Array.from({ length: 12 }, (_, at) => ({ line: at, column: 1, path: 'x', message: `slip ${at}` }));
    news.broken(new ConfigError('config/invalid', '/etc/feeds.json: 12 problems\n  feeds.json:1:1 …', { problems }));
    assert.equal(news.state().broken, { since: NOW, message: 'Something in it needs fixing.', problems });
    assert.is(logged[0], 'feeds.broken: /etc/feeds.json: 12 problems. The previous list stays in use.');
    assert.is(logged.filter((line) => line.startsWith('feeds.problem')).length, 10);
    news.broken(new ConfigError('config/missing', 'There is no /etc/feeds.json. Run viaduct from its folder.'));
    assert.is(news.state().broken?.message, 'The file is missing.');
    assert.is(
      logged.at(-1),
      'feeds.broken: There is no /etc/feeds.json. Run viaduct from its folder. The previous list stays in use.',
    );
    apply(aConfig({ sources: [] }));
    assert.is(news.state().broken, undefined);
    assert.is(changes, 3);
  });
});

test.run();
