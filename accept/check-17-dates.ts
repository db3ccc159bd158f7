import { spawnViaduct } from '../test/helpers/run-viaduct.ts';
import { type HostileCase, hostileCases } from './collection/cases.ts';
import { hostileDocuments } from './collection/served-documents.ts';
import { type Ingested, ingest } from './ingest.ts';
import type { Check, Report } from './report.ts';
import { storedItems } from './stored-items.ts';

const ZONES = ['UTC', 'America/St_Johns', 'Asia/Kathmandu'];
/** What a clock may be ahead. */
const AHEAD_MS = 10 * 60_000;
const OLDEST = '1990-01-01T00:00:00.000Z';
const DAY_MS = 86_400_000;

export const check: Check = {
  title: 'Dates: the same instants in every time zone, none from the future, none before the web',
  async run(report) {
    const cases = hostileCases().filter(({ kind }) => kind === 'date');
    const ofThisRun = new Set([
      'daily',
      ...cases.filter(({ body }) => body?.includes('{{TOMORROW}}')).map(({ id }) => id),
    ]);
    const daily = createDailyFeed();
    const documents = [...hostileDocuments(cases), daily.document];
    const readings: (readonly string[])[] = [];
    for (const zone of ZONES) {
      await ingest(
        documents,
        { items: 500 },
        async (ingested) => {
          readings.push(datesOf(ingested, ofThisRun));
          if (zone !== ZONES[0]) return;
          const asExpected = cases.filter(({ id, expected }) => ingested.listed.get(id) === expected.items).length;
          report.equal('cases with the items that they should have', asExpected, cases.length);
          judgeInstants(ingested, report);
          await judgeOutputs(ingested, cases, report);
          await judgeTomorrow(ingested, daily, report);
        },
        ['env', `TZ=${zone}`],
      );
    }
    const differing = readings.flat().filter((line) => readings.some((lines) => !lines.includes(line)));
    report.none(`readings that differ in ${ZONES.join(', ')}`, differing);
  },
};

/** A feed with an item a day, the newest of yesterday; `goOn` adds tomorrow's. */
function createDailyFeed() {
  let newest = 1;
  const item = (day: number) =>
    `<item><title>Day ${day}</title><link>https://daily.example/${day}</link><guid>https://daily.example/${day}</guid><pubDate>${new Date(Date.now() - day * DAY_MS).toUTCString()}</pubDate></item>`;
  return {
    document: {
      id: 'daily',
      get body() {
        const items = [-1, 1, 2, 3].filter((day) => day >= newest).map(item);
        return Buffer.from(
          `<?xml version="1.0"?><rss version="2.0"><channel><title>Daily</title><link>https://daily.example/</link>${items.join('')}</channel></rss>`,
        );
      },
      contentType: 'application/rss+xml',
    },
    goOn() {
      newest = -1;
    },
  };
}

/** The date of every item, or 'first seen' where it has none of its own; dates made for this run say nothing and are left out. */
function datesOf({ items }: Ingested, ofThisRun: ReadonlySet<string>): readonly string[] {
  return items
    .filter(({ via }) => via.some(({ source }) => !ofThisRun.has(source)))
    .map(
      ({ guids, url, date, firstSeen }) =>
        `${url} ${guids.join(' ')} ${isFirstSeen(date, firstSeen) ? 'first seen' : date}`,
    );
}

/** Items without a date stand a second apart, in the order of their document. */
function isFirstSeen(date: string, firstSeen: string): boolean {
  return Math.abs(Date.parse(firstSeen) - Date.parse(date)) < 60_000;
}

function judgeInstants({ items, said }: Ingested, report: Report): void {
  const late = items.filter(({ date, firstSeen }) => Date.parse(date) > Date.parse(firstSeen) + AHEAD_MS);
  const early = items.filter(({ date }) => date < OLDEST);
  const unsound = items.filter((item) =>
    [item.date, item.updated, item.firstSeen].some((at) => new Date(at).toISOString() !== at),
  );
  report.none('dates later than fetched + 10 min', late.length);
  report.none('dates before 1990', early.length);
  report.none('instants that are not RFC 3339 in UTC', unsound.length);
  report.figure('RangeErrors', said.match(/RangeError/g)?.length ?? 0, '0', !said.includes('RangeError'));
}

async function judgeOutputs({ build }: Ingested, cases: readonly HostileCase[], report: Report): Promise<void> {
  const everything = [...(await build())].map(([name, text]) => `${name}\n${text}`).join('\n');
  const patterns = [...new Set(cases.flatMap(({ expected }) => expected.mustNot ?? []))];
  const found = patterns.filter((pattern) => new RegExp(pattern).test(everything));
  report.none(`of ${patterns.length} forbidden patterns in pages and feeds`, found);
}

/** A day later something new comes: what claimed to be from the year 9999 must stand below it, in every list. */
async function judgeTomorrow(
  { folder, build }: Ingested,
  daily: ReturnType<typeof createDailyFeed>,
  report: Report,
): Promise<void> {
  daily.goOn();
  const now = new Date(Date.now() + 1.2 * DAY_MS).toISOString();
  const { code, stderr } = await spawnViaduct(folder, ['poll', '--source', 'daily', '--force', '--now', now]).ended;
  if (code !== 0) throw new Error(`the second poll ended with ${code}: ${stderr}`);
  const [first] = await storedItems(folder, '--limit', '1');
  const feed = JSON.parse((await build()).get('feed.json') ?? '{}') as { items: { title: string }[] };
  const titles = [first?.title, feed.items[0]?.title];
  report.figure(
    'first of all items and of the merged feed, a day later',
    titles.join(', '),
    'Day -1, Day -1',
    titles.every((title) => title === 'Day -1'),
  );
}
