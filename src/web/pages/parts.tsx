import type { Child } from 'hono/jsx';
import { isOfUnknownAge } from '../../items/ranking.ts';
import type { Entry, Instant, Item, Via } from '../../model.ts';
import { languageTag } from '../../publish/clean.ts';
import { categoryPath, sourcePath } from '../../publish/links.ts';
import type { SourcesPage } from '../source-pages.ts';
import type { ListPage, View } from '../view.ts';
import { FORMATS } from './layout.tsx';
import { discussionElsewhere, pathOf, shownText, sourceOf, titleOf } from './shown.ts';
import { clockTime, counted, dateInWords, hostOf, shortTime, viewsInWords } from './words.ts';

const CATEGORIES_SHOWN = 2;
const TRENDING_SHOWN = 5;

/** lang and dir of what an entry says: the pages' own words are English, others' may be anything. */
export function foreign(entry: Entry, view: View): { lang?: string; dir: 'auto' } {
  const language = languageTag(entry.language ?? sourceOf(view, entry.source)?.feed?.language);
  const isEnglish = language === undefined || /^en\b/.test(language);
  return { ...(!isEnglish && { lang: language }), dir: 'auto' };
}

/** The title as a link to the item's page. */
export function ItemLink({ item, view, class: name }: { item: Item; view: View; class?: string }) {
  return (
    <a href={pathOf(view, item)} {...(name && { class: name })} {...foreign(item.primary, view)}>
      {titleOf(view, item)}
    </a>
  );
}

/** The name of the source; isolated, as it may be written from right to left (Unicode UAX #9). */
export function ViaName({ via, view }: { via: Via; view: View }) {
  return <bdi>{shownText(view, via.name) || via.source}</bdi>;
}

/** The name as a link to the source's page here. */
export function ViaLink({ via, view }: { via: Via; view: View }) {
  return (
    <a href={sourcePath(via.source)}>
      <ViaName via={via} view={view} />
    </a>
  );
}

/** '24 views' with what that means; undefined for none. */
export function viewsOf(item: Item, view: View): Child | undefined {
  const words = shownViews(item, view);
  return words === undefined ? undefined : <span title="Unique daily readers of this page here">{words}</span>;
}

/** Parts with dots between them; those that are undefined are left out. The dots are text, so that a copy or a browser
 *  without styles has them, too. */
export function MetaLine({ parts }: { parts: readonly (Child | undefined)[] }) {
  const shown = parts.filter((part) => part !== undefined);
  return (
    <p class="meta ui">
      {shown.map((part, at) => (
        <>
          {at > 0 && ' · '}
          {part}
        </>
      ))}
    </p>
  );
}

/** When it arrived: that is what lists are sorted by. On its day's own list only the time. */
function ArrivalTime({ item, view, isInDay }: { item: Item; view: View; isInDay: boolean }) {
  const { timezone } = view.config;
  const words = isInDay ? clockTime(item.arrival, timezone) : shortTime(item.arrival, view.now, timezone);
  return <time datetime={item.arrival}>{words}</time>;
}

/** 'published Mar 4, 2025', where that is another day than that of its arrival. */
function OlderDate({ item, view }: { item: Item; view: View }) {
  const day = (at: Instant) => dateInWords(at, view.config.timezone);
  if (item.date >= item.arrival || day(item.date) === day(item.arrival)) return null;
  return (
    <span class="disc">
      {' published '}
      <time datetime={item.date}>{day(item.date)}</time>
    </span>
  );
}

/** The item's date in short; undefined where nobody can say how old it is. */
export function itemTime(item: Item, view: View, inWords = shortTime): Child | undefined {
  if (isOfUnknownAge(item)) return undefined;
  return <time datetime={item.date}>{inWords(item.date, view.now, view.config.timezone)}</time>;
}

/** The first two categories of an item; undefined when it has none. */
export function categoryLinks({ categories }: Item, className: string): Child | undefined {
  if (categories.length === 0) return undefined;
  return categories.slice(0, CATEGORIES_SHOWN).map((name, at) => (
    <>
      {at > 0 && ' · '}
      <a class={className} href={categoryPath(name)}>
        {name}
      </a>
    </>
  ));
}

/** Rows of time of arrival, title and via. */
export function Rows({ items, view, isInDay = false }: { items: readonly Item[]; view: View; isInDay?: boolean }) {
  return (
    <ol class="rows">
      {items.map((item) => (
        <li>
          <span class="ui">
            <ArrivalTime item={item} view={view} isInDay={isInDay} />
          </span>{' '}
          <ItemLink item={item} view={view} class="t" />{' '}
          <span class="ui s">
            <FirstVia item={item} view={view} />
            {item.via.length > 1 && ` +${item.via.length - 1}`}
            <OlderDate item={item} view={view} />
            <Discuss item={item} view={view} />
          </span>
        </li>
      ))}
    </ol>
  );
}

/** 'Discuss on lobste.rs' as a link; undefined where there is nothing to discuss elsewhere. */
export function discussIn(item: Item, view: View): Child | undefined {
  const href = discussionElsewhere(view, item);
  return href === undefined ? undefined : (
    <a class="disc" href={href} rel="external">
      Discuss on {hostOf(href)}
    </a>
  );
}

function Discuss({ item, view }: { item: Item; view: View }) {
  const link = discussIn(item, view);
  return link === undefined ? null : <> {link}</>;
}

/** 'via @kimmonismus and 3 more', without links. */
export function ViaWords({ item, view }: { item: Item; view: View }) {
  if (item.via.length === 0) return null;
  return (
    <>
      {'via '}
      <FirstVia item={item} view={view} />
      {item.via.length > 1 && ` and ${item.via.length - 1} more`}
    </>
  );
}

function FirstVia({ item: { via }, view }: { item: Item; view: View }) {
  const [first] = via;
  return first ? <ViaName via={first} view={view} /> : null;
}

/** A long list: what `children` say of it, its rows, and where it goes on, the way to its next page. */
export function PagedList({
  list,
  view,
  empty,
  children,
  rows,
}: {
  list: ListPage;
  view: View;
  empty: string;
  children: Child;
  /** How the rows stand; all in one list unless said. */
  rows?: Child;
}) {
  return (
    <div class="wrap cols list">
      <main id="main">
        {children}
        {list.items.length === 0 ? <p class="next soft">{empty}</p> : (rows ?? <Rows items={list.items} view={view} />)}
        <Turning newer={list.previousHref} earlier={list.nextHref} />
      </main>
      {view.isStatic ? <OnlyCategories view={view} /> : <TrendingAndCategories view={view} />}
    </div>
  );
}

/** What leads from page to page of a list that is not sorted by time. */
export const PAGES = ['Previous page', 'Next page'] as const;

/** The ways to the pages before and after. */
export function Turning({
  newer,
  earlier,
  words: [back, on] = ['Newer', 'Earlier'],
}: {
  newer: string | undefined;
  earlier: string | undefined;
  words?: readonly [back: string, on: string];
}) {
  if (newer === undefined && earlier === undefined) return null;
  return (
    <nav class="next turn ui" aria-label="Pages">
      {newer !== undefined && (
        <a href={newer} rel="prev">
          {back}
        </a>
      )}
      {earlier !== undefined && (
        <a href={earlier} rel="next">
          {on}
        </a>
      )}
    </nav>
  );
}

/** 'Sources', 'Sources, page 2'. */
export function numberedTitle(title: string, { number }: SourcesPage): string {
  return number === 1 ? title : `${title}, page ${number}`;
}

/** A form that finds a source in a list of many, without script; nothing where they are few. */
export function SourceFilter({ path, list: { filter, total } }: { path: string; list: SourcesPage }) {
  if (filter === undefined) return null;
  return (
    <search>
      <form class="find ui" action={path}>
        <label for="q">Find a source</label>
        <input type="search" id="q" name="q" value={filter} maxlength={100} />
        <button type="submit">Find</button>
        {filter !== '' && (
          <p>
            {total === 0 ? 'None' : counted(total, 'source')} with “{filter}” in its name, id or homepage.{' '}
            <a href={path}>All sources</a>
          </p>
        )}
      </form>
    </search>
  );
}

/** Trending Now; nothing while nothing trends. */
export function Trending({ view, except }: { view: View; except?: Item }) {
  const shown = view.trending.filter((item) => item !== except).slice(0, TRENDING_SHOWN);
  if (shown.length === 0) return null;
  return (
    <section aria-labelledby="tr">
      <h2 class="lab" id="tr">
        Trending Now
      </h2>
      <ol class="rank">
        {shown.map((item) => (
          <li>
            <div>
              <ItemLink item={item} view={view} class="t" />{' '}
              <span class="ui">
                {[counted(item.via.length, 'source'), shownViews(item, view)].filter(Boolean).join(' · ')}
              </span>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Beside a list: Trending Now and the categories. */
export function TrendingAndCategories({ view }: { view: View }) {
  if (view.trending.length === 0 && view.categories.length === 0) return null;
  return (
    <aside aria-label="Trending and categories">
      <Trending view={view} />
      <Categories view={view} />
    </aside>
  );
}

function OnlyCategories({ view }: { view: View }) {
  if (view.categories.length === 0) return null;
  return (
    <aside aria-label="Categories">
      <Categories view={view} withCounts={false} />
    </aside>
  );
}

function Categories({ view, withCounts = true }: { view: View; withCounts?: boolean }) {
  if (view.categories.length === 0) return null;
  return (
    <section aria-labelledby="to">
      <h2 class="lab" id="to">
        Categories{' '}
        <a href="/categories" aria-label="All categories">
          All
        </a>
      </h2>
      <ul class="cats ui">
        {view.categories.map(({ name, itemCount }) => (
          <li>
            <a href={categoryPath(name)}>
              {name} {withCounts && <span>{itemCount.toLocaleString('en-US')}</span>}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The three feeds of a list, as links. */
export function FeedLinks({ path }: { path: string }) {
  const [first, second, third] = FORMATS.map(({ file, name }) => <a href={path + file}>{name}</a>);
  return (
    <>
      {first}, {second} or {third}
    </>
  );
}

function shownViews(item: Item, view: View): string | undefined {
  return view.config.tallies ? viewsInWords(view.tally(item)) : undefined;
}
