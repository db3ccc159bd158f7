import type { Item } from '../../model.ts';
import { categoryPath, dayPath, sourcePath } from '../../publish/links.ts';
import { publicFeedUrl } from '../../publish/web-url.ts';
import { daysOf } from '../days.ts';
import type { LabelView } from '../labels.ts';
import type { SourcesPage } from '../source-pages.ts';
import type { CategoryView, ListPage, SourceView, View } from '../view.ts';
import { renderPage } from './layout.tsx';
import { FeedLinks, numberedTitle, PAGES, PagedList, Rows, SourceFilter, Turning } from './parts.tsx';
import { shownText, shownUrl } from './shown.ts';
import { itemListData } from './structured-data.ts';
import { counted, dateInFull, hostOf } from './words.ts';

/** Everything, newest arrival first. */
export function latestPage(view: View, list: ListPage): string {
  return renderPage(
    view,
    {
      title: 'Latest',
      description: 'Everything on this site, newest arrivals first.',
      path: '/latest',
      part: '/latest',
      list,
      data: itemListData(view, 'Latest', list.items),
    },
    <PagedList list={list} view={view} empty="Nothing here yet." rows={<Days items={list.items} view={view} />}>
      <h1>Latest</h1>
      {isFirst(list) && (
        <p class="ui soft">
          {counted(view.itemCount, 'item')} in the order of their arrival here, also <a href="/archive">day by day</a>.
          Follow them as <FeedLinks path="" />.
        </p>
      )}
    </PagedList>,
  );
}

/** What is said of the whole list stands on its first page. */
function isFirst({ href }: ListPage): boolean {
  return href === undefined;
}

/** The rows under a heading for each day. */
function Days({ items, view }: { items: readonly Item[]; view: View }) {
  return (
    <>
      {daysOf(items, view.config.timezone).map(({ date, items: some }) => (
        <section aria-labelledby={`d${date}`}>
          <h2 class="lab" id={`d${date}`}>
            <a href={dayPath(date)}>{dateInFull(date)}</a>
          </h2>
          <Rows items={some} view={view} isInDay />
        </section>
      ))}
    </>
  );
}

/** All categories with their counts. */
export function categoriesPage(view: View): string {
  return renderPage(
    view,
    {
      title: 'Categories',
      description: 'The categories of this site, each with its own feeds.',
      path: '/categories',
      part: '/categories',
    },
    <main id="main" class="wrap one">
      <h1>Categories</h1>
      {view.categories.length === 0 ? (
        <p class="soft">No source has a category yet. Categories are set in feeds.json.</p>
      ) : (
        <ul class="cats rule">
          {view.categories.map(({ name, itemCount }) => (
            <li>
              <a href={categoryPath(name)}>
                {name} <span class="ui">{counted(itemCount, 'item')}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </main>,
  );
}

/** One category, newest arrivals first. */
export function categoryPage(view: View, category: CategoryView, list: ListPage): string {
  const path = categoryPath(category.name);
  return renderPage(
    view,
    {
      title: category.name,
      description: `${category.name} on ${view.config.site.title}, newest arrivals first.`,
      path,
      feeds: { title: category.name, path },
      part: '/categories',
      list,
      data: itemListData(view, category.name, list.items),
    },
    <PagedList list={list} view={view} empty="Nothing here yet.">
      <p class="kick ui">
        <a href="/categories">Categories</a>
      </p>
      <h1>{category.name}</h1>
      {isFirst(list) && (
        <p class="ui soft">
          {counted(category.itemCount, 'item')}. Follow it as <FeedLinks path={path} />.
        </p>
      )}
    </PagedList>,
  );
}

const LABEL_KINDS = {
  tags: { word: 'Tag', about: (name: string) => `Items tagged ${name}` },
  authors: { word: 'Author', about: (name: string) => `Items by ${name}` },
} as const;

/** The items of one tag or author, newest arrivals first. */
export function labelPage(view: View, kind: keyof typeof LABEL_KINDS, label: LabelView, list: ListPage): string {
  const { word, about } = LABEL_KINDS[kind];
  const name = shownText(view, label.name) || word;
  const { path } = label;
  return renderPage(
    view,
    {
      title: name,
      description: `${about(name)}, newest arrivals first.`,
      path,
      feeds: { title: name, path },
      list,
      data: itemListData(view, name, list.items),
    },
    <PagedList list={list} view={view} empty="Nothing here yet.">
      <p class="kick ui">{word}</p>
      <h1 dir="auto">{name}</h1>
      {isFirst(list) && (
        <p class="ui soft">
          {counted(label.items.size, 'item')}. Follow {kind === 'tags' ? 'it' : 'this author'} as{' '}
          <FeedLinks path={path} />.
        </p>
      )}
    </PagedList>,
  );
}

/** The sources that this site reads. */
export function sourcesPage(view: View, list: SourcesPage): string {
  return renderPage(
    view,
    {
      title: numberedTitle('Sources', list),
      description: 'The sources that this site reads.',
      path: '/sources',
      part: '/sources',
      list,
    },
    <main id="main" class="wrap one">
      <h1>Sources</h1>
      <p class="ui soft">
        {counted(view.sourceCount, 'source')}, also as a list for your own reader: <a href="/opml.xml">OPML</a>.
        {view.config.status === 'public' && (
          <>
            {' '}
            <a href="/status">Status</a> shows when each was last checked and any problems.
          </>
        )}
      </p>
      <SourceFilter path="/sources" list={list} />
      <ul class="cats rule">
        {list.sources.map((about) => (
          <li>
            <a href={sourcePath(about.source.id)}>
              <span class="who">
                <bdi>{nameOf(view, about)}</bdi> <span class="ui">{placeOf(view, about)}</span>
              </span>{' '}
              <span class="ui">{counted(about.itemCount, 'item')}</span>
            </a>
          </li>
        ))}
      </ul>
      <Turning newer={list.previousHref} earlier={list.nextHref} words={PAGES} />
    </main>,
  );
}

/** Everything from one source, published in feeds or not, newest arrivals first. */
export function sourcePage(view: View, about: SourceView, list: ListPage): string {
  const { source, itemCount } = about;
  const name = nameOf(view, about);
  const path = sourcePath(source.id);
  return renderPage(
    view,
    {
      title: name,
      description: `Everything from ${name}, newest arrivals first.`,
      path,
      feeds: { title: name, path },
      part: '/sources',
      list,
      data: itemListData(view, name, list.items),
    },
    <PagedList list={list} view={view} empty="This source has published nothing yet.">
      <p class="kick ui">
        <a href="/sources">Sources</a>
      </p>
      <h1 dir="auto">{name}</h1>
      {isFirst(list) && (
        <p class="ui soft">
          {counted(itemCount, 'item')}
          <Origin about={about} view={view} />
          {source.categories.map((category, at) => (
            <>
              {at === 0 ? ' in ' : ', '}
              <a href={categoryPath(category)}>{category}</a>
            </>
          ))}
          . Follow it here as <FeedLinks path={path} />.
        </p>
      )}
      {about.state.problem !== undefined && (
        <p class="ui bad">
          This source could not be read when it was last checked; its earlier items remain.{' '}
          {view.config.status === 'public' && <a href="/status">Status</a>}
        </p>
      )}
    </PagedList>,
  );
}

/** ' from example.org (its own feed)', without private addresses. */
function Origin({ about, view }: { about: SourceView; view: View }) {
  const homepage = shownUrl(view, about.homepage);
  const feedUrl = publicFeedUrl(about.source);
  return (
    <>
      {homepage !== undefined && (
        <>
          {' from '}
          <a href={homepage} rel="external">
            {hostOf(homepage)}
          </a>
        </>
      )}
      {feedUrl !== undefined && (
        <>
          {' ('}
          <a href={feedUrl} rel="external">
            its own feed
          </a>
          )
        </>
      )}
    </>
  );
}

function nameOf(view: View, { source, name }: SourceView): string {
  return shownText(view, name) || source.id;
}

function placeOf(view: View, { homepage, source }: SourceView): string {
  const home = shownUrl(view, homepage);
  return [...(home === undefined ? [] : [hostOf(home)]), ...source.categories].join(' · ');
}
