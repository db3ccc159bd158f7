/** What a via says of an article in words of its own, and where that stands in the feeds. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Entry, Item } from '../../src/model.ts';
import { ownWordsOf } from '../../src/publish/own-words.ts';
import { preparePublished } from '../../src/publish/published-item.ts';
import { redactionFor } from '../../src/secrets.ts';
import { aConfig, aContext, anEntry, anItem, aSource } from './build-item.ts';

const TITLE = 'The licence of open weights changes';
const ARTICLE =
  'From next month on the weights may be used by companies of any size. Until now those with more than a hundred million users had to ask first. The data that the model was trained on stay closed.';
const OPINION = 'A step, and a small one: without the data nobody can train it again, which is what open used to mean.';

/** The publisher's entry, and one of each of these sources. */
function itemOf(others: Readonly<Record<string, Partial<Entry>>>): Item {
  const publisher = anEntry({ title: TITLE, text: ARTICLE });
  const entries = Object.entries(others).map(([source, fields]) => {
    const { text: _, ...rest } = anEntry({ id: source, source, title: TITLE });
    return { ...rest, ...fields };
  });
  return anItem({ title: TITLE, primary: publisher, body: publisher }, [publisher, ...entries]);
}

const wordsOf = (fields: Partial<Entry>) => ownWordsOf(itemOf({ other: fields })).get('other')?.text;

const cases: readonly [string, Partial<Entry>, string | undefined][] = [
  ['an opinion', { text: OPINION }, OPINION],
  ['an opinion in a summary', { summary: OPINION }, OPINION],
  ['an opinion of two words', { text: 'Worth reading.' }, 'Worth reading.'],
  ['nothing', {}, undefined],
  ['the title', { text: `${TITLE}.` }, undefined],
  ['its own title', { title: 'Licences, again', text: 'Licences, again' }, undefined],
  ['the title and the address', { text: `${TITLE} https://field.example/1` }, undefined],
  ['an opinion and the address', { text: `So it begins. https://field.example/1` }, 'So it begins.'],
  ['the article', { text: ARTICLE }, undefined],
  ['the beginning of the article', { text: `${ARTICLE.slice(0, 90)}…` }, undefined],
  [
    'more of the article than its publisher gives',
    { text: `${ARTICLE} ${'There is much more to it. '.repeat(9)}` },
    undefined,
  ],
  ['one sentence of the article', { text: 'The data that the model was trained on stay closed.' }, undefined],
  [
    'an opinion with a quotation',
    { text: `${OPINION} “The data that the model was trained on stay closed.”` },
    `${OPINION} “The data that the model was trained on stay closed.”`,
  ],
  ['the word for comments', { text: 'Comments' }, undefined],
  ['a way to more', { text: 'Continue reading →' }, undefined],
  ['how long it takes', { text: '3 min read' }, undefined],
  ['what Slashdot writes', { text: 'Read more of this story at Slashdot.' }, undefined],
  [
    'what hnrss writes',
    {
      text: 'Article URL: https://field.example/1 Comments URL: https://news.ycombinator.com/item?id=1 Points: 41 # Comments: 7',
    },
    undefined,
  ],
  ['an opinion and the mark of a permalink', { text: 'So it begins. ★' }, 'So it begins.'],
  [
    'an address within a sentence',
    { text: 'Read https://a.example/1 first. https://field.example/1 #ai https://b.example/' },
    'Read https://a.example/1 first. #ai',
  ],
  ['an address before and between', { text: 'https://a.example/ One. https://a.example/ Two.' }, 'One. Two.'],
  ['hashtags', { text: '#ai #OpenWeights' }, undefined],
  ['the title and hashtags', { text: `${TITLE} #ai https://field.example/1 #OpenWeights` }, undefined],
  ['an opinion and a hashtag', { text: 'So it begins. #ai' }, 'So it begins. #ai'],
  ['what Reddit writes', { text: 'submitted by /u/ann to r/weights [link] [comments]' }, undefined],
];
for (const [name, fields, expected] of cases) {
  test(`ownWordsOf: ${name}`, () => assert.is(wordsOf(fields), expected));
}

const quotations: readonly [string, string, boolean][] = [
  ['a long one and a short opinion', `“${ARTICLE}” I doubt it.`, true],
  ['in other marks', `I doubt it. «${ARTICLE}»`, true],
  ['after the name of its author', `Ann Lee, on licences: "${ARTICLE}" I doubt it.`, true],
  ['alone', `“${ARTICLE}”`, false],
  ['with nothing but the name of its author', `Ann Lee, on licences: „${ARTICLE}“`, false],
  ['beside a copy', `“${ARTICLE}” ${ARTICLE}`, false],
  ['of the title, with a name', `“${TITLE}” via Field Notes`, false],
  ['of a word before and after a copy', `"Open" ${ARTICLE} "open"`, false],
  ['that nothing ends', `“${ARTICLE} I doubt it.`, false],
];
for (const [name, text, isOwn] of quotations) {
  test(`ownWordsOf: a quotation ${name}`, () => assert.is(wordsOf({ text }), isOwn ? text : undefined));
}

test('ownWordsOf: a text that two print is nobody’s own a second time', () => {
  const words = ownWordsOf(itemOf({ a: { text: OPINION }, b: { text: OPINION }, c: { text: 'I doubt it.' } }));
  assert.equal([...words.keys()], ['a', 'c']);
});

test('ownWordsOf: two signs are two opinions', () => {
  const words = ownWordsOf(itemOf({ a: { text: '👍' }, b: { text: '👎' }, c: { text: '👍' } }));
  assert.equal([...words.keys()], ['a', 'b']);
});

test('ownWordsOf: of one source there is nothing beside its text', () => {
  const entry = anEntry({ text: OPINION });
  assert.is(ownWordsOf(anItem({}, [entry])).size, 0);
});

const ALL = ['field', 'a', 'b', 'c', 'd'];
const said = itemOf({
  a: { text: 'The first <opinion> & more.', comments: 'https://a.example/1#comments' },
  b: { text: `The second. ${'Words and words. '.repeat(60)}` },
  c: { text: 'The third, shorter than the second one.' },
  d: { text: 'The fourth of all of them.' },
});

function published(item: Item, contentOfA: 'summary' | 'title' = 'summary', teller?: string) {
  const sources = ALL.map((id) => aSource({ id, title: `Source ${id}`, content: id === 'a' ? contentOfA : 'summary' }));
  const config = aConfig({ sources });
  const made = preparePublished(item, aContext(config), redactionFor(config), teller);
  assert.ok(made);
  return made;
}

test('preparePublished: three vias with words of their own below the text, and how many there are besides', () => {
  const { html } = published(said);
  const lines = html.split('\n');
  assert.is(lines.length, 6);
  assert.match(lines[0] ?? '', /^<p>From next month on/);
  assert.is(
    lines[1],
    '<p><b><a href="https://field.example/1">Source a</a>:</b> The first &lt;opinion&gt; &amp; more.</p>',
  );
  assert.match(lines[2] ?? '', /The second\..*…<\/p>$/);
  assert.match(lines[3] ?? '', /The third/);
  assert.match(
    lines[4] ?? '',
    /^<p><a href="https:\/\/news\.example\.org\/items\/[^"]*">1 more on this page<\/a><\/p>$/,
  );
  assert.match(lines[5] ?? '', /via <a/);
});

test('preparePublished: a via has its words, at most 60 of them', () => {
  const comments = published(said).via.map(({ comment }) => comment);
  assert.is(comments[0], undefined);
  assert.is(comments[1], 'The first <opinion> & more.');
  assert.is(comments[2]?.split(' ').length, 60);
  assert.is(comments[4], 'The fourth of all of them.');
});

test('preparePublished: of a source of which titles may be shown only, no word is repeated', () => {
  const { via, html } = published(said, 'title');
  assert.is(via[1]?.comment, undefined);
  assert.not.match(html, /The first/);
});

test('preparePublished: in a source’s own list its words take the place of the article’s', () => {
  const { html, excerpt } = published(said, 'summary', 'c');
  assert.match(html, /^<p>The third, shorter than the second one\.<\/p>/);
  assert.not.match(html, /From next month on/);
  assert.is(html.split('The third').length, 2);
  assert.is(excerpt, 'The third, shorter than the second one.');
});

test.run();
