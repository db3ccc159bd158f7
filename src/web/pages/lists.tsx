import { categoryPath, sourcePath } from '../../publish/links.ts';
import { publicFeedUrl } from '../../publish/web-url.ts';
import type { CategoryView, ListPage, SourceView, View } from '../view.ts';
import { renderPage } from './layout.tsx';
import { FeedLinks, PagedList } from './parts.tsx';
import { shownText, shownUrl } from './shown.ts';
import { itemListData } from './structured-data.ts';
import { counted, hostOf } from './words.ts';

/** Everything, newest arrival first. */
export function latestPage(view: View, list: ListPage): string {
  return renderPage(
    view,
    {
      title: 'Latest',
      description: 'Everything that came, newest first.',
      path: '/latest',
      part: '/latest',
      ...(list.nextHref !== undefined && { nextHref: list.nextHref }),
      data: itemListData(view, 'Latest', list.items),
    },
    <PagedList list={list} view={view} empty="Nothing has come yet.">
      <h1>Latest</h1>
      <p class="ui soft">
        {counted(view.itemCount, 'item')}, in the order in which they came. Follow it as <FeedLinks path="" />.
      </p>
    </PagedList>,
  );
}

/** All topics with their counts. */
export function categoriesPage(view: View): string {
  return renderPage(
    view,
    {
      title: 'Topics',
      description: 'The topics of this site, each with its own feeds.',
      path: '/categories',
      part: '/categories',
    },
    <main id="main" class="wrap one">
      <h1>Topics</h1>
      {view.categories.length === 0 ? (
        <p class="soft">No source has a category yet: give it one in feeds.json.</p>
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

/** One topic, newest first. */
export function categoryPage(view: View, category: CategoryView, list: ListPage): string {
  const path = categoryPath(category.name);
  return renderPage(
    view,
    {
      title: category.name,
      description: `What ${view.config.site.title} has on ${category.name}, newest first.`,
      path,
      feeds: { title: category.name, path },
      part: '/categories',
      ...(list.nextHref !== undefined && { nextHref: list.nextHref }),
      data: itemListData(view, category.name, list.items),
    },
    <PagedList list={list} view={view} empty="Nothing has come yet.">
      <p class="kick ui">
        <a href="/categories">Topics</a>
      </p>
      <h1>{category.name}</h1>
      <p class="ui soft">
        {counted(category.itemCount, 'item')}. Follow it as <FeedLinks path={path} />.
      </p>
    </PagedList>,
  );
}

/** Whom this site reads. */
export function sourcesPage(view: View): string {
  return renderPage(
    view,
    { title: 'Sources', description: 'Whom this site reads.', path: '/sources', part: '/sources' },
    <main id="main" class="wrap one">
      <h1>Sources</h1>
      <p class="ui soft">
        {counted(view.sources.length, 'source')}, as a list for your own reader: <a href="/opml.xml">OPML</a>. When each
        was asked, and what went wrong: <a href="/status">Status</a>.
      </p>
      <ul class="cats rule">
        {view.sources.map((about) => (
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
    </main>,
  );
}

/** All that one source told, announced or not, newest first. */
export function sourcePage(view: View, about: SourceView, list: ListPage): string {
  const { source, itemCount } = about;
  const name = nameOf(view, about);
  const path = sourcePath(source.id);
  return renderPage(
    view,
    {
      title: name,
      description: `What ${name} told, newest first.`,
      path,
      feeds: { title: name, path },
      part: '/sources',
      ...(list.nextHref !== undefined && { nextHref: list.nextHref }),
      data: itemListData(view, name, list.items),
    },
    <PagedList list={list} view={view} empty="It has told nothing yet.">
      <p class="kick ui">
        <a href="/sources">Sources</a>
      </p>
      <h1 dir="auto">{name}</h1>
      <p class="ui soft">
        {counted(itemCount, 'item')}
        <Origin about={about} view={view} />
        {source.category !== undefined && (
          <>
            {' in '}
            <a href={categoryPath(source.category)}>{source.category}</a>
          </>
        )}
        . Follow it here as <FeedLinks path={path} />.
      </p>
      {about.state.problem !== undefined && (
        <p class="ui bad">
          Its last poll failed; what it told before stays. <a href="/status">Status</a>
        </p>
      )}
    </PagedList>,
  );
}

/** ' from example.org (its own feed)', as far as it may be told. */
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
  return [home === undefined ? undefined : hostOf(home), source.category].filter(Boolean).join(' · ');
}
