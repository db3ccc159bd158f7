/** Items are a function of what was listed when: neither the order of polls nor the way to get there counts. */
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { matchDocument } from '../../src/identity/match-document.ts';
import { createItemIndex, type ItemIndex } from '../../src/items/item-index.ts';
import type { Instant, ListedEntry, SourceRecord } from '../../src/model.ts';
import { aListed, aSource, wordsAbout } from './poll-all.ts';

const RUNS = 100;
const SOURCES = ['alice', 'bob', 'carol', 'planet'];
const hour = (number: number): Instant => new Date(Date.UTC(2026, 2, 2, number)).toISOString();

/** Values so few that items collide in every way. */
const listed: fc.Arbitrary<ListedEntry> = fc
  .record(
    {
      guid: fc.constantFrom(
        '1',
        '2',
        'N/A',
        'tag:alice.example,2026:1',
        'tag:alice.example,2026:2',
        'https://alice.example/?p=1',
      ),
      link: fc.constantFrom(
        'https://alice.example/tea',
        'http://www.alice.example/tea/?utm_source=x',
        'https://alice.example/tea#more',
        'https://m.alice.example/tea',
        'https://alice.example/bread',
        'https://bob.example/',
        'https://list.example/join',
      ),
      title: fc.constantFrom(
        'On brewing tea properly',
        'Alice: On brewing tea properly',
        'A slow bread for the weekend',
        'Weekly links',
        'The tour, part 1',
        'The tour, part 2',
      ),
      text: fc.constantFrom('Read this.', wordsAbout('tea'), wordsAbout('bread'), wordsAbout('tea', 45)),
      publishedAt: fc.constantFrom(hour(-200), hour(-100), hour(-50)),
      enclosures: fc.constantFrom([{ url: 'https://cdn.example/1.mp3' }]),
    },
    { requiredKeys: [] },
  )
  .map(aListed);
const document = fc.array(listed, { minLength: 1, maxLength: 4 });
/** What each source lists, round by round; a source may be left out of a round. */
const rounds = fc.array(fc.dictionary(fc.constantFrom(...SOURCES), document), { minLength: 1, maxLength: 4 });
const order = fc.shuffledSubarray(SOURCES, { minLength: SOURCES.length });

type Round = Readonly<Record<string, readonly ListedEntry[]>>;

class Sources {
  readonly records = new Map<string, SourceRecord>();
  readonly index = createItemIndex();
  readonly #lastAt = new Map<string, Instant>();

  poll(id: string, entries: readonly ListedEntry[], now: Instant): boolean {
    const previousSuccessAt = this.#lastAt.get(id);
    const { record, changed } = matchDocument({
      source: aSource(id),
      record: this.records.get(id),
      document: { feed: { url: `https://${id}.example/` }, entries, skipped: 0, complete: true },
      now,
      ...(previousSuccessAt !== undefined && { previousSuccessAt }),
      retentionDays: 0,
      ownHosts: new Set(SOURCES.map((source) => `${source}.example`)),
      addressChanged: false,
      baseUrl: aSource(id).url,
    });
    this.#lastAt.set(id, now);
    if (!changed) return false;
    this.records.set(id, record);
    this.index.apply(aSource(id), record);
    return true;
  }

  play(round: Round, now: Instant, inOrder: readonly string[] = SOURCES): void {
    for (const id of inOrder) {
      const entries = round[id];
      if (entries) this.poll(id, entries, now);
    }
  }
}

function played(script: readonly Round[]): Sources {
  const world = new Sources();
  for (const [at, round] of script.entries()) world.play(round, hour(at));
  return world;
}

function scratch(records: ReadonlyMap<string, SourceRecord>, inOrder: readonly string[]): ItemIndex {
  const index = createItemIndex();
  for (const id of inOrder) {
    const record = records.get(id);
    if (record) index.apply(aSource(id), record);
  }
  return index;
}

test('matchDocument: any order of the polls of a round gives the same items', () => {
  fc.assert(
    fc.property(rounds, fc.array(order, { minLength: 4, maxLength: 4 }), (script, orders) => {
      const shuffled = new Sources();
      for (const [at, round] of script.entries()) shuffled.play(round, hour(at), orders[at]);
      assert.equal(shuffled.index.newest(), played(script).index.newest());
    }),
    { numRuns: RUNS },
  );
});

test('matchDocument: polls that bring the same documents again change nothing', () => {
  fc.assert(
    fc.property(rounds, fc.integer({ min: 1, max: 3 }), (script, times) => {
      const world = played(script);
      const [last = {}] = script.slice(-1);
      const before = world.index.newest();
      for (let time = 0; time < times; time++) {
        for (const [id, entries] of Object.entries(last)) {
          assert.is(world.poll(id, entries, hour(script.length + time)), false);
        }
      }
      assert.is(world.index.newest(), before);
    }),
    { numRuns: RUNS },
  );
});

test('createItemIndex: kept current or made from scratch in any order, the items are the same', () => {
  fc.assert(
    fc.property(rounds, order, (script, inOrder) => {
      const { records, index } = played(script);
      const fresh = scratch(records, inOrder);
      assert.equal(index.newest(), fresh.newest());
      assert.is(index.size, fresh.size);
    }),
    { numRuns: RUNS },
  );
});

test('createItemIndex: a source taken out takes only its own items along, and put back leaves no trace', () => {
  fc.assert(
    fc.property(rounds, fc.constantFrom(...SOURCES), (script, gone) => {
      const { records, index } = played(script);
      const before = index.newest();
      const rest = SOURCES.filter((id) => id !== gone);
      const record = records.get(gone);
      if (!record) return;
      index.apply(undefined, record);
      const fresh = scratch(records, rest);
      fresh.apply(undefined, record);
      assert.equal(index.newest(), fresh.newest());
      const left = before.filter(({ entries }) => entries.some(({ source }) => source !== gone));
      assert.equal(new Set(index.newest().map(({ id }) => id)), new Set(left.map(({ id }) => id)));
      index.apply(aSource(gone), record);
      assert.equal(index.newest(), before);
    }),
    { numRuns: RUNS },
  );
});

test('createItemIndex: every change is reported, by the ids of before and after', () => {
  fc.assert(
    fc.property(rounds, (script) => {
      const { records } = played(script);
      const index = createItemIndex();
      for (const [id, record] of records) {
        const before = new Map(index.newest().map((item) => [item.id, item]));
        const reported = new Set(index.apply(aSource(id), record));
        const after = new Map(index.newest().map((item) => [item.id, item]));
        const ids = [...new Set([...before.keys(), ...after.keys()])];
        const changed = ids.filter((itemId) => before.get(itemId) !== after.get(itemId));
        assert.equal(new Set(changed), reported);
      }
    }),
    { numRuns: RUNS },
  );
});

test('createItemIndex: every entry is in one item, found by its id, and listed together never means one item', () => {
  fc.assert(
    fc.property(rounds, (script) => {
      const { records, index } = played(script);
      const entries = [...records.values()].flatMap((record) => record.entries);
      assert.is(
        index.newest().reduce((sum, item) => sum + item.entries.length, 0),
        entries.length,
      );
      for (const entry of entries) assert.ok(index.find(entry.id)?.entries.includes(entry));
      for (const record of records.values()) {
        const together = record.entries.filter(({ isListed }) => isListed);
        assert.is(new Set(together.map(({ id }) => index.find(id)?.id)).size, together.length);
      }
      for (const item of index.newest()) {
        const sources = item.via.map(({ source }) => source);
        assert.is(new Set(sources).size, sources.length);
        const firsts = item.entries.filter(({ firstSeen }) => firstSeen === item.entries[0]?.firstSeen);
        assert.ok(firsts.some(({ id }) => id === item.id));
        assert.ok(item.title.length > 0);
      }
    }),
    { numRuns: RUNS },
  );
});
test.run();
