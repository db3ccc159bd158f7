import { createHash } from 'node:crypto';
import { raw } from 'hono/html';
import type { Child } from 'hono/jsx';
import type { ListHead, ListPage, View } from '../view.ts';
import { shownText } from './shown.ts';
import { STYLE } from './style.ts';
import { momentInWords } from './words.ts';

/** For the Content-Security-Policy: what may stand inline. */
export const pageStyleHashes: readonly string[] = [`'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`];

/** The head of one page. */
export interface Head {
  readonly title: string;
  readonly description?: string;
  /** Path of the page itself, percent-encoded; a page without one (an error) is not indexed. */
  readonly path?: string;
  readonly isIndexed?: boolean;
  /** The list whose three feeds stand beside the site's. */
  readonly feeds?: { readonly title: string; readonly path: string };
  /** The page of a long list. */
  readonly list?: ListHead & Partial<ListPage>;
  readonly isArticle?: boolean;
  /** schema.org data about the page. */
  readonly data?: object;
  /** The part of the site that the page belongs to: the path of a link of the main navigation. */
  readonly part?: '/' | '/latest' | '/categories' | '/sources' | '/subscribe';
}

/** The formats of every list, by the file that each has below the list's path. */
export const FORMATS = [
  { file: '/feed.xml', type: 'application/rss+xml', name: 'RSS' },
  { file: '/atom.xml', type: 'application/atom+xml', name: 'Atom' },
  { file: '/feed.json', type: 'application/feed+json', name: 'JSON Feed' },
] as const;

/** A whole HTML document around `body`, which holds the main element with the id 'main'. */
export function renderPage(view: View | undefined, head: Head, body: Child): string {
  const name = siteName(view);
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <title>{titleOf(view, head, name)}</title>
        <Metadata view={view} head={head} />
        <link rel="icon" type="image/svg+xml" href="/favicon.svg" />
        <meta name="color-scheme" content="light dark" />
        {head.data && <script type="application/ld+json">{raw(jsonForScript(head.data))}</script>}
        {view?.stylesheet === undefined ? (
          <style>{raw(STYLE)}</style>
        ) : (
          <link rel="stylesheet" href={view.stylesheet} />
        )}
      </head>
      <body>
        <a class="skip ui" href="#main">
          Skip to the content
        </a>
        <Masthead name={name} head={head} />
        {body}
        <Foot isCounting={view?.config.tallies === true} isStatusPublic={view?.config.status === 'public'} />
      </body>
    </html>
  );
  return `<!doctype html>${page}`;
}

/** Each page of a list has a title of its own: by when its first item arrived. */
function titleOf(view: View | undefined, { title, list }: Head, name: string): string {
  if (title === name) return name;
  const first = list?.href === undefined ? undefined : list.items?.[0];
  const from = view && first ? `, ${momentInWords(first.arrival, view.config.timezone)} and before` : '';
  return `${title}${from} — ${name}`;
}

function Metadata({ view, head }: { view: View | undefined; head: Head }) {
  const { title, description, path, feeds, list: listed } = head;
  const name = siteName(view);
  const canonical = view && path !== undefined ? view.config.site.url + (listed?.href ?? path) : undefined;
  const isIndexed = head.isIndexed !== false && path !== undefined;
  const lists = [{ title: name, path: '' }, ...(feeds ? [feeds] : [])];
  return (
    <>
      {description && <meta name="description" content={description} />}
      <meta name="robots" content={isIndexed ? 'index,follow' : 'noindex,follow'} />
      {canonical && <link rel="canonical" href={canonical} />}
      {listed?.previousHref && <link rel="prev" href={listed.previousHref} />}
      {listed?.nextHref && <link rel="next" href={listed.nextHref} />}
      {lists.map((list) =>
        FORMATS.map(({ file, type, name: format }) => (
          <link rel="alternate" type={type} title={`${list.title} (${format})`} href={list.path + file} />
        )),
      )}
      <meta property="og:title" content={title} />
      <meta property="og:site_name" content={name} />
      <meta property="og:type" content={head.isArticle ? 'article' : 'website'} />
      {description && <meta property="og:description" content={description} />}
      {canonical && <meta property="og:url" content={canonical} />}
    </>
  );
}

const PARTS = [
  { path: '/', text: 'Top' },
  { path: '/latest', text: 'Latest' },
  { path: '/categories', text: 'Categories' },
  { path: '/sources', text: 'Sources' },
] as const;

function Masthead({ name, head }: { name: string; head: Head }) {
  /** 'page' on the page itself, 'true' on those below it (WAI-ARIA 1.2 §6.6). */
  const current = (path: string) =>
    path === head.part ? { 'aria-current': head.path === path ? ('page' as const) : ('true' as const) } : {};
  return (
    <header class="top ui">
      <div class="wrap">
        <a class="brand" href="/">
          <svg viewBox="0 0 42 22" aria-hidden="true">
            <path d="M0 0h42v22h-3v-7a5 5 0 0 0-10 0v7h-3v-7a5 5 0 0 0-10 0v7h-3v-7a5 5 0 0 0-10 0v7H0z" />
          </svg>
          {name}
        </a>
        <nav aria-label="Main">
          {PARTS.map(({ path, text }) => (
            <a href={path} {...current(path)}>
              {text}
            </a>
          ))}
        </nav>
        <a class="sub" href="/subscribe" {...current('/subscribe')}>
          Subscribe
        </a>
      </div>
    </header>
  );
}

function Foot({ isCounting, isStatusPublic }: { isCounting: boolean; isStatusPublic: boolean }) {
  return (
    <footer class="ui">
      <div class="wrap">
        <p>{isCounting ? 'Views are counted without cookies.' : 'No cookies, no scripts.'}</p>
        {FORMATS.map(({ file, name }) => (
          <a href={file}>{name}</a>
        ))}
        <a href="/opml.xml">OPML</a>
        {isStatusPublic && <a href="/status">Status</a>}
        <a href="/about">About</a>
      </div>
    </footer>
  );
}

function siteName(view: View | undefined): string {
  return (view && shownText(view, view.config.site.title)) || 'viaduct';
}

/** JSON inside a script element: nothing in it may end the element or open a comment (HTML §4.12.1.3). */
function jsonForScript(data: object): string {
  return JSON.stringify(data).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What went wrong and where to go from here. Works without a view, for what fails before there is one. */
export function errorPage(
  view: View | undefined,
  { status, title, message }: { status: number; title: string; message: string },
): string {
  return renderPage(
    view,
    { title },
    <main id="main" class="wrap one">
      <p class="kick ui">{status}</p>
      <h1>{title}</h1>
      <p>{message}</p>
      <p class="next ui">
        <a href="/">Go to the front page</a>
      </p>
    </main>,
  );
}

/** A page that leads on to another one of this site, for servers that cannot answer with a redirect. */
export function movedPage(path: string): string {
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>Moved</title>
        <meta name="robots" content="noindex" />
        <meta http-equiv="refresh" content={`0;url=${path}`} />
        <link rel="canonical" href={path} />
      </head>
      <body>
        <a href={path}>This page has moved.</a>
      </body>
    </html>
  );
  return `<!doctype html>${page}`;
}
