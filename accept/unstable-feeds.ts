/** A feed whose documents change from poll to poll in ways that must bring nothing new. */
export interface UnstableFeed {
  readonly name: string;
  /** Exact number of items, at every poll. */
  readonly items: number;
  /** Documents of its sources at poll n (from 1). */
  documents(poll: number): readonly string[];
}

export const UNSTABLE_FEEDS: readonly UnstableFeed[] = [
  {
    name: 'new guids at every poll',
    items: 3,
    documents: (poll) => [rss([1, 2, 3].map((n) => item(`T${n}`, `https://a.example/${n}`, `g-${poll}-${n}`)))],
  },
  {
    name: 'another order at every poll',
    items: 10,
    documents: (poll) => [rss(numbers(10).map((n) => numbered((n * 7 + poll) % 10)))],
  },
  {
    name: 'one guid for two items, in turns first',
    items: 2,
    documents: (poll) => {
      const items = [item('One', 'https://a.example/one', 'same'), item('Two', 'https://a.example/two', 'same')];
      return [rss(poll % 2 === 0 ? items : items.reverse())];
    },
  },
  {
    name: 'one guid for all, and no link',
    items: 3,
    documents: () => [rss([1, 2, 3].map((n) => item(`Note number ${n}`, undefined, 'N/A')))],
  },
  {
    name: 'guids that come and go',
    items: 2,
    documents: (poll) => [
      rss([1, 2].map((n) => item(`T${n}`, `https://a.example/${n}`, poll % 2 === 0 ? undefined : `g${n}`))),
    ],
  },
  {
    name: 'one link, listed by two feeds in other words',
    items: 1,
    documents: () => [
      rss([item('As its author calls it', 'https://author.example/post', 'a-1')], 'https://author.example/'),
      rss([item('Look at this', 'http://www.author.example/post/?utm_source=x', 'b-77')], 'https://links.example/'),
    ],
  },
  {
    name: 'the list grows shorter and comes back',
    items: 10,
    documents: (poll) => [rss(numbers(poll % 3 === 2 ? 4 : 10).map(numbered))],
  },
];

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
const numbered = (n: number) => item(`Item ${n}`, `https://a.example/${n}`, `g${n}`);

export function rss(items: readonly string[], site = 'https://a.example/'): string {
  return `<?xml version="1.0"?><rss version="2.0"><channel><title>${new URL(site).host}</title><link>${site}</link><description>d</description>${items.join('')}</channel></rss>`;
}

export function item(title: string, link: string | undefined, guid: string | undefined, published?: string): string {
  const element = (name: string, text: string | undefined) => (text === undefined ? '' : `<${name}>${text}</${name}>`);
  const guidElement = guid === undefined ? '' : `<guid isPermaLink="false">${guid}</guid>`;
  return `<item>${element('title', title)}${element('link', link?.replaceAll('&', '&amp;'))}${guidElement}${element('pubDate', published)}</item>`;
}
