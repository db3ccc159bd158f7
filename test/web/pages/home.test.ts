import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { homePage } from '../../../src/web/pages/home.tsx';
import { aConfig, anItem, aSource } from '../site-under-test.ts';
import { alsoToldBy, anItemOf, aPrivateSource, aSourceView, aState, aView, otherSources } from './a-view.ts';
import { readPage } from './read-page.ts';

test('homePage: says the day, how much there is and when it was brought up to date', () => {
  const view = aView({ itemCount: 1148, lastPollAt: '2026-03-04T11:58:00.000Z' });
  const page = readPage(homePage(view, { lead: anItem(1), stories: [], latest: [] }));
  assert.is(page.one('h1').text, 'Wednesday, March 4');
  assert.match(page.text, /1,148 items from 1 source\. Updated 11:58 UTC/);
});

test('homePage: lead and stories stand above the latest, each with its dek, age and via', () => {
  const page = readPage(homePage(aView(), { lead: anItem(1), stories: [anItem(90)], latest: [anItem(3)] }));
  assert.equal(
    page.all('h2').map(({ text }) => text),
    ['Note 1', 'Note 90', 'Latest All items', 'Categories All'],
  );
  assert.match(page.text, /Note 90What note 90 says\.Opinion & Analysis · 2 h ago · via Field Notes/);
  assert.is(page.one('ol', { class: 'rows' }).text, '11:57 Note 3 Field Notes');
});

test('homePage: other coverage leads to where it was told, and the rest to the whole list', () => {
  const others = otherSources('Mirror Notes', 'Zero Result', 'Gazette Desk', 'Slow Compute', 'Small Print');
  const lead = alsoToldBy(anItem(1), others);
  const page = readPage(homePage(aView({ sources: [aSourceView(), ...others] }), { lead, stories: [], latest: [] }));
  assert.is(page.one('p', { class: 'mr ui' }).text, 'More: Mirror Notes, Zero Result, Gazette Desk and 2 more');
  assert.is(page.one('a', { href: 'https://zero-result.example/1' }).text, 'Zero Result');
  assert.is(page.one('a', { href: '/items/item1/note-1#coverage' }).text, '2 more');
});

test('homePage: an address that may not be told is replaced by the page of its source', () => {
  const secret = aSourceView({ source: aPrivateSource({ id: 'other', title: 'Bridge' }), name: 'Bridge' });
  const item = alsoToldBy(anItem(1), [secret]);
  const via = item.via.map((one) => (one.source === 'other' ? { ...one, url: `${secret.source.url}#1` } : one));
  const html = homePage(aView({ sources: [aSourceView(), secret] }), {
    lead: { ...item, via },
    stories: [],
    latest: [],
  });
  assert.not.match(html, /TOKEN/);
  assert.is(readPage(html).one('p', { class: 'mr ui' }).text, 'More: Bridge');
});

test('homePage: of a source whose titles only may be shown, no text is', () => {
  const sources = [aSourceView({ source: aSource({ content: 'title' }) })];
  assert.not.match(homePage(aView({ sources }), { lead: anItem(1), stories: [], latest: [] }), /What note 1 says/);
});

test('homePage: Trending Now is a ranked list with sources and views', () => {
  const view = aView({ trending: [anItem(1), anItem(2)], tally: () => ({ views: 412, clicks: 3, hours: [] }) });
  const page = readPage(homePage(view, { lead: anItem(1), stories: [], latest: [] }));
  assert.is(page.one('ol', { class: 'rank' }).text, 'Note 1 1 source · 412 viewsNote 2 1 source · 412 views');
  const quiet = { ...view, config: aConfig({ tallies: false }) };
  assert.not.match(readPage(homePage(quiet, { lead: anItem(1), stories: [], latest: [] })).text, /412 views/);
});

test('homePage: titles in other languages say which, and run their own way', () => {
  const item = anItemOf({ title: 'מודלים קטנים', summary: 'שרשור.', language: 'he' });
  const page = readPage(homePage(aView(), { lead: item, stories: [anItemOf({ language: 'en-GB' })], latest: [] }));
  const [lead, story] = page.all('a').filter(({ within }) => within.at(-1) === 'h2');
  assert.equal([lead?.attributes.get('lang'), lead?.attributes.get('dir')], ['he', 'auto']);
  assert.equal([story?.attributes.get('lang'), story?.attributes.get('dir')], [undefined, 'auto']);
  assert.is(page.one('p', { class: 'd', lang: 'he' }).text, 'שרשור.');
});

test('homePage: before the first item it says what happens, of which sources, and where to look', () => {
  const asked = aSourceView({ state: aState(), itemCount: 0 });
  const failed = aSourceView({
    source: aSource({ id: 'bad', title: 'Bad' }),
    state: aState({ problem: { code: 'fetch/dns', message: 'No such host.' } }),
    name: 'Bad',
  });
  const { askedAt: _askedAt, ...unaskedState } = aState({ source: 'new' });
  const unasked = aSourceView({ source: aSource({ id: 'new', title: 'New' }), state: unaskedState, name: 'New' });
  const show = (sources: ReturnType<typeof aSourceView>[]) =>
    readPage(homePage(aView({ sources, itemCount: 0 }), { stories: [], latest: [] }));

  const some = show([asked, failed, unasked]);
  assert.match(some.text, /Nothing here yet1 of 3 sources has not been checked yet/);
  assert.match(some.text, /Field Notes 0 items\s?Bad could not be read\s?New not checked yet/);
  assert.is(some.all('a', { href: '/status' }).length, 2);
  assert.match(show([unasked]).text, /The sources are about to be checked/);
  assert.match(show([asked]).text, /All sources were checked, and none has published anything/);
  assert.match(show([]).text, /No sources yetAdd the address of a feed to feeds\.json/);
});

test.run();
