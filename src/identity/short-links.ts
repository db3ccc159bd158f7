import type { Entry, SourceRecord } from '../model.ts';
import { type Hosts, hostOfUrl, strongKey } from './url-keys.ts';

/** Hosts that redirect every visitor, and whose addresses do not show where to (Athou/commafeed#225). */
const SHORTENERS = new Set(
  `amzn.to bit.ly buff.ly cutt.ly dlvr.it fb.me feedproxy.google.com goo.gl ift.tt is.gd j.mp lnkd.in ow.ly rb.gy reut.rs
  shorturl.at spr.ly t.co t.ly tinyurl.com trib.al v.gd wp.me`.split(/\s+/),
);

/** Short enough to be a shortener's; most links are not, and parsing each of a record would take longer than its poll. */
const LOOKS_SHORT = /^\s*https?:\/\/(?:[^/?#]*@)?(?:www\.)?[a-z.]{4,21}(?:[/?#:]|$)/i;

/** Whether `url` is an address of a known shortener. */
export function isShortLink(url: string): boolean {
  return LOOKS_SHORT.test(url) && SHORTENERS.has(hostOfUrl(url) ?? '');
}

/** As isShortLink, of a strong key (url-keys.ts). */
export function isShortKey(key: string): boolean {
  return SHORTENERS.has(key.slice(0, key.indexOf('/')));
}

/** Links of the record's entries that lead through a shortener to a page that is not known yet. */
export function unresolvedLinks(record: SourceRecord): readonly string[] {
  return record.entries.flatMap((entry) => {
    const link = addressOf(entry);
    return link !== undefined && isShortLink(link) && entry.linkKeys.length < 2 ? [link] : [];
  });
}

/** The record after it became known where some links lead: the target's key is one more link of the entry, so that it can
 *  be one item with entries of other sources. The same object when that is nothing new. */
export function applyResolved(
  record: SourceRecord,
  resolved: ReadonlyMap<string, string>,
  ownHosts: Hosts,
): SourceRecord {
  if (resolved.size === 0) return record;
  const entries = record.entries.map((entry): Entry => {
    const target = resolved.get(addressOf(entry) ?? '');
    const key = target && strongKey(target, ownHosts);
    return key && !entry.linkKeys.includes(key) ? { ...entry, linkKeys: [...entry.linkKeys, key] } : entry;
  });
  return entries.some((entry, at) => entry !== record.entries[at]) ? { ...record, entries } : record;
}

function addressOf({ externalUrl, origLink, link, permalink }: Entry): string | undefined {
  return externalUrl ?? origLink ?? link ?? permalink;
}
