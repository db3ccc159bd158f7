import { DAY_MS, HOUR_MS } from '../durations.ts';
import { publisherOf } from '../identity/publisher.ts';
import type { Instant, Item, Tally } from '../model.ts';
import { comparePlaces } from './item-list.ts';

/** Every value of the ranking; /about prints them. */
export const RANKING = {
  /** Points of one more publisher, a view and a click in `hot`. */
  hotPoints: { publisher: 3, view: 1, click: 2 },
  /** Seconds by which an item must be newer to outrank ten times the points: 12.5 h. */
  hotSecondsPerTenfold: 45_000,
  /** What one event adds to an item's trend, and the hours in which that halves. */
  trendPoints: { publisher: 5, visit: 1 },
  trendHalfLifeHours: 6,
  /** An item is listed from this trend or this many publishers on. */
  listedFrom: { trend: 5, publishers: 2 },
  /** Of one publisher in Trending Now, at the top of the front page and in 'More in …'. */
  perPublisher: 2,
  /** Days without an event after which an item is no candidate: as long as tallies keep their hours. */
  windowDays: 8,
} as const;

/** A static rank, higher first: it compares items with each other and needs no decay (Reddit's form). `weight` is its source's. */
export function hot(item: Item, tally: Tally, now: Instant, weight = 0): number {
  const { publisher, view, click } = RANKING.hotPoints;
  const others = publisherSightings(item).size - 1;
  const points = 1 + publisher * others + view * tally.views + click * tally.clicks;
  const published = item.primary.publishedAt ?? item.date;
  const time = Math.min(...[published, item.firstSeen, now].map((instant) => Date.parse(instant))) / 1000;
  // What has no date and was there before its source was followed may be of any age: not the news of this hour.
  const bonus = weight - (isOfUnknownAge(item) ? 1 : 0);
  return Math.log10(Math.max(1, points)) + time / RANKING.hotSecondsPerTenfold + bonus;
}

/** Whether nobody can say how old it is: undated, it stood in the first document of its source (entry-changes.ts lets such entries
 *  arrive a second after each other, before the document itself). */
export function isOfUnknownAge({ primary }: Pick<Item, 'primary'>): boolean {
  const { publishedAt, updatedAt, arrival, firstSeen } = primary;
  if (publishedAt !== undefined || updatedAt !== undefined) return false;
  return Date.parse(firstSeen) - Date.parse(arrival) >= 1000;
}

/** The first `limit` of items, in their order, with no more than perPublisher of one publisher or one source. */
export function spread(items: Iterable<Item>, limit: number): readonly Item[] {
  const listed: Item[] = [];
  const counts = new Map<string, number>();
  for (const item of items) {
    if (listed.length === limit) break;
    const names = [publisherOf(item.url ?? item.via[0]?.url) ?? item.id, `source ${item.primary.source}`];
    if (names.some((name) => (counts.get(name) ?? 0) >= RANKING.perPublisher)) continue;
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    listed.push(item);
  }
  return listed;
}

/** The items that most is happening about, best first: each view, click and further publisher counts, half as much
 *  every six hours. Without visitors that is what several publishers carried lately. */
export function trending(
  items: Iterable<Item>,
  tallyOf: (item: Item) => Tally,
  now: Instant,
  limit: number,
): readonly Item[] {
  const nowMs = Date.parse(now);
  const candidates = [...items]
    .flatMap((item) => {
      const tally = tallyOf(item);
      // Most items have one source and no visitor: nothing has happened that could count.
      const isQuiet = item.via.length < 2 && tally.hours.length === 0;
      return !item.published || isQuiet ? [] : [{ item, ...trend(item, tally, nowMs) }];
    })
    .filter(({ score, publishers, lastEventMs }) => {
      const { trend: enough, publishers: several } = RANKING.listedFrom;
      return (score >= enough || publishers >= several) && nowMs - lastEventMs <= RANKING.windowDays * DAY_MS;
    })
    .sort((a, b) => b.score - a.score || comparePlaces(a.item, b.item));
  return spread(
    candidates.map(({ item }) => item),
    limit,
  );
}

/** A static rank by trend, higher first: as all trends halve alike, only an event changes their order. Undefined for an item that
 *  cannot be listed before something happens to it: many with one visit each would hide those that can. */
export function trendRank(item: Item, tally: Tally): number | undefined {
  const { score, publishers, lastEventMs } = trend(item, tally, Number.POSITIVE_INFINITY);
  const { listedFrom } = RANKING;
  // A little less than the trend: a visit of this hour may be taken to have come a little later.
  const mayBeListed = publishers >= listedFrom.publishers || score >= listedFrom.trend * 0.9;
  return mayBeListed && score > 0 ? Math.log2(score) + lastEventMs / (RANKING.trendHalfLifeHours * HOUR_MS) : undefined;
}

interface Trend {
  readonly score: number;
  readonly publishers: number;
  /** Of the last event that counts: a visit, or a publisher after the first. */
  readonly lastEventMs: number;
}

/** The score at `nowMs`, or right after the last event if that is Infinity. What lies ahead of `nowMs` has just happened. */
function trend(item: Item, tally: Tally, nowMs: number): Trend {
  const { publisher, visit } = RANKING.trendPoints;
  const sightings = [...publisherSightings(item).values()];
  const events = [
    // An hour's visits are taken to have come in its middle.
    ...tally.hours.map(([hour, visits]) => ({ atMs: Math.min((hour + 0.5) * HOUR_MS, nowMs), points: visits * visit })),
    ...sightings.slice(1).map((seen) => ({ atMs: Math.min(Date.parse(seen), nowMs), points: publisher })),
  ];
  const lastEventMs = Math.max(Number.NEGATIVE_INFINITY, ...events.map(({ atMs }) => atMs));
  const atMs = nowMs === Number.POSITIVE_INFINITY ? lastEventMs : nowMs;
  const halfLifeMs = RANKING.trendHalfLifeHours * HOUR_MS;
  const score = events.reduce((sum, event) => sum + event.points * 2 ** (-(atMs - event.atMs) / halfLifeMs), 0);
  return { score, publishers: sightings.length, lastEventMs };
}

/** The publishers of an item, each with when we first saw it there; in order of first sighting. */
function publisherSightings(item: Item): ReadonlyMap<string, Instant> {
  const sightings = new Map<string, Instant>();
  for (const via of item.via) {
    const publisher = publisherOf(via.url) ?? `source:${via.source}`;
    if (!sightings.has(publisher)) sightings.set(publisher, via.firstSeen);
  }
  return sightings;
}
