import { childrenOf, parseStrictXml, textOf, type XmlElement } from './strict-xml.ts';

/** The rules of the W3C's feed validator that our feeds could break, errors and warnings alike, as lists of complaints. */

const FULL_URL = /^https?:\/\/(?:\[[0-9a-f:.]+\]|[\w.-])[0-9a-zA-Z;/?:@&=+$.\-_!~*'()%,#]*$/;
const RFC_822 =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/;
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/;
const URN_UUID = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const MIME = /^[^\s()<>,;:\\"/[\]?=]+\/[^\s()<>,;:\\"/[\]?=]+$/;
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$/;
const RELATIONS = new Set(['alternate', 'self', 'via', 'related', 'enclosure', 'replies']);
const STEP = /^[125]0*$/;

type Complain = (is: boolean, complaint: string) => void;

function collect(check: (expect: Complain) => void): string[] {
  const complaints: string[] = [];
  check((is, complaint) => {
    if (!is) complaints.push(complaint);
  });
  return complaints;
}

export function complaintsAboutRss(xml: string): string[] {
  return collect((expect) => {
    const rss = parseStrictXml(xml);
    const [channel] = rss.children;
    if (rss.name !== 'rss' || channel?.name !== 'channel') return expect(false, 'not rss/channel');
    expect(rss.attributes.get('version') === '2.0', 'version');
    expect(textOf(channel, 'title')?.trim() !== '', 'channel title is blank');
    expect(FULL_URL.test(textOf(channel, 'link') ?? ''), 'channel link');
    expect(textOf(channel, 'description') !== undefined, 'channel description');
    expect(LANGUAGE.test(textOf(channel, 'language') ?? ''), 'channel language');
    expect(isDate822(textOf(channel, 'lastBuildDate')), 'lastBuildDate');
    const self = childrenOf(channel, 'atom:link').filter((link) => link.attributes.get('rel') === 'self');
    expect(self.length === 1, 'atom:link self');
    checkLinks(channel, 'atom:link', expect);
    const names = channel.children.map(({ name }) => name);
    const firstItem = names.indexOf('item');
    expect(
      firstItem === -1 || names.lastIndexOf('item') - firstItem === names.length - 1 - firstItem,
      'items not last',
    );
    const items = childrenOf(channel, 'item');
    for (const item of items) checkRssItem(item, expect);
    expect(areUnique(items.map((item) => textOf(item, 'guid'))), 'guid twice');
  });
}

function checkRssItem(item: XmlElement, expect: Complain): void {
  const allowed = new Map([
    ['title', 1],
    ['link', 1],
    ['guid', 1],
    ['pubDate', 1],
    ['description', 1],
    ['content:encoded', 1],
    ['enclosure', 1],
    ['source', 1],
    // RSS 2.0 <comments>: the URL of a page of comments.
    ['comments', 1],
    ['v:item', 1],
    ['category', 99],
    ['dc:creator', 99],
    ['atom:link', 999],
  ]);
  for (const { name } of item.children)
    expect(childrenOf(item, name).length <= (allowed.get(name) ?? 0), `item: ${name}`);
  const names = item.children.map(({ name }) => name);
  expect(names.includes('description'), 'no description');
  if (names.includes('content:encoded')) {
    expect(names.indexOf('description') < names.indexOf('content:encoded'), 'content before description');
  }
  expect((textOf(item, 'title') ?? '').trim() !== '', 'item title is blank');
  expect(FULL_URL.test(textOf(item, 'link') ?? ''), `item link ${textOf(item, 'link')}`);
  expect(URN_UUID.test(textOf(item, 'guid') ?? ''), 'guid');
  expect(childrenOf(item, 'guid')[0]?.attributes.get('isPermaLink') === 'false', 'isPermaLink');
  expect(isDate822(textOf(item, 'pubDate')), `pubDate ${textOf(item, 'pubDate')}`);
  const [comments] = childrenOf(item, 'comments');
  expect(comments === undefined || FULL_URL.test(comments.text), `comments ${comments?.text}`);
  const [source] = childrenOf(item, 'source');
  expect(FULL_URL.test(source?.attributes.get('url') ?? ''), 'source url');
  expect(source !== undefined && source.text.trim() !== '', 'source is blank');
  for (const { attributes } of childrenOf(item, 'enclosure')) {
    expect(FULL_URL.test(attributes.get('url') ?? ''), 'enclosure url');
    expect(/^\d+$/.test(attributes.get('length') ?? ''), 'enclosure length');
    expect(MIME.test(attributes.get('type') ?? ''), 'enclosure type');
  }
  for (const { text } of [...childrenOf(item, 'category'), ...childrenOf(item, 'dc:creator')]) {
    expect(text.trim() !== '', 'blank category or creator');
  }
  checkLinks(item, 'atom:link', expect);
  checkTally(item, expect);
}

export function complaintsAboutAtom(xml: string): string[] {
  return collect((expect) => {
    const feed = parseStrictXml(xml);
    expect(feed.name === 'feed' && feed.attributes.get('xmlns') === 'http://www.w3.org/2005/Atom', 'root');
    expect(LANGUAGE.test(feed.attributes.get('xml:lang') ?? ''), 'xml:lang');
    expect(URN_UUID.test(textOf(feed, 'id') ?? ''), 'feed id');
    expect((textOf(feed, 'title') ?? '').trim() !== '', 'feed title');
    expect(isDate3339(textOf(feed, 'updated')), 'feed updated');
    expect(relations(feed).filter((rel) => rel === 'self').length === 1, 'feed self');
    expect(relations(feed).filter((rel) => rel === 'alternate').length === 1, 'feed alternate');
    checkLinks(feed, 'link', expect);
    const entries = childrenOf(feed, 'entry');
    for (const entry of entries) checkAtomEntry(entry, expect);
    expect(areUnique(entries.map((entry) => textOf(entry, 'id'))), 'id twice');
    expect(areUnique(entries.map((entry) => textOf(entry, 'updated'))), 'updated twice');
  });
}

function checkAtomEntry(entry: XmlElement, expect: Complain): void {
  for (const name of ['id', 'title', 'updated', 'published', 'source', 'content', 'v:item']) {
    expect(childrenOf(entry, name).length === 1, `entry: not one ${name}`);
  }
  const language = entry.attributes.get('xml:lang');
  expect(language === undefined || LANGUAGE.test(language), `entry xml:lang ${language}`);
  expect(URN_UUID.test(textOf(entry, 'id') ?? ''), 'entry id');
  expect((textOf(entry, 'title') ?? '').trim() !== '', 'entry title is blank');
  const [published = '', updated = ''] = [textOf(entry, 'published'), textOf(entry, 'updated')];
  expect(isDate3339(published) && isDate3339(updated) && updated >= published, `dates ${published} ${updated}`);
  expect(childrenOf(entry, 'content')[0]?.attributes.get('type') === 'html', 'content type');
  expect((textOf(entry, 'content') ?? '').trim() !== '', 'content is blank');
  const authors = childrenOf(entry, 'author');
  expect(authors.length > 0 && authors.every((author) => (textOf(author, 'name') ?? '').trim() !== ''), 'author');
  expect(
    authors.every((author) => FULL_URL.test(textOf(author, 'uri') ?? 'https://a/')),
    'author uri',
  );
  expect(relations(entry).filter((rel) => rel === 'alternate').length === 1, 'alternate');
  expect(
    childrenOf(entry, 'category').every(({ attributes }) => attributes.get('term')?.trim() !== ''),
    'term',
  );
  checkLinks(entry, 'link', expect);
  const [source] = childrenOf(entry, 'source');
  if (source === undefined) return;
  expect(URN_UUID.test(textOf(source, 'id') ?? ''), 'source id');
  expect((textOf(source, 'title') ?? '').trim() !== '', 'source title');
  expect(isDate3339(textOf(source, 'updated')), 'source updated');
  checkLinks(source, 'link', expect);
  checkTally(entry, expect);
}

function checkLinks(parent: XmlElement, name: string, expect: Complain): void {
  for (const { attributes, text } of childrenOf(parent, name)) {
    expect(RELATIONS.has(attributes.get('rel') ?? ''), 'link rel');
    expect(FULL_URL.test(attributes.get('href') ?? ''), `link href ${attributes.get('href')}`);
    expect(attributes.get('title')?.trim() !== '', 'link title is blank');
    expect(MIME.test(attributes.get('type') ?? 'text/html'), 'link type');
    expect(/^\d+$/.test(attributes.get('length') ?? '0'), 'link length');
    expect(text === '', 'link not empty');
  }
}

function checkTally(parent: XmlElement, expect: Complain): void {
  const [tally] = childrenOf(parent, 'v:item');
  expect(STEP.test(tally?.attributes.get('views') ?? '1'), 'views is no step');
  expect(/^[1-9]\d*$/.test(tally?.attributes.get('sources') ?? ''), 'sources');
}

const relations = (parent: XmlElement): string[] =>
  childrenOf(parent, 'link').map(({ attributes }) => attributes.get('rel') ?? '');

const areUnique = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

const isDate822 = (text = ''): boolean => RFC_822.test(text) && new Date(text).toUTCString() === text;

const isDate3339 = (text = ''): boolean => RFC_3339.test(text) && Number.isFinite(Date.parse(text));

const FEED_KEYS = new Set(['version', 'title', 'home_page_url', 'feed_url', 'description', 'language', 'items']);
const ITEM_KEYS = new Set([
  'id',
  'url',
  'external_url',
  'title',
  'content_html',
  'summary',
  'image',
  'date_published',
  'date_modified',
  'authors',
  'tags',
  'language',
  'attachments',
  '_viaduct',
]);

/** The rules of JSON Feed 1.1. */
export function complaintsAboutJsonFeed(json: string): string[] {
  return collect((expect) => {
    const feed = JSON.parse(json);
    for (const key of Object.keys(feed)) expect(FEED_KEYS.has(key), `feed: ${key}`);
    expect(feed.version === 'https://jsonfeed.org/version/1.1', 'version');
    expect(isText(feed.title), 'title');
    expect(FULL_URL.test(feed.home_page_url) && FULL_URL.test(feed.feed_url), 'feed urls');
    expect(LANGUAGE.test(feed.language), 'language');
    expect(areUnique(feed.items.map((item: { id: string }) => item.id)), 'id twice');
    for (const item of feed.items) {
      for (const key of Object.keys(item)) expect(ITEM_KEYS.has(key), `item: ${key}`);
      expect(URN_UUID.test(item.id), 'id');
      expect(isText(item.content_html) && isText(item.title), 'content_html and title');
      expect(item.summary === undefined || isText(item.summary), 'summary');
      expect(FULL_URL.test(item.url), 'url');
      expect(
        [item.external_url, item.image].every((url) => url === undefined || FULL_URL.test(url)),
        'other urls',
      );
      expect(isDate3339(item.date_published) && isDate3339(item.date_modified), 'dates');
      expect(item.language === undefined || LANGUAGE.test(item.language), 'item language');
      for (const author of item.authors ?? [])
        expect(isText(author.name) && FULL_URL.test(author.url ?? 'https://a/'), 'author');
      expect((item.tags ?? []).every(isText), 'tags');
      for (const { url, mime_type: type, size_in_bytes: size = 0 } of item.attachments ?? []) {
        expect(FULL_URL.test(url) && MIME.test(type) && Number.isSafeInteger(size), 'attachment');
      }
      expect(FULL_URL.test(item._viaduct.page) && item._viaduct.via.length > 0, '_viaduct');
    }
    expect(!/:\s*null[,}\]]/.test(json.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')), 'null');
  });
}

const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';
