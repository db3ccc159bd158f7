import type { Instant } from '../model.ts';
import { type Prepared, prepare } from './prepared.ts';

/** What the feeds' xml-stylesheet instruction names. */
export const FEED_STYLE_PATH = '/feed.css';

/** The files of the site that nothing changes, by address path. `madeAt` is their Last-Modified. */
export function prepareAssets(madeAt: Instant): ReadonlyMap<string, Prepared> {
  const asset = (contentType: string, body: string): Prepared =>
    prepare(body, {
      contentType,
      cacheControl: 'public, max-age=86400',
      vary: 'Accept-Encoding',
      lastModified: madeAt,
    });
  const favicon = asset('image/svg+xml', FAVICON);
  return new Map([
    [FEED_STYLE_PATH, asset('text/css; charset=utf-8', FEED_STYLE)],
    ['/favicon.svg', favicon],
    // Browsers ask for it unasked, and take the picture by its type.
    ['/favicon.ico', favicon],
    ['/robots.txt', asset('text/plain; charset=utf-8', ROBOTS)],
  ]);
}

/** Two arches of a viaduct. */
const FAVICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -10 42 42"><style>path{fill:#9a3b1b}@media(prefers-color-scheme:dark){path{fill:#f09a74}}</style><path d="M0 0h42v22h-3v-7a5 5 0 0 0-10 0v7h-3v-7a5 5 0 0 0-10 0v7h-3v-7a5 5 0 0 0-10 0v7H0z"/></svg>
`;

/** A click is counted for people only, and every address behind /go/ is on a page as it is. */
const ROBOTS = `User-agent: *
Disallow: /go/
`;

/** RSS and Atom in a browser, without script or XSLT. The excerpt is plain text; contents stay hidden: they are escaped HTML, which
 *  CSS can only show as source. By child, as `item` alone is v:item as well. Of a date the day is shown: 'Thu, 26 Nov 2026' and
 *  '2026-11-26' are 16 and 10 characters of a fixed width. */
const FEED_STYLE = `:root{display:block;background:#fbfaf7;color:#1f1d1a;font:1.0625rem/1.5 Charter,"Iowan Old Style",Georgia,serif;max-width:42rem;margin:0 auto;padding:2.5rem 1.25rem 4rem;overflow-wrap:anywhere;--soft:#5d5850;--rule:#e2ddd2}
@media(prefers-color-scheme:dark){:root{background:#161513;color:#ebe6dd;--soft:#a9a297;--rule:#34302b}}
feed>*,channel>*,entry>*,item>*{display:none}
channel,feed>title,channel>title,feed>subtitle,channel>description,feed>entry,channel>item,entry>title,item>title,entry>summary,item>description,entry>published,item>pubDate{display:block}
feed>title,channel>title{font-size:2rem;font-weight:700;line-height:1.15;letter-spacing:-.015em}
feed>title::after,channel>title::after{display:block;margin:1.5rem 0 2rem;padding:1rem 1.25rem;border:1px dashed var(--soft);border-radius:8px;font:400 .9375rem/1.5 -apple-system,"Segoe UI",Roboto,system-ui,sans-serif;letter-spacing:0;content:"This is a feed: copy its address into a feed reader, and new items will come to you."}
feed>subtitle,channel>description{color:var(--soft);margin:0 0 2rem}
feed>entry,channel>item{display:flex;flex-direction:column;border-top:1px solid var(--rule);padding:1.1rem 0}
entry>title,item>title{order:1;font-weight:700;font-size:1.1875rem;line-height:1.3}
entry>summary,item>description{order:2;margin-top:.35rem}
entry>published,item>pubDate{order:3;color:var(--soft);font:.8125rem/1.5 ui-monospace,Menlo,Consolas,monospace;margin-top:.35rem;height:1.5em;overflow:hidden;white-space:nowrap}
item>pubDate{width:16ch}
entry>published{width:10ch}
`;
