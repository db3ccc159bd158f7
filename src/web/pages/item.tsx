import { raw } from 'hono/html';
import { isOfUnknownAge } from '../../items/ranking.ts';
import type { Entry, Item } from '../../model.ts';
import { categoryPath, labelSlug, sourcePath } from '../../publish/links.ts';
import type { View } from '../view.ts';
import { Coverage, Why } from './coverage.tsx';
import { renderPage } from './layout.tsx';
import {
  categoryLinks,
  FeedLinks,
  foreign,
  ItemLink,
  itemTime,
  MetaLine,
  Trending,
  ViaLink,
  ViaWords,
  viewsOf,
} from './parts.tsx';
import {
  authorOf,
  bodyOf,
  dekOf,
  type ItemBody,
  pathOf,
  shownText,
  shownUrl,
  sourceOf,
  timeItTakes,
  titleOf,
} from './shown.ts';
import { itemPageData } from './structured-data.ts';
import { counted, dateInWords, hostOf, momentInWords } from './words.ts';

/** Beyond this a title is set smaller. */
const LONG_TITLE_CHARS = 110;
const SHARED_TITLE_CHARS = 200;

/** One article: its sources, what may be shown of it, and the way to the original. */
export function itemPage(view: View, item: Item, { more }: { more: readonly Item[] }): string {
  const title = titleOf(view, item);
  const path = pathOf(view, item);
  const description = dekOf(view, item);
  const original = shownUrl(view, item.url);
  const [category] = item.categories;
  const head = {
    title,
    ...(description !== undefined && { description }),
    path,
    // Others' words are theirs to be found by; a licence that says so opens the page to search engines.
    isIndexed: sourceOf(view, item.body.source)?.source.license !== undefined,
    isArticle: true,
    ...(category !== undefined && {
      part: '/categories' as const,
      feeds: { title: category, path: categoryPath(category) },
    }),
    data: itemPageData(view, item),
  };
  return renderPage(
    view,
    head,
    <>
      <div class="wrap cols read">
        <main id="main">
          <Article item={item} view={view} original={original} share={view.config.site.url + path} />
        </main>
        <aside aria-label={view.isStatic ? 'Source' : 'Trending and source'}>
          {!view.isStatic && <Trending view={view} except={item} />}
          <AboutSource id={item.via[0]?.source ?? item.primary.source} view={view} />
        </aside>
      </div>
      <More item={item} more={more} view={view} />
    </>,
  );
}

function Article({
  item,
  view,
  original,
  share,
}: {
  item: Item;
  view: View;
  original: string | undefined;
  share: string;
}) {
  const title = titleOf(view, item);
  const body = bodyOf(view, item);
  return (
    <article class="h-entry">
      {item.categories.length > 0 && <p class="kick ui">{categoryLinks(item, 'p-category')}</p>}
      <h1 class={title.length > LONG_TITLE_CHARS ? 'p-name long' : 'p-name'} {...foreign(item.primary, view)}>
        {title}
      </h1>
      {body.dek !== undefined && (
        <p class="dek p-summary" {...foreign(item.body, view)}>
          {body.dek}
        </p>
      )}
      <MetaLine
        parts={[
          isOfUnknownAge(item) ? (
            'undated'
          ) : (
            <time class="dt-published" datetime={item.date}>
              {dateInWords(item.date, view.config.timezone)}
            </time>
          ),
          timeItTakes(item),
          viewsOf(item, view),
          item.via.length === 0 ? undefined : <ViaWithCoverage item={item} view={view} />,
        ]}
      />
      <div class="bar ui">
        <Share title={title} href={share} />
        {original !== undefined && (
          <a class="u-url" href={original} rel="external" aria-label={`Original at ${hostOf(original)}`}>
            {hostOf(original)} ↗
          </a>
        )}
      </div>
      {body.text !== undefined && (
        <div class="body e-content" {...foreign(item.body, view)}>
          <p>{body.text}</p>
        </div>
      )}
      {body.html !== undefined && (
        <div class="body e-content" {...foreign(item.body, view)}>
          {raw(body.html)}
        </div>
      )}
      <Tags item={item} view={view} />
      <SourceLine item={item} view={view} body={body} hasOriginal={original !== undefined} />
      {original !== undefined && (
        <a class="orig" href={original} rel="external">
          Original source <span>{hostOf(original)} ↗</span>
        </a>
      )}
      <Coverage item={item} view={view} />
      <Why item={item} view={view} />
    </article>
  );
}

/** 'via @kimmonismus and 3 more', where the rest leads to the list of all. */
function ViaWithCoverage({ item, view }: { item: Item; view: View }) {
  const [first, ...others] = item.via;
  return (
    <span>
      via {first && <ViaLink via={first} view={view} />}
      {others.length > 0 && (
        <>
          {' and '}
          <a href="#coverage">{others.length} more</a>
        </>
      )}
    </span>
  );
}

function Share({ title, href }: { title: string; href: string }) {
  const text = encodeURIComponent([...title].slice(0, SHARED_TITLE_CHARS).join(''));
  const url = encodeURIComponent(href);
  return (
    <nav aria-label="Share">
      <span>Share:</span>
      <a href={href} rel="bookmark" aria-label="Link to this page">
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

/** What its publishers tag it with, beside its categories. */
function Tags({ item, view }: { item: Item; view: View }) {
  const categories = new Set(item.categories.map(labelSlug));
  const tags = view.tagsOf(item).filter(({ name }) => !categories.has(labelSlug(name)));
  if (tags.length === 0) return null;
  return (
    <p class="tags ui">
      Tags:{' '}
      {tags.map(({ name, path }, at) => (
        <>
          {at > 0 && ', '}
          {path === undefined ? (
            <bdi>{shownText(view, name)}</bdi>
          ) : (
            <a href={path} rel="tag">
              <bdi>{shownText(view, name)}</bdi>
            </a>
          )}
        </>
      ))}
    </p>
  );
}

/** Whose words these are, how much of them is shown, and as of when. */
function SourceLine({
  item,
  view,
  body,
  hasOriginal,
}: {
  item: Item;
  view: View;
  body: ItemBody;
  hasOriginal: boolean;
}) {
  const { source } = item.body;
  const about = sourceOf(view, source);
  const home = shownUrl(view, about?.homepage);
  const name = shownText(view, about?.name ?? source) || source;
  const author = authorOf(view, item.primary);
  const authorPath = view.authorsOf(item).find(({ name }) => shownText(view, name) === author)?.path;
  const origin = originOf(view, item.body);
  return (
    <p class="src ui">
      Source:{' '}
      <a href={sourcePath(source)}>
        <bdi>{name}</bdi>
        {home !== undefined && ` on ${hostOf(home)}`}
      </a>
      {author !== undefined && author !== name && (
        <>
          , by <Author name={author} path={authorPath} />
        </>
      )}
      {origin !== undefined && (
        <>
          , which credits <bdi>{origin}</bdi>
        </>
      )}
      . {SHOWN[body.kind]}, as of <time datetime={body.since}>{momentInWords(body.since, view.config.timezone)}</time>
      {hasOriginal && MORE[body.kind]}.
    </p>
  );
}

function Author({ name, path }: { name: string; path: string | undefined }) {
  return path === undefined ? (
    <bdi>{name}</bdi>
  ) : (
    <a href={path} rel="author">
      <bdi>{name}</bdi>
    </a>
  );
}

const SHOWN = {
  full: 'Shown in full',
  text: 'Its text is shown',
  excerpt: 'Excerpt shown',
  title: 'Only the title is shown',
} as const;
const MORE = {
  full: '',
  text: '; pictures, sound and film are at the original',
  excerpt: '; the full text is at the original',
  title: '; the full text is at the original',
} as const;

/** From whom our source had the article, as its feed says. */
function originOf(view: View, { origins }: Entry): string | undefined {
  const titles = origins.map(({ title }) => (title === undefined ? '' : shownText(view, title)));
  return titles.find((title) => title !== '');
}

/** The source that carried it first, and how to follow it. */
function AboutSource({ id, view }: { id: string; view: View }) {
  const about = sourceOf(view, id);
  if (!about) return null;
  const home = shownUrl(view, about.homepage);
  return (
    <section class="card ui" aria-labelledby="so">
      <h2 class="lab" id="so">
        About this source
      </h2>
      <p>
        <a href={sourcePath(id)}>
          <b>
            <bdi>{shownText(view, about.name) || id}</bdi>
          </b>
        </a>
        {home !== undefined && (
          <>
            {' on '}
            <a href={home} rel="external">
              {hostOf(home)}
            </a>
          </>
        )}
        {!view.isStatic && (
          <>
            <br />
            {counted(about.itemCount, 'item')} here
          </>
        )}
      </p>
      <p>
        Follow it as <FeedLinks path={sourcePath(id)} />
      </p>
    </section>
  );
}

/** Others of the item's category; of an item without one, of the source that carried it first. */
function More({ item, more, view }: { item: Item; more: readonly Item[]; view: View }) {
  const [first] = item.via;
  const [category] = item.categories;
  const list =
    category !== undefined
      ? { name: category, path: categoryPath(category) }
      : first && { name: shownText(view, first.name) || first.source, path: sourcePath(first.source) };
  if (more.length === 0 || !list) return null;
  return (
    <section class="wrap more" aria-labelledby="mo">
      <h2 class="lab">
        <span id="mo">More in {list.name}</span>{' '}
        <a href={list.path} aria-label={`View all in ${list.name}`}>
          View all
        </a>
      </h2>
      <ul>
        {more.map((other) => (
          <li>
            <ItemLink item={other} view={view} class="t" />{' '}
            <span class="ui">
              {itemTime(other, view)} {itemTime(other, view) && '· '}
              <ViaWords item={other} view={view} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
