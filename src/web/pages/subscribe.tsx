import { categoryPath, sourcePath } from '../../publish/links.ts';
import type { View } from '../view.ts';
import { renderPage } from './layout.tsx';

/** What a feed is, and the address of every one, ready to copy. */
export function subscribePage(view: View): string {
  const { site } = view.config;
  return renderPage(
    view,
    { title: 'Subscribe', description: `The feeds of ${site.title}.`, path: '/subscribe' },
    <main id="main" class="wrap list">
      <div class="one">
        <h1>Subscribe</h1>
        <p>
          A feed is an address that a feed reader asks now and then, so that what is new comes to you in one place, in
          order, without an account. Copy one of these into your reader.
        </p>
        <FeedTable
          id="all"
          heading="Everything"
          lists={[
            { name: 'RSS', address: `${site.url}/feed.xml` },
            { name: 'Atom', address: `${site.url}/atom.xml` },
            { name: 'JSON Feed', address: `${site.url}/feed.json` },
          ]}
        />
        <FeedTable
          id="topics"
          heading="One topic"
          lists={view.categories.map(({ name }) => ({
            name,
            address: `${site.url}${categoryPath(name)}/feed.xml`,
            href: categoryPath(name),
          }))}
        />
        <FeedTable
          id="sources"
          heading="One source"
          lists={view.sources.map(({ name, source }) => ({
            name,
            address: `${site.url}${sourcePath(source.id)}/feed.xml`,
            href: sourcePath(source.id),
          }))}
        />
        <p class="ui soft block">
          Topics and sources have Atom and JSON Feed as well: put <code>atom.xml</code> or <code>feed.json</code> in
          place of <code>feed.xml</code>. All sources as a list for your own reader: <a href="/opml.xml">OPML</a>.
        </p>
      </div>
    </main>,
  );
}

function FeedTable({
  id,
  heading,
  lists,
}: {
  id: string;
  heading: string;
  lists: readonly { name: string; address: string; href?: string }[];
}) {
  if (lists.length === 0) return null;
  return (
    <section class="block" aria-labelledby={id}>
      <h2 class="lab" id={id}>
        {heading}
      </h2>
      <div class="scroll">
        <table class="t ui">
          <tbody>
            {lists.map(({ name, address, href }) => (
              <tr>
                <th scope="row" dir="auto">
                  {href === undefined ? name : <a href={href}>{name}</a>}
                </th>
                <td>
                  <input readonly value={address} aria-label={`Address of the feed: ${name}`} />
                </td>
                <td>
                  <a
                    href={address.slice(address.indexOf('/', address.indexOf('://') + 3))}
                    aria-label={`Open the feed: ${name}`}
                  >
                    Open
                  </a>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
