import type { IncomingMessage, ServerResponse } from 'node:http';
import { type SeenRequest, withServer } from '../test/helpers/http-server.ts';
import { RSS_TYPE, rssOf } from './feed-text.ts';
import type { Check } from './report.ts';
import { HOUR_MS, withSimulation } from './simulation.ts';

const POLLS = 50;
const RESTART_EVERY = 10;
const EVERY_MS = 6 * HOUR_MS + 60_000;
/** Some servers say 304 for ever, so once in 8 days the whole is asked for. */
const DAYS_BETWEEN_WHOLE = 8;
const MODIFIED = 'Tue, 03 Mar 2026 10:00:00 GMT';

interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

/** One feed: the validators of its n-th answer (from 1), and which of them it answers in another way. */
interface ConditionalFeed {
  readonly name: string;
  validators(n: number): Validators;
  /** 0: a whole answer or 304; else this status. */
  statusAt?(n: number): number;
  itemsAt?(n: number): readonly number[];
  /** It never says 304, whatever it is asked. */
  readonly ignores?: true;
}

const same = (validators: Validators) => () => validators;
const FEEDS: readonly ConditionalFeed[] = [
  { name: 'both', validators: same({ etag: '"abc123"', lastModified: MODIFIED }) },
  { name: 'a weak tag', validators: same({ etag: 'W/"abc123"' }) },
  { name: 'a tag without quotes', validators: same({ etag: 'abc123' }) },
  { name: 'a tag with -gzip', validators: same({ etag: '"abc-gzip"' }) },
  { name: 'a tag with quotes inside', validators: same({ etag: '"a\\"b, W/"c""' }) },
  { name: 'a long tag', validators: same({ etag: `"${'e'.repeat(1000)}"` }) },
  { name: 'a date alone', validators: same({ lastModified: MODIFIED }) },
  { name: 'a date that is none', validators: same({ lastModified: 'yesterday, about noon' }) },
  { name: 'a date in another form', validators: same({ lastModified: '2026-03-03T10:00:00+01:00' }) },
  {
    name: 'failing now and then',
    validators: same({ etag: '"keep"', lastModified: MODIFIED }),
    statusAt: (n) => (n % 7 === 2 ? 500 : 0),
  },
  {
    name: 'another tag, the same date',
    validators: (n) => ({ etag: `"v${Math.ceil(n / 10)}"`, lastModified: MODIFIED }),
  },
  { name: 'validators change, the body does not', validators: (n) => ({ etag: `"w${Math.ceil(n / 10)}"` }) },
  {
    name: 'the same tag for another body',
    validators: same({ etag: '"same"' }),
    itemsAt: (n) => [1, n],
    ignores: true,
  },
  {
    name: 'a tag once and never again',
    validators: (n) => (n === 1 ? { etag: '"once"' } : {}),
    itemsAt: (n) => [1, n],
    ignores: true,
  },
  { name: 'none', validators: same({}) },
];

export const check: Check = {
  title: `${POLLS} polls and five restarts of conditional feeds: what came is sent back, byte by byte, and nothing else`,
  async run(report) {
    const answers = FEEDS.map((): Validators[] => []);
    const counts = FEEDS.map(() => ({ asked: 0, notModified: 0 }));
    await withServer(
      (request, response) => answerAt(Number(request.url?.slice(1)), request, response, answers, counts),
      async (server) => {
        const sources = FEEDS.map((_, at) => ({ id: `s${at}`, url: `${server.url}/${at}` }));
        await withSimulation({ sources, settings: { limits: { perHost: 8 } } }, async (simulation) => {
          for (let poll = 1; poll <= POLLS; poll += 1) {
            await simulation.pass({ force: true });
            simulation.wait(EVERY_MS);
            if (poll % RESTART_EVERY === 0) await simulation.restart();
          }
          const entries = FEEDS.map((_, at) => simulation.store.record(`s${at}`)?.entries.length ?? 0);
          const wrongTag = FEEDS.findIndex(({ name }) => name === 'the same tag for another body');
          report.figure(
            'items of a feed whose tag never changes',
            entries[wrongTag] ?? 0,
            `${POLLS}`,
            entries[wrongTag] === POLLS,
          );
        });
        const days = (POLLS * EVERY_MS) / (24 * HOUR_MS);
        const allowed = 1 + Math.floor(days / DAYS_BETWEEN_WHOLE);
        for (const [at, feed] of FEEDS.entries()) {
          const seen = server.requests.filter(({ url }) => url === `/${at}`);
          const { wrong, unconditional } = judge(seen, answers[at] ?? []);
          report.none(`${feed.name}: wrong or foreign validators`, wrong);
          if (feed.validators(POLLS).etag ?? feed.validators(POLLS).lastModified) {
            report.figure(
              `${feed.name}: asked without condition`,
              unconditional,
              `<= ${allowed}`,
              unconditional <= allowed,
            );
          }
          const { asked = 0, notModified = 0 } = counts[at] ?? {};
          const isStill =
            !feed.ignores && !feed.statusAt && feed.validators(1) === feed.validators(POLLS) && unconditional < asked;
          const share = notModified / Math.max(1, asked - unconditional);
          if (isStill) report.figure(`${feed.name}: share of 304`, share.toFixed(2), '>= 0.95', share >= 0.95);
        }
      },
    );
  },
};

function answerAt(
  at: number,
  { headers }: IncomingMessage,
  response: ServerResponse,
  answers: readonly Validators[][],
  counts: readonly { asked: number; notModified: number }[],
): void {
  const [feed, before, count] = [FEEDS[at], answers[at], counts[at]];
  if (!feed || !before || !count) return void response.writeHead(404).end();
  count.asked += 1;
  const n = count.asked;
  const status = feed.statusAt?.(n) ?? 0;
  const now = status === 0 ? feed.validators(n) : {};
  const fields = {
    'content-type': RSS_TYPE,
    ...(now.etag !== undefined && { etag: now.etag }),
    ...(now.lastModified !== undefined && { 'last-modified': now.lastModified }),
  };
  const isSame =
    now.etag !== undefined
      ? headers['if-none-match'] === now.etag
      : now.lastModified !== undefined && headers['if-modified-since'] === now.lastModified;
  before.push(status === 0 ? now : (before.at(-1) ?? {}));
  if (status !== 0) return void response.writeHead(status).end('x');
  if (isSame && !feed.ignores) {
    count.notModified += 1;
    return void response.writeHead(304, fields).end();
  }
  response.writeHead(200, fields).end(rssOf(feed.itemsAt?.(n) ?? [1, 2, 3]));
}

/** Each request sends what the answer before it gave, or nothing. */
function judge(seen: readonly SeenRequest[], answers: readonly Validators[]): { wrong: number; unconditional: number } {
  let [wrong, unconditional] = [0, 0];
  for (const [at, { headers }] of seen.entries()) {
    const { 'if-none-match': tag, 'if-modified-since': date } = headers;
    const before = answers[at - 1];
    if (tag === undefined && date === undefined) unconditional += 1;
    else if (tag !== before?.etag || date !== before?.lastModified) wrong += 1;
  }
  return { wrong, unconditional };
}
