/** What a User-Agent says of those who read through it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ReaderAgent, readReaderAgent } from '../../src/web/subscribers.ts';

const hosted = (name: string, subscribers: number): ReaderAgent => ({ kind: 'hosted', name, subscribers });
const PLAIN: ReaderAgent = { kind: 'plain' };
const NONE: ReaderAgent = { kind: 'none' };

const cases: readonly [string, ReaderAgent][] = [
  ['Feedly/1.0 (+http://www.feedly.com/fetcher.html; 16 subscribers; like FeedFetcher-Google)', hosted('feedly', 16)],
  ['Feedbin feed-id:1373711 - 142 subscribers', hosted('feedbin', 142)],
  ['Feedbin feed-id:99 - 1 subscriber', hosted('feedbin', 1)],
  [
    'NewsBlur Feed Fetcher - 42 subscribers - http://www.newsblur.com/site/1 (Macintosh)',
    hosted('newsblur feed fetcher', 42),
  ],
  ['Mozilla/5.0 (compatible; inoreader.com-like; 26 subscribers)', hosted('inoreader.com-like', 26)],
  ['theoldreader.com (+https://theoldreader.com; 3 subscribers; feed-id=5)', hosted('theoldreader.com', 3)],
  ['BazQux/2.4 (+https://bazqux.com/fetcher; 7 subscribers)', hosted('bazqux', 7)],
  ['Mozilla/5.0 (compatible; BazQux/2.4; +https://bazqux.com/fetcher; 3 subscribers)', hosted('bazqux', 3)],
  ['Mozilla/5.0 (compatible; theoldreader.com; 4 subscribers; feed-id=5)', hosted('theoldreader.com', 4)],
  ['Feedly/1.0 (+http://www.feedly.com/fetcher.html; 1,234 subscribers)', hosted('feedly', 1234)],
  ['Feedly/1.0 (1,234,567 subscribers)', NONE],
  ['viaduct/0.1.0 (+https://news.example.org; 12 subscribers)', PLAIN],
  ['Some Reader 3.2 (1 reader)', PLAIN],
  ['Anybody/1.0 (999999 subscribers)', PLAIN],
  ['Mozilla/5.0 (compatible; Feedlyish/1.0; 999999 subscribers)', PLAIN],
  ['Feedly/1.0 (0 subscribers)', NONE],
  ['Boaster/1.0 (99999999 subscribers)', PLAIN],
  ['(5 subscribers)', PLAIN],
  ['NetNewsWire (RSS Reader; https://netnewswire.com/)', PLAIN],
  ['FreshRSS/1.24.0 (Linux; https://freshrss.org)', PLAIN],
  ['Tiny Tiny RSS/24.04 (https://tt-rss.org/)', PLAIN],
  ['Miniflux/2.1.0 (https://miniflux.app)', PLAIN],
  ['FeedFetcher-Google; (+http://www.google.com/feedfetcher.html)', PLAIN],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.0', PLAIN],
  ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', NONE],
  ['Mozilla/5.0 (compatible; YandexRSSbot)', NONE],
  ['UptimeRobot/2.0', NONE],
  ['W3C_Validator/1.3', NONE],
  ['curl/8.5.0', NONE],
  ['python-requests/2.31', NONE],
  ['', NONE],
];

for (const [agent, expected] of cases) {
  test(`reader agent: ${agent || '(nothing)'}`, () => assert.equal(readReaderAgent(agent), expected));
}

test.run();
