import { item } from '../unstable-feeds.ts';

/** Two feeds with an entry each that are one article, or look like it and are not. */
export interface Pair {
  readonly name: string;
  readonly isOne: boolean;
  readonly first: Listing;
  readonly second: Listing;
}

interface Listing {
  readonly site: string;
  readonly items: readonly string[];
}

const POST = 'https://author.example/2026/a-post';
const TITLE = 'The tide gauges of the northern coast';
const NOON = 'Tue, 03 Mar 2026 12:00:00 GMT';
const EVENING = 'Tue, 03 Mar 2026 18:00:00 GMT';
const SUMMER = 'Fri, 03 Jul 2026 12:00:00 GMT';
const TEXT = Array.from({ length: 60 }, (_, n) => `word${n}`).join(' ');
const OTHER_TEXT = Array.from({ length: 60 }, (_, n) => `other${n}`).join(' ');

/** Each kind of evidence twice: where it joins, and where it must not. */
export const PAIRS: readonly Pair[] = [
  pair('one link, spelt in two ways', true, item('As he calls it', POST, 'a'), item('As she does', tracked(POST), 'b')),
  pair('links that differ in one parameter', false, item(TITLE, `${POST}?id=1`, 'a'), item(TITLE, `${POST}?id=2`, 'b')),
  pair('two links of one site', false, item('One thing', POST, 'a'), item('Another thing', `${POST}-2`, 'b')),
  pair(
    'the home page as a link of two titles',
    false,
    item('Good morning', 'https://author.example/', 'a'),
    item('An evening of quite another kind', 'https://author.example/', 'b'),
  ),
  pair(
    'one global guid and one title',
    true,
    item(TITLE, POST, 'tag:author.example,2026:77'),
    item(TITLE, 'https://mirror.example/77', 'tag:author.example,2026:77'),
  ),
  pair(
    'one global guid and two titles',
    false,
    item('A recipe for soup', POST, 'tag:author.example,2026:77'),
    item('Notes on election law', 'https://mirror.example/77', 'tag:author.example,2026:77'),
  ),
  pair('a guid that is a number', false, item(TITLE, POST, '12345'), item(TITLE, 'https://b.example/12345', '12345')),
  pair(
    'one enclosure and one title',
    true,
    sound(TITLE, POST, 'episode-9'),
    sound(TITLE, 'https://pods.example/9', 'episode-9'),
  ),
  pair(
    'one enclosure and two titles',
    false,
    sound('News at one', POST, 'latest'),
    sound('A concert from Leipzig', 'https://pods.example/9', 'latest'),
  ),
  pair('one title and text, hours apart', true, written(TITLE, 'a', TEXT, NOON), written(TITLE, 'b', TEXT, EVENING)),
  pair('one title and text, months apart', false, written(TITLE, 'a', TEXT, NOON), written(TITLE, 'b', TEXT, SUMMER)),
  pair('one title alone', false, written(TITLE, 'a', TEXT, NOON), written(TITLE, 'b', OTHER_TEXT, EVENING)),
];

/** The feed of the article's author, and that of somebody who points to it. */
function pair(name: string, isOne: boolean, first: string, second: string): Pair {
  return {
    name,
    isOne,
    first: { site: 'https://author.example/', items: [first] },
    second: { site: 'https://links.example/', items: [second] },
  };
}

function tracked(url: string): string {
  return `${url.replace('https://', 'http://www.')}/?utm_source=feed&utm_medium=rss`;
}

function sound(title: string, link: string, file: string): string {
  const enclosure = `<enclosure url="https://files.example/${file}.mp3" type="audio/mpeg" length="1000"/>`;
  return item(title, link, undefined).replace('</item>', `${enclosure}</item>`);
}

function written(title: string, site: string, text: string, published: string): string {
  const description = `<description>${text}</description>`;
  return item(title, `https://${site}.example/1`, undefined, published).replace('</item>', `${description}</item>`);
}
