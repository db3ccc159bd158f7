import { RANKING } from '../../items/ranking.ts';
import type { Config } from '../../model.ts';
import { webUrl } from '../../publish/web-url.ts';
import type { View } from '../view.ts';
import { renderPage } from './layout.tsx';
import { shownText } from './shown.ts';

/** How this site works, in words that a publisher can hold it to. */
export function aboutPage(view: View): string {
  const { site, retentionDays, tallies, link } = view.config;
  const name = shownText(view, site.title) || 'this site';
  const description = shownText(view, site.description);
  return renderPage(
    view,
    { title: 'About', description: `How ${name} works.`, path: '/about' },
    <main id="main" class="wrap one prose">
      <h1>About {name}</h1>
      {description !== '' && <p class="dek">{description}</p>}
      <p>
        This site reads the feeds of its <a href="/sources">sources</a> and tells in one place what they tell. Every
        item names via whom it came, and leads to the original.
      </p>
      <h2>Via</h2>
      <p>
        When several sources tell the same article, it is one item here, and all of them stand behind “via”, in the
        order in which they were first seen with it. Title and text are those of the article's own publisher where the
        publisher is among the sources. A source that drops the article later is still named.
      </p>
      <h2>Excerpts</h2>
      <p>
        Of an article stands here what its publisher wrote as a summary, or the first two sentences; the whole text only
        of sources for which the owner of this site has set that. Pages with the words of others ask search engines not
        to list them. Images are not loaded from elsewhere: where a text has one, there is a link to it.
        {retentionDays > 0 && ` An item leaves ${retentionDays} days after its source last listed it.`}
      </p>
      {tallies && <Views link={link} />}
      <h2>Ranking</h2>
      <Ranking />
      <h2>Contact, and removing a feed</h2>
      <Contact view={view} />
      <p class="ui soft">
        When each feed was asked last, and when it is asked next and why, stands on <a href="/status">Status</a>. Made
        with viaduct.
      </p>
    </main>,
  );
}

function Views({ link }: { link: Config['link'] }) {
  return (
    <>
      <h2>Views</h2>
      <p>
        A view is a person who opens an item's page here, counted once a day. There is no cookie, no script and no
        stored identifier: item, address and browser name go through a one-way function with a secret that is replaced
        every day (UTC), and the old secret is erased. Robots, prefetching and link previews are not counted, and of one
        network at most a few people a day.
      </p>
      <p>
        {link === 'page'
          ? 'Links in feeds lead to the page of the item here, where the original stands first. '
          : 'Links in feeds lead straight to the original, so that a reading which begins in a feed reader is not counted. '}
        On these pages, too, originals are linked as they are: only an address of this site that begins with /go/ counts
        a click before it leads on. Pages show the count as it is, at most a minute old; feeds show it in steps: 1, 2,
        5, 10, 20, 50 and so on.
      </p>
    </>
  );
}

function Ranking() {
  const { hotPoints, hotSecondsPerTenfold, trendPoints, trendHalfLifeHours, listedFrom, perPublisher } = RANKING;
  return (
    <>
      <p>
        The front page ranks by points and age. An item has 1 point, {hotPoints.publisher} more for each further
        publisher that tells it, {hotPoints.view} for a view and {hotPoints.click} for a click; with ten times the
        points it stands as high as one that is {hotSecondsPerTenfold / 3600} hours newer. Latest and all feeds are in
        the order of arrival.
      </p>
      <p>
        Trending Now adds {trendPoints.publisher} for a further publisher and {trendPoints.visit} for a view or click;
        what was added halves every {trendHalfLifeHours} hours. An item is listed from {listedFrom.trend} on, or when{' '}
        {listedFrom.publishers} publishers tell it, at most {perPublisher} of one publisher. Nobody can pay for a place.
      </p>
    </>
  );
}

function Contact({ view }: { view: View }) {
  const { contact } = view.config.site;
  const href = contact?.startsWith('mailto:') ? contact : webUrl(contact);
  if (contact === undefined || href === undefined) return <p>The owner of this site has named no contact.</p>;
  return (
    <p>
      <a href={href}>{contact.replace(/^(mailto:|https?:\/\/)/, '').replace(/\?.*$/, '')}</a>. To have your feed
      removed, write there and name its address: a source that is removed disappears from every page and feed here with
      the next poll.
    </p>
  );
}
