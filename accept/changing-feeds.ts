import type { RequestListener } from 'node:http';

/** Feeds that have something new at every request. Entry n of feed f has the guid `f-n`. */
export interface ChangingFeeds {
  readonly listener: RequestListener;
  /** What each answer of a feed listed, in order of the requests: the numbers of its oldest and its newest entry. */
  answersOf(feed: number): readonly { readonly oldest: number; readonly newest: number }[];
}

/** Each document lists so many entries at most. */
const LISTED = 30;
const NEW_A_REQUEST = 2;

/** Serves feed f at /f. */
export function createChangingFeeds(): ChangingFeeds {
  const answers = new Map<number, { oldest: number; newest: number }[]>();
  const answersOf = (feed: number) => {
    const found = answers.get(feed) ?? [];
    answers.set(feed, found);
    return found;
  };
  return {
    answersOf,
    listener(request, response) {
      const feed = Number(request.url?.slice(1));
      const before = answersOf(feed);
      const newest = (before.at(-1)?.newest ?? -1) + NEW_A_REQUEST;
      const oldest = Math.max(0, newest - LISTED + 1);
      before.push({ oldest, newest });
      const items = Array.from({ length: newest - oldest + 1 }, (_, index) => itemOf(feed, newest - index));
      const body = `<?xml version="1.0"?><rss version="2.0"><channel><title>Feed ${feed}</title><link>https://feed-${feed}.example/</link><description>d</description>${items.join('')}</channel></rss>`;
      response.writeHead(200, { 'content-type': 'application/rss+xml; charset=utf-8' }).end(body);
    },
  };
}

function itemOf(feed: number, n: number): string {
  return `<item><title>Entry ${n} of feed ${feed}</title><link>https://feed-${feed}.example/${n}</link><guid isPermaLink="false">${feed}-${n}</guid><description>${`Words of entry ${n} in feed ${feed}. `.repeat(10)}</description></item>`;
}
