import type { Entry } from '../model.ts';
import { parseUrl } from '../parse-url.ts';

/** Whether the entry came from this site: its chain of origins names it, or it links to one of our own item pages
 *  (two aggregators that read each other would pass an item round for ever). */
export function comesFromSite(entry: Entry, siteUrl: string): boolean {
  const chain = entry.origins.flatMap(({ url, feed }) => [url, feed]);
  return chain.some((url) => isUnder(url, siteUrl)) || isUnder(entry.url, `${siteUrl}/items`);
}

function isUnder(url: string | undefined, base: string): boolean {
  const [inner, outer] = [parseUrl(url ?? ''), parseUrl(base)];
  if (inner === undefined || outer === undefined) return false;
  const path = outer.pathname.replace(/\/$/, '');
  return inner.host === outer.host && (inner.pathname === path || inner.pathname.startsWith(`${path}/`));
}
