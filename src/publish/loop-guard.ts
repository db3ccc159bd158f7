import type { Entry } from '../model.ts';

/** Whether the entry came from this site: its chain of origins names it, or it links to one of our own item pages
 *  (two aggregators that read each other would pass an item round for ever). */
export function comesFromSite(entry: Entry, siteUrl: string): boolean {
  const chain = entry.origins.flatMap(({ url, feed }) => [url, feed]);
  return chain.some((url) => isUnder(url, siteUrl)) || isUnder(entry.url, `${siteUrl}/items`);
}

function isUnder(url: string | undefined, base: string): boolean {
  if (url === undefined || !URL.canParse(url) || !URL.canParse(base)) return false;
  const [inner, outer] = [new URL(url), new URL(base)];
  const path = outer.pathname.replace(/\/$/, '');
  return inner.host === outer.host && (inner.pathname === path || inner.pathname.startsWith(`${path}/`));
}
