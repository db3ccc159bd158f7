import type { Item, Via } from '../../model.ts';
import { categoryPath, itemPath, sourcePath } from '../../publish/links.ts';
import type { ListPage, View } from '../view.ts';
import { counted, shortTime, viewsInWords } from './words.ts';

/** lang and dir of what another site wrote, where it is not the page's own language. */
export function foreign(item: Item, view: View): { lang?: string; dir: 'auto' } {
  const language =
    item.primary.language ?? view.sources.find(({ source }) => source.id === item.primary.source)?.feed?.language;
  const isTag = language !== undefined && /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(language);
  return { ...(isTag && { lang: language }), dir: 'auto' };
}

export function ItemLink({ item, view }: { item: Item; view: View }) {
  return (
    <a href={itemPath(item)} {...foreign(item, view)}>
      {item.title}
    </a>
  );
}

export function ViaLink({ via }: { via: Via }) {
  return <a href={sourcePath(via.source)}>{via.name}</a>;
}

/** 'via @kimmonismus and 3 more', where the rest leads to the list of all. */
export function ViaWords({ item, coverage }: { item: Item; coverage: string }) {
  const [first, ...others] = item.via;
  if (!first) return null;
  return (
    <span>
      via <ViaLink via={first} />
      {others.length > 0 && (
        <>
          {' and '}
          <a href={coverage}>{others.length} more</a>
        </>
      )}
    </span>
  );
}

/** '24 views', or nothing. */
export function Views({ item, view }: { item: Item; view: View }) {
  const words = view.config.tallies ? viewsInWords(view.tally(item)) : undefined;
  return words === undefined ? null : <span title="Unique daily readers of this page here">{words}</span>;
}

export function ItemTime({ item, view }: { item: Item; view: View }) {
  return <time datetime={item.date}>{shortTime(item.date, view.now, view.config.timezone)}</time>;
}

export function CategoryLink({ name }: { name: string }) {
  return (
    <a class="k" href={categoryPath(name)}>
      {name}
    </a>
  );
}

/** Rows of time, title and via. */
export function Rows({ items, view }: { items: readonly Item[]; view: View }) {
  return (
    <ol class="rows">
      {items.map((item) => (
        <li>
          <span class="ui">
            <ItemTime item={item} view={view} />
          </span>
          <ItemLink item={item} view={view} />
          <span class="ui s">
            {item.via[0]?.name}
            {item.via.length > 1 && ` +${item.via.length - 1}`}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** Rows and, where the list goes on, the way to its next page. */
export function PagedRows({ list, view, empty }: { list: ListPage; view: View; empty: string }) {
  if (list.items.length === 0) return <p class="soft">{empty}</p>;
  return (
    <>
      <Rows items={list.items} view={view} />
      {list.nextHref !== undefined && (
        <p class="next ui">
          <a href={list.nextHref} rel="next">
            Earlier
          </a>
        </p>
      )}
    </>
  );
}

/** Trending Now; nothing while nothing trends. */
export function Trending({ view }: { view: View }) {
  if (view.trending.length === 0) return null;
  return (
    <section aria-labelledby="tr">
      <h2 class="lab" id="tr">
        Trending Now
      </h2>
      <ol class="rank">
        {view.trending.map((item) => {
          const views = view.config.tallies ? viewsInWords(view.tally(item)) : undefined;
          return (
            <li>
              <span>
                <ItemLink item={item} view={view} />
                <span class="ui">{[counted(item.via.length, 'source'), ...(views ? [views] : [])].join(' · ')}</span>
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

/** The three feeds of a list, as links. */
export function FeedLinks({ path }: { path: string }) {
  return (
    <>
      <a href={`${path}/feed.xml`}>RSS</a>, <a href={`${path}/atom.xml`}>Atom</a> or{' '}
      <a href={`${path}/feed.json`}>JSON Feed</a>
    </>
  );
}
