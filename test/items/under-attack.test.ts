/** What hostile sources can do to the items of others: be one more via, and nothing else. */
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addMs, HOUR_MS } from '../../src/durations.ts';
import { matchDocument } from '../../src/identity/match-document.ts';
import { createItemIndex } from '../../src/items/item-index.ts';
import type { FeedInfo, Item, ListedEntry, SourceRecord } from '../../src/model.ts';
import { aListed, aSource, march, wordsAbout } from './poll-all.ts';

const VICTIMS = ['anna', 'zoe', 'paul'] as const;
const ROUNDS = 6;
/** Articles of one victim, and how many of them its document lists at a time. */
const ARTICLES = 5;
const LISTED = 3;

interface Document {
  readonly source: string;
  readonly round: number;
  readonly feed: FeedInfo;
  readonly listed: readonly Partial<ListedEntry>[];
}

/** Titles of one victim are alike, as those of reports and serials are. Paul's have no address, as in many podcasts. */
const article = (victim: string, number: number): Partial<ListedEntry> => ({
  guid: `tag:${victim}.example,2026:${number}`,
  ...(victim !== 'paul' && { link: `https://${victim}.example/post/${number}` }),
  title: `How ${victim} brews the ${['green', 'black', 'white', 'red', 'yellow'][number]} tea properly`,
  text: wordsAbout(`${victim}${number}`),
  enclosures: [{ url: `https://cdn.example/${victim}/${number}.mp3`, type: 'audio/mpeg' }],
  publishedAt: addMs(march(1), number * HOUR_MS),
});

/** A victim lists its newest articles; the oldest leave its document. One of them never has a text. */
function victimDocument(victim: string, round: number): Document {
  const last = Math.min(round, ARTICLES - 1);
  const numbers = Array.from({ length: last + 1 }, (_, number) => number).slice(-LISTED);
  const listed = numbers.reverse().map((number) => {
    const { text: _, enclosures: __, ...bare } = article(victim, number);
    return number === 1 ? bare : article(victim, number);
  });
  return { source: victim, round, feed: { url: `https://${victim}.example/` }, listed };
}

const victimDocuments = VICTIMS.flatMap((victim) =>
  Array.from({ length: ROUNDS }, (_, round) => victimDocument(victim, round)),
);

/** What readers see of an item, but for its vias. */
function fieldsOf(item: Item, isIdKept: boolean) {
  const { id, title, url, date, arrival, firstSeen, updated, published, categories, primary, body } = item;
  const victims = item.entries.filter(({ source }) => VICTIMS.some((victim) => victim === source));
  const fields = { title, url, date, arrival, firstSeen, updated, published, categories, primary, body, victims };
  return { ...fields, id: isIdKept ? id : '' };
}

/** Polls in this order; what is seen of each article of the victims after each poll, by the id of its entry. */
function* poll(documents: readonly Document[]): Generator<ReadonlyMap<string, Item>> {
  const records = new Map<string, SourceRecord>();
  const index = createItemIndex();
  for (const { source, round, feed, listed } of documents) {
    const { record } = matchDocument({
      source: aSource(source),
      record: records.get(source),
      document: { feed, entries: listed.map((one) => aListed(one)), skipped: 0, complete: true },
      now: addMs(march(2), round * HOUR_MS),
      ...(round > 0 && { previousSuccessAt: addMs(march(2), (round - 1) * HOUR_MS) }),
      retentionDays: 0,
      ownHosts: new Set([...VICTIMS.map((victim) => `${victim}.example`), `${source}.example`]),
      addressChanged: false,
      baseUrl: aSource(source).url,
    });
    records.set(source, record);
    index.apply(aSource(source), record);
    const entries = VICTIMS.flatMap((victim) => records.get(victim)?.entries ?? []);
    yield new Map(
      entries.flatMap(({ id }) => {
        const item = index.find(id);
        return item ? [[id, item]] : [];
      }),
    );
  }
}

function lastOf(documents: readonly Document[]): ReadonlyMap<string, Item> {
  let last: ReadonlyMap<string, Item> = new Map();
  for (const seen of poll(documents)) last = seen;
  return last;
}

const undisturbed = lastOf([...victimDocuments].sort((a, b) => a.round - b.round));

/** @throws when one of the victims' items is not what it is without the attackers */
function assertUnharmed(attacks: readonly Document[], orders: readonly number[], isIdKept: boolean): void {
  const all = [...victimDocuments, ...attacks].map((document, at) => ({
    document,
    order: orders[at % orders.length] ?? 0,
  }));
  all.sort((a, b) => a.document.round - b.document.round || a.order - b.order);
  const ids = new Map<string, string>();
  const last = new Map<string, Item>();
  for (const seen of poll(all.map(({ document }) => document))) {
    for (const [entry, item] of seen) {
      if (isIdKept) assert.is(ids.get(entry) ?? item.id, item.id, 'an id that was seen stays');
      ids.set(entry, item.id);
      last.set(entry, item);
    }
  }
  assert.is(last.size, undisturbed.size);
  assert.is(new Set(last.values()).size, undisturbed.size, 'each article is an item of its own');
  for (const [entry, item] of undisturbed) {
    const now = last.get(entry);
    assert.equal(now && fieldsOf(now, isIdKept), fieldsOf(item, isIdKept));
  }
}

test('the victims’ own articles are items, one each', () => {
  assert.is(new Set(undisturbed.values()).size, VICTIMS.length * ARTICLES);
});

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const anArticle = (until: number) =>
  fc
    .tuple(fc.constantFrom(...VICTIMS), fc.nat({ max: Math.min(until, ARTICLES - 1) }))
    .map(([victim, number]) => article(victim, number));

/** Stands for an attacker's own site. */
const OWN = 'https://own.example';

/** An entry that takes each of its fields from some article of a victim, or has it to itself. Whoever attacks in a round knows the
 *  articles of that round; the links and guids of those up to `guessed` can be guessed. */
const anAttack = (round: number, guessed: number) =>
  fc
    .record({
      own: fc.nat({ max: 4 }),
      guid: maybe(anArticle(guessed)),
      link: maybe(anArticle(guessed)),
      title: maybe(anArticle(round)),
      text: maybe(anArticle(round)),
      enclosure: maybe(anArticle(round)),
      publishedAt: maybe(fc.integer({ min: -72, max: 72 })),
    })
    .map(
      ({ own, guid, link, title, text, enclosure, publishedAt }): Partial<ListedEntry> => ({
        guid: guid?.guid ?? `own-${own}`,
        link: link?.link ?? `${OWN}/${own}`,
        ...(title?.title !== undefined && { title: title.title }),
        ...(text?.text !== undefined && { text: text.text }),
        enclosures: enclosure?.enclosures ?? [],
        ...(publishedAt !== undefined && { publishedAt: addMs(march(2), publishedAt * HOUR_MS) }),
      }),
    );

const attackers = (guessed: (round: number) => number) =>
  fc
    .array(
      fc.nat({ max: ROUNDS - 1 }).chain((round) =>
        fc.record({
          source: fc.constantFrom('bad', 'mallory', 'zzz'),
          round: fc.constant(round),
          feed: fc.constantFrom(...VICTIMS, 'attacker').map((host) => ({ url: `https://${host}.example/` })),
          listed: fc.array(anAttack(round, guessed(round)), { minLength: 1, maxLength: 5 }),
        }),
      ),
      { minLength: 1, maxLength: 10 },
    )
    .map((attacks) =>
      attacks.map((attack) => ({ ...attack, listed: attack.listed.map((one) => onSite(attack.source, one)) })),
    );

function onSite(source: string, { link = '', ...listed }: Partial<ListedEntry>): Partial<ListedEntry> {
  return { ...listed, link: link.replace(OWN, `https://${source}.example`) };
}

const orders = fc.array(fc.nat(), { minLength: 7, maxLength: 7 });

const fixed = process.env.SEED === undefined ? {} : { seed: Number(process.env.SEED) };
const numRuns = Number(process.env.RUNS ?? 200);

test('200 generated attackers: whatever they name, no field of a victim’s item changes but its vias, in any order', () => {
  const known = attackers((round) => round);
  fc.assert(
    fc.property(known, orders, (attacks, order) => assertUnharmed(attacks, order, true)),
    { numRuns, ...fixed },
  );
});

test('200 generated attackers who guess links and guids beforehand: nothing but vias and the id', () => {
  const clairvoyant = attackers(() => ARTICLES);
  fc.assert(
    fc.property(clairvoyant, orders, (attacks, order) => assertUnharmed(attacks, order, false)),
    { numRuns, ...fixed },
  );
});

const V = article('anna', 2);
const LATER = { round: 3, feed: {} };
const evil = (given: Partial<ListedEntry>): Partial<ListedEntry> => ({
  guid: 'o1',
  title: 'BUY PILLS',
  text: wordsAbout('evil'),
  ...given,
});
const own = (given: Partial<ListedEntry> = {}) => evil({ link: 'https://aaa.example/1', ...given });
/** What each of these did before: an item of an article of round 2 was the attacker's. Rounds and what is listed in each. */
const takeovers: readonly (readonly [string, readonly (readonly [number, readonly Partial<ListedEntry>[]])[]])[] = [
  ['a wrapper of Google’s on a host of its own', [[2, [evil({ link: `https://google.aaa.example/url?q=${V.link}` })]]]],
  [
    'the link first, and its own at the next poll',
    [
      [2, [evil({ link: V.link as string })]],
      [3, [own()]],
    ],
  ],
  ['its own guid first, and the victim’s in a double', [[2, [own(), own({ guid: V.guid as string })]]]],
  [
    'an old entry of its own with three doubles',
    [
      [0, [own()]],
      [
        3,
        [
          evil({ updatedAt: march(1) }),
          evil({ link: V.link as string, updatedAt: march(1) }),
          own({ updatedAt: march(1) }),
        ],
      ],
    ],
  ],
  [
    'so many names that some are forgotten',
    [
      [0, [own()]],
      [1, [own(), own({ guid: 'junk' })]],
      [3, [own({ link: V.link as string })]],
      [4, [own(), ...Array.from({ length: 60 }, (_, at) => own({ guid: `d${at}` }))]],
    ],
  ],
];
for (const [name, polls] of takeovers) {
  test(`a takeover by ${name}`, () => {
    const attacks = polls.map(([round, listed]) => ({ ...LATER, source: 'aaa', round, listed }));
    for (const order of [[0], [1, 0]]) assertUnharmed(attacks, order, true);
  });
}

test('two podcasts without addresses are not made one by two feeds of one hostile site', () => {
  const [one, other] = [article('paul', 2), article('paul', 1)];
  const link = 'https://aaa.example/1';
  const attacks = [one, other].map(({ guid, title }, at) => ({
    ...LATER,
    source: `aaa${at}`,
    listed: [{ guid: guid as string, title: title as string, link }],
  }));
  assertUnharmed(attacks, [0], true);
});

test.run();
