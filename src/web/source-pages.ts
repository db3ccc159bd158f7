import { shownText, shownUrl } from './pages/shown.ts';
import type { ListHead, SourceView, View } from './view.ts';

const PAGE_SOURCES = 50;
const MAX_FILTER_CHARS = 100;

/** A page of a list of sources. */
export interface SourcesPage extends ListHead {
  readonly sources: readonly SourceView[];
  /** All that the filter lets through. */
  readonly total: number;
  /** From 1. */
  readonly number: number;
  /** A part of a name, an id or a homepage, '' for none; absent where nobody could answer (a static site), or all are on one page. */
  readonly filter?: string;
}

/** Page `number` of those sources whose name, id or homepage holds `filter`, as far as pages show these: else one could ask letter by
 *  letter for a private address. Undefined when there is no such page. */
export function sourcesPageOf(
  view: View,
  sources: readonly SourceView[],
  { number = '1', filter = '' }: { readonly number?: string | undefined; readonly filter?: string | undefined },
  path: string,
): SourcesPage | undefined {
  const wanted = filter.slice(0, MAX_FILTER_CHARS).trim();
  const found = wanted === '' ? sources : sources.filter((one) => isMeant(view, one, wanted.toLowerCase()));
  const hrefOf = (page: number) => {
    const query = new URLSearchParams({
      ...(wanted && { q: wanted }),
      ...(page > 1 && { page: String(page) }),
    }).toString();
    return query === '' ? path : `${path}?${query}`;
  };
  const list = pageAt(found, /^[1-9]\d{0,5}$/.test(number) ? Number(number) : 0, hrefOf);
  if (!list) return undefined;
  const isLong = sources.length > PAGE_SOURCES;
  return {
    ...list,
    ...(isLong && { filter: wanted }),
    ...(hrefOf(list.number) !== path && { href: hrefOf(list.number) }),
  };
}

/** All of them cut into pages with addresses that any web server has: LIST, LIST/page/2, … An empty list has one page. */
export function numberedSources(
  sources: readonly SourceView[],
  path: string,
): readonly { readonly path: string; readonly list: SourcesPage }[] {
  const count = Math.max(1, Math.ceil(sources.length / PAGE_SOURCES));
  const pathOf = (number: number) => (number === 1 ? path : `${path}/page/${number}`);
  return Array.from({ length: count }, (_, at) => at + 1).flatMap((number) => {
    const list = pageAt(sources, number, pathOf);
    return list ? [{ path: pathOf(number), list: { ...list, ...(number > 1 && { href: pathOf(number) }) } }] : [];
  });
}

/** Sources with a problem, then those of which something is left out, then the others; each in the order of feeds.json. */
export function worstFirst(sources: readonly SourceView[]): readonly SourceView[] {
  const rank = ({ state }: SourceView) => (state.problem !== undefined ? 0 : state.limited !== undefined ? 1 : 2);
  return sources.toSorted((a, b) => rank(a) - rank(b));
}

function pageAt(
  sources: readonly SourceView[],
  number: number,
  hrefOf: (number: number) => string,
): SourcesPage | undefined {
  const from = (number - 1) * PAGE_SOURCES;
  if (number < 1 || (number > 1 && from >= sources.length)) return undefined;
  return {
    sources: sources.slice(from, from + PAGE_SOURCES),
    total: sources.length,
    number,
    ...(from + PAGE_SOURCES < sources.length && { nextHref: hrefOf(number + 1) }),
    ...(number > 1 && { previousHref: hrefOf(number - 1) }),
  };
}

function isMeant(view: View, { source, name, homepage }: SourceView, wanted: string): boolean {
  const isIn = (text = '') => text.toLowerCase().includes(wanted);
  // What is shown is asked of those only that may be meant: it takes a while for thousands.
  return (
    isIn(source.id) || (isIn(name) && isIn(shownText(view, name))) || (isIn(homepage) && isIn(shownUrl(view, homepage)))
  );
}
