import { decodePercent } from '../parse-url.ts';
import { escapeAttribute, withoutUnsafe } from './plain-text.ts';
import { decodeHtmlReferences } from './references.ts';
import { resolveUrl } from './urls.ts';

/** What stands before each id that is kept, as GitHub does it: none can be taken for one of the page around, nor, being a
 *  name that scripts see (HTML §7.2.2.3), clobber anything. */
const PREFIX = 'user-content-';

const ID_CHARS = 200;

/** A link to a place in its own text. */
const LOCAL_LINK = /href\s{0,9}=\s{0,9}(?:"\s{0,9}#([^"]{1,600})"|'\s{0,9}#([^']{1,600})'|#([^\s>]{1,600}))/gi;

/** The ids that links in some HTML name. */
export function wantedIds(html: string): ReadonlySet<string> {
  const wanted = Array.from(html.matchAll(LOCAL_LINK), ([, double, single, bare]) =>
    safeId(decodeHtmlReferences(double ?? single ?? bare ?? '')),
  );
  return new Set(wanted.filter((id) => id !== undefined));
}

/** An id, or the fragment of a link (HTML §7.4.6.3), as it is kept, with PREFIX: the same for both, also if it was made
 *  safe before. Undefined when nothing is left of it. */
export function safeId(written: string | undefined): string | undefined {
  if (written === undefined || written === '' || written.length > ID_CHARS * 3) return undefined;
  const plain = withoutUnsafe(decodePercent(written).toWellFormed()).replace(/[\s%&<>"'`]/g, '');
  const bare = plain.replace(/^(?:user-content-)+/, '');
  return bare === '' || bare.length > ID_CHARS ? undefined : PREFIX + bare;
}

/** The href of a link to a place in its own text; undefined when it names none: `#` and '' lead to no place. */
export function localHref(href: string): string | undefined {
  const id = safeId(href.trim().slice(1));
  return id && `#${encodeURI(id)}`;
}

const TAG = /<[a-z][^>]*>/g;
/** In sanitised HTML no attribute's value holds a quotation mark: these stand for attributes only. */
const ID = / id="(user-content-[^"]*)"/;
const HREF = / href="#([^"]*)"/;

/** Sanitised HTML in which each link to a place in it leads there, and only ids to which one leads are left, each once. A
 *  link whose place is elsewhere leads to `page`, or without a page nowhere. */
export function tieAnchors(html: string, page: string | undefined): string {
  if (!html.includes(' id="') && !html.includes(' href="#')) return html;
  const tags = html.match(TAG) ?? [];
  const found = (pattern: RegExp) => new Set(tags.map((tag) => pattern.exec(tag)?.[1]));
  const places = found(ID);
  const left = new Set(places);
  const wanted = new Set([...found(HREF)].map((href) => href && decodePercent(href)));
  return html.replace(TAG, (tag) =>
    tag
      .replace(ID, (attribute, id) => (wanted.has(id) && left.delete(id) ? attribute : ''))
      .replace(HREF, (attribute, href) => (places.has(decodePercent(href)) ? attribute : hrefOn(page, href))),
  );
}

function hrefOn(page: string | undefined, fragment: string): string {
  const url = page && resolveUrl(`#${fragment.slice(PREFIX.length)}`, page);
  return url === undefined || url === '' ? '' : ` href="${escapeAttribute(url)}"`;
}
