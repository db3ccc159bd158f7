import type { Child } from 'hono/jsx';
import { categoryPath, sourcePath } from '../../publish/links.ts';
import type { SourcesPage } from '../source-pages.ts';
import type { View } from '../view.ts';
import { FORMATS, renderPage } from './layout.tsx';
import { numberedTitle, PAGES, SourceFilter, Turning } from './parts.tsx';
import { shownText } from './shown.ts';
import { counted } from './words.ts';

/** What a feed is, and the address of every one, ready to copy. */
export function subscribePage(view: View, list: SourcesPage): string {
  const { site } = view.config;
  const [rss, ...others] = FORMATS;
  return renderPage(
    view,
    {
      title: numberedTitle('Subscribe', list),
      list,
      description: `The feeds of ${shownText(view, site.title)}.`,
      path: '/subscribe',
      part: '/subscribe',
    },
    <main id="main" class="wrap one">
      <h1>Subscribe</h1>
      <p>
        A feed is an address that a feed reader checks regularly, so that new items come to you in one place, without an
        account. Copy one of these addresses into your reader.
      </p>
      <p>
        Follow everything or single categories and sources, not both: some readers, such as newsboat, show an item that
        is in two feeds in only one of them.
      </p>
      <FeedTable
        id="all"
        heading="Everything"
        lists={FORMATS.map(({ file, name }) => ({
          name,
          address: site.url + file,
          open: file,
          readers: readersOf([file]),
        }))}
      />
      <FeedTable
        id="categories"
        heading="One category"
        lists={view.categories.map(({ name }) => listOf(name, categoryPath(name)))}
      />
      <FeedTable
        id="sources"
        heading="One source"
        lists={list.sources.map(({ name, source }) =>
          listOf(shownText(view, name) || source.id, sourcePath(source.id)),
        )}
      >
        <SourceFilter path="/subscribe" list={list} />
      </FeedTable>
      <Turning newer={list.previousHref} earlier={list.nextHref} words={PAGES} />
      <section class="block" aria-labelledby="opml">
        <h2 class="lab" id="opml">
          All sources
        </h2>
        <p class="ui next">
          <a href="/opml.xml">OPML</a> is a list of feeds that your own reader can import to follow the same sources
          directly.
        </p>
      </section>
    </main>,
  );

  function readersOf(paths: readonly string[]): number {
    return paths.reduce((sum, path) => sum + (view.subscribers?.of(path) ?? 0), 0);
  }

  function listOf(name: string, path: string): List {
    return {
      name,
      address: site.url + path + rss.file,
      open: path + rss.file,
      href: path,
      readers: readersOf(FORMATS.map(({ file }) => path + file)),
      others: others.map((format) => ({ name: format.name, href: path + format.file })),
    };
  }
}

interface List {
  readonly name: string;
  readonly address: string;
  readonly open: string;
  /** Its page here. */
  readonly href?: string;
  /** Known subscribers. */
  readonly readers: number;
  readonly others?: readonly { readonly name: string; readonly href: string }[];
}

function FeedTable({
  id,
  heading,
  lists,
  children,
}: {
  id: string;
  heading: string;
  lists: readonly List[];
  children?: Child;
}) {
  if (lists.length === 0 && children === undefined) return null;
  return (
    <section class="block" aria-labelledby={id}>
      <h2 class="lab" id={id}>
        {heading}
      </h2>
      {children}
      <table class="tab feeds ui" aria-labelledby={id}>
        <tbody>
          {lists.map(({ name, address, open, href, readers, others = [] }) => (
            <tr>
              <th scope="row">
                <bdi>{href === undefined ? name : <a href={href}>{name}</a>}</bdi>
                {readers > 0 && <small>{counted(readers, 'subscriber')}</small>}
              </th>
              <td>
                <input readonly type="url" value={address} aria-label={`Address of the feed: ${name}`} />
              </td>
              <td>
                <a href={open} aria-label={`Open the feed: ${name}`}>
                  Open
                </a>
                {others.map((other) => (
                  <a href={other.href} aria-label={`${other.name}: ${name}`}>
                    {other.name}
                  </a>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
