import { sourcePath } from '../../publish/links.ts';
import { publicFeedUrl, webUrl } from '../../publish/web-url.ts';
import type { ListPage, SourceView, View } from '../view.ts';
import { renderPage } from './layout.tsx';
import { FeedLinks, PagedRows } from './parts.tsx';
import { counted, hostOf } from './words.ts';

/** Whom this site reads. */
export function sourcesPage(view: View): string {
  return renderPage(
    view,
    { title: 'Sources', description: 'Whom this site reads.', path: '/sources', current: 'sources' },
    <main id="main" class="wrap list">
      <div class="one">
        <h1>Sources</h1>
        <p class="ui soft">
          {counted(view.sources.length, 'source')}, as a list for your own reader: <a href="/opml.xml">OPML</a>. When
          each was asked, and what went wrong: <a href="/status">Status</a>.
        </p>
        <ul class="cats">
          {view.sources.map((about) => (
            <li>
              <a href={sourcePath(about.source.id)}>
                <bdi>{about.name}</bdi> <span class="ui">{counted(about.itemCount, 'item')}</span>
              </a>
            </li>
          ))}
        </ul>
      </div>
    </main>,
  );
}

/** All that one source told, announced or not, newest first. */
export function sourcePage(view: View, about: SourceView, list: ListPage): string {
  const path = sourcePath(about.source.id);
  const homepage = webUrl(about.homepage);
  const feedUrl = publicFeedUrl(about.source);
  return renderPage(
    view,
    {
      title: about.name,
      description: `What ${about.name} told, newest first.`,
      path,
      feeds: { title: about.name, path },
      current: 'sources',
    },
    <main id="main" class="wrap list">
      <div class="one">
        <p class="kick ui">
          <a href="/sources">Sources</a>
        </p>
        <h1 dir="auto">{about.name}</h1>
        <p class="ui soft">
          {counted(about.itemCount, 'item')}
          {homepage !== undefined && (
            <>
              {' from '}
              <a href={homepage} rel="external">
                {hostOf({ url: homepage })}
              </a>
            </>
          )}
          {feedUrl !== undefined && (
            <>
              {' (its own '}
              <a href={feedUrl} rel="external">
                feed
              </a>
              )
            </>
          )}
          . Follow it here as <FeedLinks path={path} />.
        </p>
        <PagedRows list={list} view={view} empty="It has told nothing yet." />
      </div>
    </main>,
  );
}
