import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runInProcess } from '../test/helpers/run-in-process.ts';
import { withFolder } from '../test/helpers/run-viaduct.ts';
import type { Check, Report } from './report.ts';
import { itemsBy, type StoredItem } from './stored-items.ts';
import { rss } from './unstable-feeds.ts';

const VICTIMS = 10;
const POLLS = 20;
/** Articles that a victim's document lists; it has a new one at every poll. */
const LISTED = 5;
const START = Date.parse('2026-03-02T12:00:00Z');
const at = (poll: number, minutes = 0) => new Date(START + poll * 1_800_000 + minutes * 60_000).toISOString();

interface Written {
  readonly guid: string;
  readonly link: string;
  readonly title: string;
  readonly text: string;
  readonly date: string;
  readonly enclosure: string;
}

const words = (subject: string) => Array.from({ length: 60 }, (_, n) => `${subject}word${n}`).join(' ');

/** What victims and attackers publish at a poll. */
function createPublishers(port: number) {
  const host = (victim: number) => `http://127.2.0.${victim + 1}:${port}`;
  const article = (victim: number, number: number): Written => ({
    guid: `tag:victim${victim}.example,2026:${number}`,
    link: `${host(victim)}/posts/${number}`,
    title: `How house ${victim} brews its ${['first', 'second', 'third', 'fourth'][number % 4]} tea, part ${number}`,
    text: words(`v${victim}n${number}`),
    date: at(number, -5),
    enclosure: `http://127.9.0.1:${port}/${victim}-${number}.mp3`,
  });
  const write = ({ guid, link, title, text, date, enclosure }: Partial<Written>): string => {
    const element = (name: string, value: string | undefined) =>
      value === undefined ? '' : `<${name}>${value.replaceAll('&', '&amp;')}</${name}>`;
    const file = enclosure === undefined ? '' : `<enclosure url="${enclosure}" type="audio/mpeg" length="1000"/>`;
    const published = date && new Date(date).toUTCString();
    return `<item>${element('title', title)}${element('link', link)}<guid isPermaLink="false">${guid}</guid>${element('pubDate', published)}${element('description', text)}${file}</item>`;
  };
  const victim = (number: number, poll: number) =>
    rss(
      Array.from({ length: Math.min(LISTED, poll + 1) }, (_, back) => write(article(number, poll - back))),
      `${host(number)}/`,
    );
  const own = (attacker: number) => `http://127.3.0.${attacker + 1}:${port}`;
  /** Two victims that it harms at this poll, and which of their articles. */
  const targets = (attacker: number, poll: number) => {
    const [a, b] = [(attacker + poll) % VICTIMS, (attacker + poll + 3) % VICTIMS];
    const number = Math.max(0, poll - (poll % 3));
    return { a: article(a, number), b: article(b, number), later: article(a, poll + 2), victim: a };
  };
  const means: readonly ((attacker: number, poll: number) => string)[] = [
    // Welds: one article's link, another one's guid, title and file.
    (n, poll) => write({ ...targets(n, poll).b, link: targets(n, poll).a.link }),
    // One guid, and at every poll another link.
    (n, poll) => write({ guid: 'mine', link: targets(n, poll).a.link, title: 'Look at this', date: at(0) }),
    // Two like entries of one document, with two articles' links.
    (n, poll) => {
      const { a, b } = targets(n, poll);
      return [a.link, b.link]
        .map((link) =>
          write({ guid: `d${poll}`, link, title: 'The same of both', text: words('both'), date: at(poll) }),
        )
        .join('');
    },
    // Replaces: the same link, words of its own, a date long before.
    (n, poll) =>
      write({
        guid: `r${poll}`,
        link: targets(n, poll).a.link,
        title: 'Replaced',
        text: words('evil'),
        date: '1999-01-01T00:00:00Z',
      }),
    // A copy under its own address, dated earlier.
    (n, poll) =>
      write({ ...targets(n, poll).a, guid: `c${poll}`, link: `${own(n)}/copy/${poll}`, date: at(poll, -600) }),
    // Spoils: one link for many unlike items, and a guid as well.
    (n, poll) =>
      Array.from({ length: 8 }, (_, k) => {
        const { a } = targets(n, poll);
        return write({
          guid: k % 2 ? a.guid : `s${poll}-${k}`,
          link: a.link,
          title: `Unlike number ${k} ${words(`k${k}`).slice(0, 40)}`,
          text: words(`k${k}`),
          date: at(poll, -k * 4000),
        });
      }).join(''),
    // Announces links and guids before they are published.
    (n, poll) =>
      write({
        guid: targets(n, poll).later.guid,
        link: targets(n, poll).later.link,
        title: 'Soon',
        date: at(poll, -5000),
      }),
    // Another's file and title under an address of its own.
    (n, poll) =>
      write({
        guid: `e${poll}`,
        link: `${own(n)}/e/${poll}`,
        title: targets(n, poll).a.title,
        enclosure: targets(n, poll).a.enclosure,
        date: at(poll, -900),
      }),
    // An old entry of its own that is turned into a copy.
    (n, poll) =>
      poll % 4 === 0
        ? write({
            guid: `t${n}`,
            link: `${own(n)}/t`,
            title: 'A harmless beginning',
            text: words('harmless'),
            date: at(0),
          })
        : write({
            ...targets(n, poll).a,
            guid: poll % 4 === 1 ? `t${n}` : targets(n, poll).a.guid,
            link: `${own(n)}/t`,
            date: at(0),
          }),
    // Many entries of one article, but for ?ref=.
    (n, poll) =>
      Array.from({ length: 60 }, (_, k) =>
        write({
          guid: `f${poll}-${k}`,
          link: `${targets(n, poll).a.link}?ref=${k}`,
          title: targets(n, poll).a.title,
          date: at(poll),
        }),
      ).join(''),
  ];
  const attacker = (number: number, poll: number) =>
    // Every other one calls a victim's site its own.
    rss(
      [means[number]?.(number, poll) ?? ''],
      number % 2 ? `${own(number)}/` : `${host(targets(number, poll).victim)}/`,
    );
  return { host, own, article, victim, attacker, means: means.length };
}

export const check: Check = {
  title: `Identity under attack: ${VICTIMS} victims, 10 attackers with means of their own, ${POLLS} polls, in several orders`,
  async run(report) {
    let poll = 0;
    let publishers: ReturnType<typeof createPublishers> | undefined;
    const server = createServer((request, response) => {
      const [, network = '', place = ''] = /^127\.(\d)\.0\.(\d+)/.exec(request.headers.host ?? '') ?? [];
      const write = network === '2' ? publishers?.victim : publishers?.attacker;
      response.writeHead(200, { 'content-type': 'application/rss+xml' }).end(write?.(Number(place) - 1, poll) ?? '');
    });
    const port = await listen(server);
    publishers = createPublishers(port);
    const { host, own, means } = publishers;
    const victims = Array.from({ length: VICTIMS }, (_, n) => ({ id: `m-victim-${n}`, url: `${host(n)}/feed` }));
    const attackersOf = (name: string) =>
      Array.from({ length: means }, (_, n) => ({ id: `${name}-${n}`, url: `${own(n)}/feed` }));
    const play = async (sources: readonly object[]): Promise<readonly StoredItem[]> =>
      withFolder({ retentionDays: 0, allow: ['127.0.0.0/8'], limits: { concurrency: 1 }, sources }, async (folder) => {
        for (poll = 0; poll < POLLS; poll += 1) await runInProcess(folder, 'poll', '--force', '--now', at(poll));
        return itemsBy(runInProcess, folder);
      });
    try {
      const expected = ofVictims(await play(victims), host);
      report.equal('articles of the victims', expected.size, VICTIMS * POLLS);
      const [early, late] = [attackersOf('a-attacker'), attackersOf('z-attacker')];
      const orders = {
        'victims first': [...victims, ...late],
        'attackers first': [...early, ...victims],
        mixed: victims.flatMap((one, n) => [early[n] ?? one, one].filter((other, k) => k === 1 || other !== one)),
      };
      for (const [name, sources] of Object.entries(orders))
        compare(name, expected, ofVictims(await play(sources), host), report);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  },
};

/** By address. What only attackers carry is theirs, whatever it links to. */
function ofVictims(items: readonly StoredItem[], host: (victim: number) => string): ReadonlyMap<string, StoredItem> {
  const hosts = Array.from({ length: VICTIMS }, (_, n) => `${host(n)}/`);
  const isVictims = ({ url = '', via }: StoredItem) =>
    via.some(({ source }) => source.startsWith('m-victim')) && hosts.some((one) => url.startsWith(one));
  return new Map(items.filter(isVictims).map((one) => [String(one.url), one]));
}

function compare(
  order: string,
  expected: ReadonlyMap<string, StoredItem>,
  found: ReadonlyMap<string, StoredItem>,
  report: Report,
): void {
  const lost = [...expected.keys()].filter((url) => !found.has(url));
  report.none(`${order}: articles of victims that are no item any more`, lost);
  const changed: string[] = [];
  let ids = 0;
  for (const [url, before] of expected) {
    const after = found.get(url);
    if (!after) continue;
    for (const field of ['title', 'date', 'firstSeen', 'updated', 'published', 'categories'] as const) {
      const [was, is] = [before, after].map((one) => JSON.stringify(one[field as keyof StoredItem]));
      if (was !== is) changed.push(`${field} of ${url}: ${was} → ${is}`);
    }
    if (before.id !== after.id) ids += 1;
  }
  report.none(`${order}: fields of their items that are not what they are without attackers`, changed);
  report.figure(`${order}: ids that are another's, who announced the link beforehand`, ids, '<= 20', ids <= POLLS);
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => server.listen(0, '0.0.0.0', () => resolve((server.address() as AddressInfo).port)));
}
