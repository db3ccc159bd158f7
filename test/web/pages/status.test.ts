/** What the public ledger of the polling says of a source. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HostWait, Source, SourceState } from '../../../src/model.ts';
import { statusPage } from '../../../src/web/pages/status.tsx';
import { STYLE } from '../../../src/web/pages/style.ts';
import { worstFirst } from '../../../src/web/source-pages.ts';
import { aSource } from '../site-under-test.ts';
import { aSourceView, aState, aView, onePage } from './a-view.ts';

const HOST_WAIT: HostWait = { host: 'notes.example', until: '2026-03-04T15:00:00.000Z', reason: 'Retry-After' };
const REDIRECT = {
  to: 'https://new.example/feed',
  count: 2,
  firstAt: '2026-03-03T00:00:00.000Z',
  lastAt: '2026-03-04T00:00:00.000Z',
};

const cases: readonly {
  name: string;
  state: Partial<SourceState>;
  source?: Partial<Source>;
  hostWaits?: readonly HostWait[];
  says: RegExp;
  not?: RegExp;
}[] = [
  { name: 'when next, and why', state: {}, says: /in 30 min<\/time><small>on schedule<\/small>/ },
  {
    name: 'a host that asked to wait holds all its sources',
    state: {},
    hostWaits: [HOST_WAIT],
    says: /in 3 h<\/time><small>Retry-After</,
  },
  { name: 'due when its time has come', state: { notBefore: '2026-03-04T11:00:00.000Z' }, says: /<td>due<\/td>/ },
  { name: 'never again after 410', state: { gone: true }, says: /<td>never again<\/td>/ },
  { name: 'share of 304 and bytes', state: {}, says: /<td>78% of 40<\/td><td>240 kB<\/td>/ },
  {
    name: 'redirects seen',
    state: { redirect: REDIRECT },
    says: /It redirects to https:\/\/new\.example\/feed \(2 times so far\)/,
  },
  {
    name: 'what a limit left out',
    state: { limited: { code: 'limits/new', message: '9 new entries wait.' } },
    says: /OK<small class="bad">9 new entries wait\.</,
  },
  {
    name: 'of a private source no redirect',
    state: { redirect: REDIRECT },
    source: { private: true },
    says: /OK/,
    not: /new\.example/,
  },
];

for (const { name, state, source = {}, hostWaits = [], says, not } of cases) {
  test(`statusPage: ${name}`, () => {
    const about = aSourceView({ source: aSource(source), state: aState(state) });
    const html = statusPage(aView({ sources: [about], hostWaits }), onePage(aView({ sources: [about], hostWaits })));
    assert.match(html, says);
    if (not) assert.not.match(html, not);
  });
}

test('statusPage: what went wrong stands first: problems, then limits, then the others as in feeds.json; and in each row the result', () => {
  const problem = { code: 'fetch/dns', message: 'There is no such host.' };
  const limited = { code: 'limits/new', message: '9 new entries wait.' };
  const states: [string, Partial<SourceState>][] = [
    ['good', {}],
    ['limited', { limited }],
    ['bad', { problem }],
    ['fine', {}],
    ['worse', { problem, limited }],
  ];
  const sources = states.map(([id, state]) => aSourceView({ source: aSource({ id }), state: aState(state) }));
  const html = statusPage(aView({ sources }), { ...onePage(aView({ sources })), sources: worstFirst(sources) });
  const rows = [...html.matchAll(/<tr><th scope="row"><a href="\/sources\/(.*?)">.*?<\/th><td>(.*?)<\/td>/g)];
  assert.equal(
    rows.map(([, id, result]) => `${id}: ${result?.replaceAll(/<[^>]*>/g, '|')}`),
    [
      'bad: |There is no such host.|',
      'worse: |There is no such host.||9 new entries wait.|',
      'limited: OK|9 new entries wait.|',
      'good: OK',
      'fine: OK',
    ],
  );
});

test('statusPage: on a phone a row is a block, so that nothing of it stands aside', () => {
  const narrow = STYLE.slice(STYLE.indexOf('@media(max-width:40rem)'), STYLE.indexOf('@media(prefers-reduced-motion'));
  assert.match(narrow, /\.scroll tr\{display:block/);
  assert.match(narrow, /\.scroll :is\(th,td\)\{display:block/);
});

test('statusPage: subscribers, once there are some', () => {
  const subscribers = (total: number) =>
    statusPage(
      aView({ subscribers: { total: () => total, of: () => 0 } }),
      onePage(aView({ subscribers: { total: () => total, of: () => 0 } })),
    );
  assert.match(subscribers(1), />1 subscriber to the feeds/);
  assert.not.match(subscribers(0), /subscriber/);
});

test.run();
