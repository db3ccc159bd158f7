import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SourceState } from '../../src/model.ts';
import { writeOperatorFeed } from '../../src/publish/rss.ts';
import { operatorNotices } from '../../src/web/operator-notices.ts';
import type { View } from '../../src/web/view.ts';
import { parseStrictXml } from '../publish/strict-xml.ts';
import { aState } from './pages/a-view.ts';
import { aConfig, aSource, NOW, type SiteUnderTest, withSite } from './site-under-test.ts';

const DAY_MS = 24 * 3_600_000;
const daysAgo = (days: number) => new Date(Date.parse(NOW) - days * DAY_MS).toISOString();
const UUID = '00000000-0000-4000-8000-000000000001';

function aView(state: Partial<SourceState>, changes: Partial<View> = {}, isPrivate = false): View {
  const source = aSource({ private: isPrivate, url: 'https://notes.example/s3cret-s3cret/feed' });
  return {
    config: aConfig({ sources: [source] }),
    now: NOW,
    itemCount: 0,
    sourceCount: 1,
    source: () => undefined,
    sources: [
      {
        source,
        name: 'Field Notes',
        itemCount: 12,
        state: {
          source: 'notes',
          sameBodyCount: 0,
          failures: 0,
          gone: false,
          counts: { asked: 0, notModified: 0, failed: 0, bytes: 0 },
          ...state,
        },
      },
    ],
    categories: [],
    trending: [],
    notices: [],
    tally: () => ({ views: 0, clicks: 0, hours: [] }),
    tagsOf: () => [],
    authorsOf: () => [],
    reasons: () => [],
    ...changes,
  };
}

const titles = (view: View, isKnownElsewhere = false) =>
  operatorNotices(view, { siteUuid: UUID, isKnownElsewhere: () => isKnownElsewhere }).map(({ title }) => title);
const problem = { code: 'fetch/dns', message: 'It redirects to https://notes.example/s3cret-s3cret/feed.' };

test('operatorNotices: a source that fails is told after 3 days, not before', () => {
  assert.equal(titles(aView({ problem, failingSince: daysAgo(2.9) })), []);
  assert.equal(titles(aView({ problem, failingSince: daysAgo(3) })), ['Field Notes has failed for 3 days']);
});

test('operatorNotices: gone, moved, quiet, known elsewhere, more than is kept', () => {
  const limited = { code: 'limits/new', message: '9 new entries wait.' };
  assert.equal(titles(aView({ limited })), ['Field Notes lists more than is kept']);
  assert.equal(titles(aView({ gone: true, problem, failingSince: daysAgo(9) })), ['Field Notes is gone']);
  assert.equal(titles(aView({ movedTo: 'https://new.example/rss' })), ['Field Notes has moved']);
  assert.equal(titles(aView({ newEntryAt: daysAgo(89) })), []);
  assert.equal(titles(aView({ newEntryAt: daysAgo(91) })), ['Field Notes is quiet']);
  assert.equal(titles(aView({}), true), ['Field Notes carries nothing that others do not']);
});

test('operatorNotices: a broken feeds.json, with the place of its first mistake', () => {
  const problems = [{ line: 3, column: 5, path: 'sitee', message: 'unknown key' }];
  const broken = { since: NOW, message: 'Something in it must be mended.', problems };
  const [notice] = operatorNotices(aView({}, { feedsFile: { changes: [], broken } }), {
    siteUuid: UUID,
    isKnownElsewhere: () => false,
  });
  assert.is(notice?.title, 'feeds.json cannot be used');
  assert.match(notice?.text ?? '', /Line 3, column 5: unknown key/);
});

test('operatorNotices: the same trouble keeps its id, a new one has another', () => {
  const idOf = (since: string) =>
    operatorNotices(aView({ problem, failingSince: since }), { siteUuid: UUID, isKnownElsewhere: () => false })[0]?.id;
  assert.is(idOf(daysAgo(9)), idOf(daysAgo(9)));
  assert.is.not(idOf(daysAgo(9)), idOf(daysAgo(8)));
});

test('operatorNotices: a private source shows no address, moved or failing', () => {
  const view = aView({ problem, failingSince: daysAgo(4), movedTo: 'https://x.example/s3cret-s3cret' }, {}, true);
  const notices = operatorNotices(view, { siteUuid: UUID, isKnownElsewhere: () => false });
  assert.is(notices.length, 1);
  assert.not.match(JSON.stringify(notices), /s3cret/);
});

test('writeOperatorFeed: is well-formed whatever a name holds', () => {
  const hostile = ']]> & <b>"\u0001';
  const notices = [{ id: 'urn:uuid:1', title: hostile, text: hostile, link: 'https://a.example/x?a=1&b=2', at: NOW }];
  const xml = writeOperatorFeed({ title: hostile, page: 'https://a.example/status', updated: NOW, notices });
  assert.not.throws(() => parseStrictXml(xml));
  assert.match(xml, /<guid isPermaLink="false">urn:uuid:1<\/guid>/);
});

test('/status/feed.xml and /metrics: answer, and /metrics only on this machine', async () => {
  await withSite([], async ({ site }) => {
    const feed = await site.app.request('/status/feed.xml');
    assert.is(feed.headers.get('content-type'), 'application/rss+xml; charset=utf-8');
    assert.is((await site.app.request('/metrics')).status, 404);
  });
});

const HERE = { peer: '127.0.0.1' };
const visitors = [
  { who: 'this machine', env: HERE, headers: {}, isHere: true },
  { who: 'this machine over IPv6', env: { peer: '::1' }, headers: {}, isHere: true },
  { who: 'another machine', env: { peer: '203.0.113.7' }, headers: {}, isHere: false },
  { who: 'another machine, by a proxy on this one', env: HERE, headers: { 'x-forwarded-for': '::1' }, isHere: false },
];
const BROKEN = {
  since: NOW,
  message: 'Something in it needs fixing.',
  problems: [{ line: 3, column: 5, path: 'sitee', message: 'unknown key' }],
};
const CHANGE = { at: NOW, message: '~ Field Notes: poll' };

for (const path of ['/status', '/status/feed.xml']) {
  test(`${path}: the mistakes in feeds.json are for this machine alone, whoever asked before`, async () => {
    await withSite([], async (under) => {
      under.feedsFile = { changes: [CHANGE], broken: BROKEN };
      for (const { who, env, headers, isHere } of [...visitors, ...visitors.toReversed()]) {
        const response = await under.site.app.request(path, { headers }, env);
        const text = await response.text();
        assert.is(response.status, 200, who);
        assert.is(/Line 3, column 5/.test(text), isHere, who);
        if (!isHere) assert.not.match(text, /feeds\.json|needs fixing|Field Notes: poll/, who);
        assert.is(response.headers.get('cache-control')?.includes('private') ?? false, isHere, who);
      }
    });
  });

  test(`${path}: "status": "local" shows it to this machine alone`, async () => {
    const work = async ({ site }: SiteUnderTest) => {
      const missing = await (await site.app.request('/nothing')).text();
      for (const { who, env, headers, isHere } of [...visitors, ...visitors.toReversed()]) {
        for (const method of ['GET', 'HEAD']) {
          const response = await site.app.request(path, { headers, method }, env);
          assert.is(response.status, isHere ? 200 : 404, who);
          if (!isHere && method === 'GET') assert.is(await response.text(), missing, who);
        }
      }
    };
    await withSite([], work, aConfig({ status: 'local' }));
  });
}

test('"status": "local": no page and no feed leads to it', async () => {
  const state = aState({ problem: { code: 'fetch/dns', message: 'There is no such host.' } });
  const linksOf = async (status: 'public' | 'local') => {
    const found: string[] = [];
    const work = async ({ site, store }: SiteUnderTest) => {
      store.state = () => state;
      for (const path of ['/', '/sources', '/sources/notes', '/about', '/subscribe', '/nothing', '/feed.xml']) {
        if (/\/status/.test(await (await site.app.request(path)).text())) found.push(path);
      }
    };
    await withSite([], work, aConfig({ status }));
    return found;
  };
  assert.equal(await linksOf('public'), ['/', '/sources', '/sources/notes', '/about', '/subscribe', '/nothing']);
  assert.equal(await linksOf('local'), []);
});

test.run();
