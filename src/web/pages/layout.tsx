import { createHash } from 'node:crypto';
import { raw } from 'hono/html';
import type { Child } from 'hono/jsx';
import type { View } from '../view.ts';
import { STYLE } from './style.ts';

/** For the Content-Security-Policy: what may stand inline. */
export const pageStyleHashes: readonly string[] = [`'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`];

/** The head of one page. */
export interface Head {
  readonly title: string;
  readonly description?: string;
  /** Path of the page itself, percent-encoded; without it the page is not indexed (an error). */
  readonly path?: string;
  readonly isIndexed?: boolean;
  /** The list whose three feeds stand beside the site's. */
  readonly feeds?: { readonly title: string; readonly path: string };
  /** schema.org data about the page. */
  readonly data?: object;
  readonly current?: 'top' | 'latest' | 'topics' | 'sources';
}

const FORMATS = [
  { file: '/feed.xml', type: 'application/rss+xml', name: 'RSS' },
  { file: '/atom.xml', type: 'application/atom+xml', name: 'Atom' },
  { file: '/feed.json', type: 'application/feed+json', name: 'JSON Feed' },
] as const;

/** A whole HTML document. */
export function renderPage(view: View | undefined, head: Head, body: Child): string {
  const site = view?.config.site;
  const name = site?.title ?? 'viaduct';
  const isIndexed = head.isIndexed !== false && head.path !== undefined;
  const canonical = site && head.path !== undefined ? site.url + head.path : undefined;
  const title = head.title === name ? name : `${head.title} — ${name}`;
  const lists = [{ title: name, path: '' }, ...(head.feeds ? [head.feeds] : [])];
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <title>{title}</title>
        {head.description && <meta name="description" content={head.description} />}
        <meta name="robots" content={isIndexed ? 'index,follow' : 'noindex,follow'} />
        {canonical && <link rel="canonical" href={canonical} />}
        {lists.map((list) =>
          FORMATS.map(({ file, type, name: format }) => (
            <link rel="alternate" type={type} title={`${list.title} (${format})`} href={list.path + file} />
          )),
        )}
        <link rel="icon" type="image/svg+xml" href="/favicon.svg" />
        <meta name="color-scheme" content="light dark" />
        <meta property="og:title" content={head.title} />
        <meta property="og:site_name" content={name} />
        <meta property="og:type" content={head.data ? 'article' : 'website'} />
        {head.description && <meta property="og:description" content={head.description} />}
        {canonical && <meta property="og:url" content={canonical} />}
        {head.data && <script type="application/ld+json">{raw(jsonForScript(head.data))}</script>}
        <style>{raw(STYLE)}</style>
      </head>
      <body>
        <a class="skip ui" href="#main">
          Skip to the content
        </a>
        <Masthead name={name} current={head.current} />
        {body}
        <Foot />
      </body>
    </html>
  );
  return `<!doctype html>${page}`;
}

function Masthead({ name, current }: { name: string; current: Head['current'] }) {
  const links = [
    { key: 'top', href: '/', text: 'Top' },
    { key: 'latest', href: '/latest', text: 'Latest' },
    { key: 'topics', href: '/categories', text: 'Topics' },
    { key: 'sources', href: '/sources', text: 'Sources' },
  ];
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
          {links.map(({ key, href, text }) => (
            <a href={href} {...(key === current && { 'aria-current': 'true' })}>
              {text}
            </a>
          ))}
        </nav>
        <a class="sub" href="/subscribe">
          Subscribe
        </a>
      </div>
    </header>
  );
}

function Foot() {
  return (
    <footer class="ui">
      <div class="wrap">
        <p>Views are counted without cookies.</p>
        <a href="/feed.xml">RSS</a>
        <a href="/atom.xml">Atom</a>
        <a href="/feed.json">JSON Feed</a>
        <a href="/opml.xml">OPML</a>
        <a href="/status">Status</a>
        <a href="/about">About</a>
      </div>
    </footer>
  );
}

/** JSON inside a script element: nothing in it may end the element or open a comment (HTML §4.12.1.3). */
function jsonForScript(data: object): string {
  return JSON.stringify(data).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
