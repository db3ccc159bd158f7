import type { ListedEntry } from '../model.ts';
import type { Home } from './home.ts';
import { hostOfUrl, strongKey } from './url-keys.ts';

/** The source's own page for the entry: JSON Feed's url where external_url leads elsewhere (JSON Feed 1.1, items), else
 *  a permalink or the comments on the source's host when the link leads elsewhere, else the link. */
export function pageUrl(listed: ListedEntry, home: Home): string | undefined {
  const { link, externalUrl, permalink, comments } = listed;
  if (link && externalUrl && strongKey(link) !== strongKey(externalUrl)) return link;
  const isAtHome = (url: string | undefined) => url !== undefined && home.hosts.has(hostOfUrl(url) ?? '');
  if (isAtHome(link)) return link;
  return [permalink, comments].find(isAtHome) ?? link ?? permalink ?? externalUrl;
}
