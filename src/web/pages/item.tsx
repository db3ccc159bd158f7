import { raw } from 'hono/html';
import type { Item, Source } from '../../model.ts';
import { excerpt, standfirst } from '../../publish/excerpt.ts';
import { categoryPath, itemPath, sourcePath } from '../../publish/links.ts';
import { makeDiscretion } from '../../publish/web-url.ts';
import type { View } from '../view.ts';
import { renderPage } from './layout.tsx';
import { FeedLinks, foreign, ItemLink, ItemTime, Trending, ViaWords, Views } from './parts.tsx';
import { counted, dateInWords, hostOf } from './words.ts';

/** One article: who told it, what may be shown of it, and the way to the original. */
export function itemPage(view: View, item: Item, { more }: { more: readonly Item[] }): string {
  const { config } = view;
  const path = itemPath(item);
  const source = view.sources.find((candidate) => candidate.source.id === item.body.source)?.source;
  const original = makeDiscretion(config).tellUrl(item.url);
  const body = bodyOf(item, source);
  const dek = standfirst(item.body);
  const author = item.primary.authors.map(({ name }) => name).find((name) => name !== undefined);
  const head = {
    title: item.title,
    ...(dek !== undefined && { description: dek }),
    path,
    // Others' words are theirs to be found by; a licence that says so opens the page to search engines.
    isIndexed: source?.license !== undefined,
    ...(item.category !== undefined && { feeds: { title: item.category, path: categoryPath(item.category) } }),
    data: structuredData(view, item, original, dek),
  };
  return renderPage(
    view,
    head,
    <>
      <div class="wrap cols read">
        <main id="main">
          <article>
            {item.category !== undefined && (
              <p class="kick ui">
                <a href={categoryPath(item.category)}>{item.category}</a>
              </p>
            )}
            <h1 {...foreign(item, view)}>{item.title}</h1>
            {dek !== undefined && (
              <p class="dek" {...foreign(item, view)}>
                {dek}
              </p>
            )}
            <p class="meta ui">
              <time datetime={item.date}>{dateInWords(item.date, config.timezone)}</time>
              <span>{item.body.minutes} min read</span>
              <Views item={item} view={view} />
              <ViaWords item={item} coverage="#coverage" />
            </p>
            <Share item={item} href={config.site.url + path} />
            {body.text !== undefined && body.text !== dek && (
              <div class="body" {...foreign(item, view)}>
                <p>{body.text}</p>
              </div>
            )}
            {body.html !== undefined && (
              <div class="body" {...foreign(item, view)}>
                {raw(body.html)}
              </div>
            )}
            <p class="src ui">
              Source: <a href={sourcePath(item.body.source)}>{nameOf(view, item.body.source)}</a>
              {author !== undefined && `, by ${author}`}. {body.note}
            </p>
            {original !== undefined && (
              <a class="orig" href={original} rel="external">
                Original source <span>{hostOf(item)} ↗</span>
              </a>
            )}
            <Coverage item={item} view={view} />
          </article>
        </main>
        <aside aria-label="More to read">
          <Trending view={view} />
          <AboutSource id={item.via[0]?.source ?? item.primary.source} view={view} />
        </aside>
      </div>
      <More item={item} more={more} view={view} />
    </>,
  );
}

/** What of the text is shown, and the words that say so. */
function bodyOf(item: Item, source: Source | undefined): { html?: string; text?: string; note: string } {
  const { body } = item;
  if (source?.content === 'full' && body.html !== undefined) return { html: body.html, note: 'Shown in full.' };
  const rest = item.url === undefined ? '' : ' The whole text is at the original.';
  if (source?.content === 'title') return { note: `Only the title is shown.${rest}` };
  const text = excerpt(body);
  return { ...(text !== undefined && { text }), note: `Excerpt shown.${rest}` };
}

function Share({ item, href }: { item: Item; href: string }) {
  const text = encodeURIComponent(item.title.slice(0, 200));
  const url = encodeURIComponent(href);
  return (
    <nav class="share ui" aria-label="Share">
      <span>Share:</span>
      <a href={href} aria-label="Link to this page">
        Link
      </a>
      <a href={`mailto:?subject=${text}&body=${url}`}>E-mail</a>
      <a href={`https://bsky.app/intent/compose?text=${text}%20${url}`}>Bluesky</a>
      <a href={`https://mastodonshare.com/?text=${text}&url=${url}`}>Mastodon</a>
      <a href={`https://x.com/intent/post?text=${text}&url=${url}`}>X</a>
      <a href={`https://www.linkedin.com/sharing/share-offsite/?url=${url}`}>LinkedIn</a>
    </nav>
  );
}

/** Everyone else who told it, with the page of each. */
function Coverage({ item, view }: { item: Item; view: View }) {
  const [, ...others] = item.via;
  if (others.length === 0) return null;
  const discretion = makeDiscretion(view.config);
  return (
    <section class="cov" id="coverage" aria-labelledby="cv">
      <h2 class="lab" id="cv">
        Also covered by
      </h2>
      <ol class="rows">
        {others.map((via, at) => {
          const entry = item.entries.find(({ source }) => source === via.source);
          const href = discretion.tellUrl(via.url);
          const title = entry?.title ?? item.title;
          return (
            <li>
              <span class="ui">{at + 1}</span>
              {href === undefined ? (
                <span dir="auto">{title}</span>
              ) : (
                <a href={href} rel="external" dir="auto">
                  {title}
                </a>
              )}
              <span class="ui s">
                <a href={sourcePath(via.source)}>{via.name}</a>
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function AboutSource({ id, view }: { id: string; view: View }) {
  const about = view.sources.find(({ source }) => source.id === id);
  if (!about) return null;
  const host = hostOf({ ...(about.homepage !== undefined && { url: about.homepage }) });
  return (
    <section class="card ui" aria-labelledby="so">
      <h2 class="lab" id="so">
        About this source
      </h2>
      <p>
        <a href={sourcePath(id)}>
          <b>{about.name}</b>
        </a>
        {host !== undefined && ` on ${host}`}
        <br />
        {counted(about.itemCount, 'item')} here
      </p>
      <p>
        Follow it as <FeedLinks path={sourcePath(id)} />
      </p>
    </section>
  );
}

function More({ item, more, view }: { item: Item; more: readonly Item[]; view: View }) {
  if (more.length === 0) return null;
  const [first] = item.via;
  const list =
    item.category !== undefined
      ? { name: item.category, path: categoryPath(item.category) }
      : first && { name: first.name, path: sourcePath(first.source) };
  if (!list) return null;
  return (
    <section class="wrap more" aria-labelledby="mo">
      <h2 class="lab" id="mo">
        More in {list.name}
        <a href={list.path} aria-label={`View all in ${list.name}`}>
          View all
        </a>
      </h2>
      <ul>
        {more.map((other) => (
          <li>
            <ItemLink item={other} view={view} />
            <span class="ui">
              <ItemTime item={other} view={view} /> · via {other.via[0]?.name}
              {other.via.length > 1 && ` and ${other.via.length - 1} more`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function nameOf(view: View, sourceId: string): string {
  return view.sources.find(({ source }) => source.id === sourceId)?.name ?? sourceId;
}

/** Our page, citing the original (schema.org WebPage, NewsArticle). */
function structuredData(view: View, item: Item, original: string | undefined, dek: string | undefined): object {
  const { site } = view.config;
  return {
    '@context': 'https://schema.org',
    '@type': 'WebPage',
    name: item.title,
    url: site.url + itemPath(item),
    ...(dek !== undefined && { description: dek }),
    isPartOf: { '@type': 'WebSite', name: site.title, url: site.url },
    ...(original !== undefined && {
      citation: {
        '@type': 'NewsArticle',
        headline: item.title,
        url: original,
        ...(item.primary.publishedAt !== undefined && { datePublished: item.primary.publishedAt }),
      },
    }),
  };
}
