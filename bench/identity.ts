import { matchDocument } from '../src/identity/match-document.ts';
import { MATCH_RULES } from '../src/identity/match-rules.ts';
import { MATCH_STEPS } from '../src/identity/match-steps.ts';
import { createItemIndex, type ItemIndex } from '../src/items/item-index.ts';
import type { FeedDocument, Item, ListedEntry, Source, SourceRecord } from '../src/model.ts';
import { ALL_RULES, aSource, loadDedupe, type ReadCase, type Rules, runCase, type Score } from './dedupe-cases.ts';
import { type Farm, type Member, pollFarm, readFarm } from './farm-truth.ts';

type Polled = readonly { readonly source: Source; readonly record: SourceRecord }[];

/** What the identity rules are worth: the shared cases, each rule left out in turn, the farm's truth, and the time taken. */
export async function benchIdentity(): Promise<void> {
  const dedupe = await loadDedupe();
  if (dedupe) showCases(dedupe.cases, dedupe.score);
  else console.log('cases: skipped, ../shared/dedupe is not at hand');

  const farm = await readFarm(1000);
  const polled = farm && pollFarm(farm);
  if (farm && polled) showFarm(farm, polled);
  else console.log('farm: skipped, ../shared/farm is not at hand');

  if (dedupe) showAblation(dedupe.cases, dedupe.score, farm, polled);
  showTimes();
  showHostileJoins();
  showPressRelease();
}

function showCases(cases: readonly ReadCase[], score: Score): void {
  const counted = cases.filter(({ taste }) => !taste);
  const categories = [...new Set(counted.map(({ cat }) => cat))];
  for (const category of categories) {
    const own = counted.filter(({ cat }) => cat === category);
    const failed = own.flatMap((one) => (runCase(one, score) === undefined ? [] : one.id));
    console.log(`${category.padEnd(14)} ${own.length - failed.length}/${own.length} ${failed.join(' ')}`);
  }
  console.log(`cases: ${counted.length - failuresOf(counted, score, ALL_RULES).length}/${counted.length}`);
}

function showFarm(farm: Farm, polled: Polled): void {
  const { precision, recall, mergedDecoys } = judgeFarm(farm, polled, indexOf(polled, ALL_RULES));
  console.log(
    `farm: pairwise precision ${precision.toFixed(4)}, recall ${recall.toFixed(4)}, decoys merged ${mergedDecoys}`,
  );
}

/** Each step and rule left out in turn: what is missed is what it is worth. The farm's feeds are polled once, so that no
 *  step is asked there: its figures are those of the rules. */
function showAblation(
  cases: readonly ReadCase[],
  score: Score,
  farm: Farm | undefined,
  polled: Polled | undefined,
): void {
  const counted = cases.filter(({ taste }) => !taste);
  const all = failuresOf(counted, score, ALL_RULES);
  const whole = farm && polled && judgeFarm(farm, polled, indexOf(polled, ALL_RULES));
  const show = (name: string, rules: Rules) => {
    const missed = failuresOf(counted, score, rules).filter((id) => !all.includes(id));
    const isAsked = rules.rules !== ALL_RULES.rules;
    const judged = isAsked ? farm && polled && judgeFarm(farm, polled, indexOf(polled, rules)) : whole;
    const figures = judged ? `${judged.precision.toFixed(4)} ${judged.recall.toFixed(4)}` : '';
    console.log(`${name.padEnd(80)} ${String(missed.length).padStart(3)}  ${figures}  ${missed.join(' ')}`);
  };
  console.log('left out: cases missed, farm precision and recall');
  for (const step of MATCH_STEPS) {
    show(`step: ${step.name}`, { ...ALL_RULES, steps: MATCH_STEPS.filter((one) => one !== step) });
  }
  for (const rule of MATCH_RULES) {
    show(`rule: ${rule.words}`, { ...ALL_RULES, rules: MATCH_RULES.filter((one) => one !== rule) });
  }
}

function failuresOf(cases: readonly ReadCase[], score: Score, rules: Rules): readonly string[] {
  return cases.flatMap((one) => (runCase(one, score, rules) === undefined ? [] : one.id));
}

function indexOf(polled: Polled, rules: Rules): ItemIndex {
  const index = createItemIndex(rules.rules);
  for (const { source, record } of polled) index.apply(source, record);
  return index;
}

/** Pairs of members that are one article, against pairs that stand in one item. */
function judgeFarm({ truth }: Farm, polled: Polled, index: ItemIndex) {
  const itemOf = findItems(polled, index);
  const storiesOf = new Map<string, number[]>();
  let [pairs, found] = [0, 0];
  for (const { story, members } of truth.clusters) {
    const ids = members.map((member) => itemOf(member)?.id ?? '');
    for (const [at, id] of ids.entries()) {
      storiesOf.set(id, [...(storiesOf.get(id) ?? []), story]);
      pairs += at;
      found += ids.slice(0, at).filter((other) => other === id).length;
    }
  }
  const joined = [...storiesOf.values()].reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0);
  const decoys = new Set(
    truth.clusters
      .filter(({ members }) => members.some(({ title }) => Object.hasOwn(truth.decoyTitles, title)))
      .map(({ story }) => story),
  );
  const mergedDecoys = [...storiesOf.values()].filter(
    (stories) => new Set(stories.filter((story) => decoys.has(story))).size > 1,
  );
  return { precision: found / joined, recall: found / pairs, mergedDecoys: mergedDecoys.length };
}

/** A member stands for the item of the entry in its feed that has its link or guid. */
function findItems(polled: Polled, index: ItemIndex): (member: Member) => Item | undefined {
  const ids = new Map<string, string>();
  for (const { source, record } of polled) {
    for (const { id, link, guid } of record.entries) {
      for (const name of [link, guid]) if (name !== undefined) ids.set(`${source.id} ${name}`, id);
    }
  }
  return ({ feed, guid, link }) => {
    const id = ids.get(`f${feed} ${new URL(link).href}`) ?? ids.get(`f${feed} ${guid}`);
    return id === undefined ? undefined : index.find(id);
  };
}

/** 50,000 entries of 2,000 sources: from scratch, and one poll that brings one entry. */
function showTimes(): void {
  const heapAtStart = heapMB();
  const polled = Array.from({ length: 2000 }, (_, at) => polledSource(at, 25));
  const heapBefore = heapMB();
  const [startedAt, cpuAtStart] = [performance.now(), process.cpuUsage()];
  const index = indexOf(polled, ALL_RULES);
  const [scratchMs, cpu] = [performance.now() - startedAt, process.cpuUsage(cpuAtStart)];
  console.log(
    `index of 50,000 entries: ${scratchMs.toFixed(0)} ms from scratch (${((cpu.user + cpu.system) / 1000).toFixed(0)} of CPU), ${index.size} items, ${(heapMB() - heapBefore).toFixed(0)} MB beside the ${(heapBefore - heapAtStart).toFixed(0)} MB of the entries`,
  );
  const [matchMs, applyMs, newestMs]: [number[], number[], number[]] = [[], [], []];
  for (const { source, record } of polled.slice(0, 200)) {
    const document = documentOf(Number(source.id.slice(1)), 1, 26);
    const start = performance.now();
    const matched = matchDocument({ ...matchContext(source), record, document, now: '2026-01-16T12:00:00.000Z' });
    const done = performance.now();
    index.apply(source, matched.record);
    const applied = performance.now();
    index.newest();
    matchMs.push(done - start);
    applyMs.push(applied - done);
    newestMs.push(performance.now() - applied);
  }
  console.log(
    `one poll of one new entry: match ${spread(matchMs)}, apply ${spread(applyMs)}, newest() ${spread(newestMs)}`,
  );
  const [busy] = [polledSource(1, 10_000)];
  const start = performance.now();
  matchDocument({
    ...matchContext(busy.source),
    record: busy.record,
    document: documentOf(1, 9_900, 10_001),
    now: '2026-01-16T12:00:00.000Z',
  });
  console.log(
    `one poll of a source with 10,000 entries, 101 listed: match ${(performance.now() - start).toFixed(1)} ms`,
  );
}

/** Two sources whose entries share all that they can: what the fourth poll of one costs, of 1,000 entries and of 4,000. */
function showHostileJoins(): void {
  const shared: Readonly<Record<string, (name: string, at: number) => Partial<ListedEntry>>> = {
    'one link but for ?ref=': (name, at) => ({ link: `https://x.example/page?ref=${name}${at}` }),
    'one enclosure': () => ({ enclosures: [{ url: 'https://cdn.example/a.mp3', type: 'audio/mpeg' }] }),
    'one title and text': () => ({ text: Array.from({ length: 60 }, (_, word) => `w${word}`).join(' ') }),
  };
  for (const [what, share] of Object.entries(shared)) {
    const times = [1000, 4000].map((count) => {
      const index = createItemIndex();
      const records = new Map<string, SourceRecord>();
      let last = 0;
      for (let poll = 0; poll < 8; poll++) {
        const source = aSource({ id: `s${poll % 2}`, url: `https://s${poll % 2}.example/feed.xml` });
        const entries = Array.from({ length: count }, (_, at): ListedEntry => {
          const guid = `${source.id}-${poll}-${at}`;
          const bare = { minutes: 1, authors: [], categories: [], enclosures: [], origins: [] };
          return { ...bare, guid, title: 'The same title of all', ...share(source.id, at + poll * count) };
        });
        const document = { feed: {}, entries, skipped: 0, complete: true };
        const now = new Date(Date.UTC(2026, 0, 15, poll)).toISOString();
        const limits = { maxEntries: 100_000, maxSourceMB: 1000, newEntriesPerDay: 100_000 };
        const start = performance.now();
        const { record } = matchDocument({
          ...matchContext(source),
          record: records.get(source.id),
          document,
          now,
          limits,
        });
        records.set(source.id, record);
        index.apply(source, record);
        index.newest();
        last = performance.now() - start;
      }
      return last;
    });
    console.log(
      `two sources that share ${what}: fourth poll ${times.map((ms) => `${ms.toFixed(0)} ms`).join(' of 1,000 entries, ')} of 4,000`,
    );
  }
}

/** A press release that so many sites print, each on its own: what the poll of the last one costs. */
function showPressRelease(): void {
  const text = Array.from({ length: 60 }, (_, word) => `w${word}`).join(' ');
  const times = [125, 250].map((sites) => {
    const index = createItemIndex();
    let last = 0;
    for (let site = 0; site < sites; site++) {
      const source = aSource({ id: `s${site}`, url: `https://s${site}.example/feed.xml` });
      const link = `https://s${site}.example/1`;
      const listed = { minutes: 1, authors: [], categories: [], enclosures: [], origins: [], guid: link, link };
      const entries = [{ ...listed, title: 'A press release with a long title', text }];
      const document = { feed: {}, entries, skipped: 0, complete: true };
      const now = new Date(Date.UTC(2026, 0, 15, 0, site)).toISOString();
      const { record } = matchDocument({ ...matchContext(source), record: undefined, document, now });
      const start = performance.now();
      index.apply(source, record);
      last = performance.now() - start;
    }
    return last;
  });
  console.log(
    `a press release: the last poll ${times.map((ms) => `${ms.toFixed(0)} ms`).join(' of 125 sites, ')} of 250`,
  );
}

function polledSource(at: number, entries: number): { source: Source; record: SourceRecord } {
  const source = aSource({ id: `s${at}`, url: `https://site${at}.example/feed.xml` });
  const document = documentOf(at, 0, entries);
  const now = '2026-01-15T12:00:00.000Z';
  return { source, record: matchDocument({ ...matchContext(source), record: undefined, document, now }).record };
}

function matchContext(source: Source) {
  return { source, retentionDays: 0, ownHosts: new Set<string>(), addressChanged: false, baseUrl: source.url };
}

/** Every tenth entry is one that the source before publishes next. */
function documentOf(at: number, from: number, to: number): FeedDocument {
  const entries = Array.from({ length: to - from }, (_, offset): ListedEntry => {
    const isCrossPost = (from + offset) % 10 === 0 && at > 0;
    const number = from + offset + (isCrossPost ? 1 : 0);
    const site = isCrossPost ? at - 1 : at;
    const words = Array.from({ length: 250 }, (__, word) => `w${(site * 31 + number * 17 + word * word) % 5000}`);
    return {
      guid: `https://site${site}.example/?p=${number}`,
      link: `https://site${site}.example/2026/01/article-${number}/`,
      title: `Article ${number} of site ${site} about ${words.slice(0, 4).join(' ')}`,
      text: words.join(' '),
      publishedAt: new Date(Date.UTC(2026, 0, 10) + number * 60_000).toISOString(),
      minutes: 2,
      authors: [],
      categories: [],
      enclosures: [],
      origins: [],
    };
  });
  return { feed: { title: `Site ${at}`, url: `https://site${at}.example/` }, entries, skipped: 0, complete: true };
}

function heapMB(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
}

function spread(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(2);
  return `${at(0.5)} ms (p99 ${at(0.99)})`;
}
