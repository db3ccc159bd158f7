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
        This site reads the feeds of its <a href="/sources">sources</a> and brings together what they publish. Every
        item names the sources it came from and links to the original.
      </p>
      <h2>Via</h2>
      <p>
        When several sources carry the same article, it appears here once, and “via” names all of them, in the order in
        which they were first seen with it. Title and text are those of the article's own publisher where the publisher
        is among the sources. A source that later drops the article is still named.
      </p>
      <h2>Excerpts</h2>
      <p>
        An article is shown with its publisher's summary or its first two sentences, and in full only for sources that
        the owner of this site has chosen. Pages that show the words of others ask search engines not to list them.
        Images are not loaded from other sites: a text shows a link in their place.
        {retentionDays > 0 && ` An item is removed ${retentionDays} days after a source last listed it.`}
      </p>
      {tallies && <Views link={link} />}
      <h2>Ranking</h2>
      <Ranking />
      <h2>Contact, and removing a feed</h2>
      <Contact view={view} />
      <p class="ui soft">
        {view.config.status === 'public' && (
          <>
            <a href="/status">Status</a> shows when each feed was last checked, when it will be checked next, and why.{' '}
          </>
        )}
        Made with viaduct.
      </p>
    </main>,
  );
}

function Views({ link }: { link: Config['link'] }) {
  return (
    <>
      <h2>Views</h2>
      <p>
        A view is a person who opens an item's page here, counted once a day. There is no cookie and no script, and
        nothing kept that could tell who you are tomorrow: item, address and browser name go through a one-way function
        with a secret that is replaced every day (UTC), and the old secret is erased. Robots, prefetching and link
        previews are not counted, and at most a few people a day are counted from one network.
      </p>
      <p>
        {link === 'page'
          ? 'Links in feeds lead to the item’s page here, which links to the original. '
          : 'Links in feeds lead straight to the original, so views from feed readers are not counted. '}
        These pages also link straight to the originals: only addresses of this site that begin with /go/ count a click
        before they lead on. Pages show the exact count, at most a minute old; feeds show it in steps: 1, 2, 5, 10, 20,
        50 and so on.
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
        publisher that carries it, {hotPoints.view} for a view and {hotPoints.click} for a click; with ten times the
        points it ranks as high as one that is {hotSecondsPerTenfold / 3600} hours newer. The owner may give a source a
        weight, worth at most as much. Its first ten hold at most {perPublisher} items from one publisher. Latest and
        all feeds show the newest arrivals first.
      </p>
      <p>
        Trending Now adds {trendPoints.publisher} points for a further publisher and {trendPoints.visit} for a view or
        click; these points halve every {trendHalfLifeHours} hours. An item is listed once it has {listedFrom.trend}{' '}
        points or {listedFrom.publishers} publishers carry it, with at most {perPublisher} items from one publisher.
        Nobody can pay for a place.
      </p>
    </>
  );
}

function Contact({ view }: { view: View }) {
  const { contact } = view.config.site;
  const href = contact?.startsWith('mailto:') ? contact : webUrl(contact);
  if (contact === undefined || href === undefined)
    return <p>The owner of this site has not given a contact address.</p>;
  return (
    <p>
      <a href={href}>{contact.replace(/^(mailto:|https?:\/\/)/, '').replace(/\?.*$/, '')}</a>. To have your feed
      removed, write to this address and name the feed: a removed source disappears from every page and feed here with
      the next poll.
    </p>
  );
}
