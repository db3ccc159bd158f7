import { RANKING } from '../../items/ranking.ts';
import type { View } from '../view.ts';
import { renderPage } from './layout.tsx';

/** How this site works, in words that a publisher can hold it to. */
export function aboutPage(view: View): string {
  const { site, retentionDays, tallies } = view.config;
  const { hotPoints, hotSecondsPerTenfold, trendPoints, trendHalfLifeHours, listedFrom, perPublisher } = RANKING;
  return renderPage(
    view,
    { title: 'About', description: `How ${site.title} works.`, path: '/about' },
    <main id="main" class="wrap list">
      <div class="one prose">
        <h1>About {site.title}</h1>
        {site.description !== '' && <p>{site.description}</p>}
        <p>
          This site reads the feeds of its <a href="/sources">sources</a> and tells in one place what they tell. Every
          item names its sources, in the order in which they were first seen with it, and leads to the original.
        </p>
        <h2>Via</h2>
        <p>
          When several sources tell the same article, it is one item here, and all of them stand behind “via”. The text
          that is shown is that of the article's own publisher where the publisher is among the sources. A source that
          drops the article later is still named.
        </p>
        <h2>Excerpts</h2>
        <p>
          Of an article stands here what its publisher wrote as a summary, or the first two sentences; the whole text
          only where the publisher permits it. Pages with others' words ask search engines not to list them.
          {retentionDays > 0 && ` An item leaves ${retentionDays} days after its last source stopped listing it.`}
        </p>
        {tallies && (
          <>
            <h2>Views</h2>
            <p>
              A view is a person who opens an item's page here, counted once a day. There is no cookie, no script and no
              stored identifier: address and browser name go through a one-way function with a secret that is replaced
              every day. Robots, prefetching and link previews are not counted. Feeds lead straight to the original, so
              readings that begin in a feed reader are not counted either. In feeds the count moves in steps (1, 2, 5,
              10, 20, 50 …).
            </p>
          </>
        )}
        <h2>Ranking</h2>
        <p>
          The front page ranks by points and age: {hotPoints.publisher} for each further publisher, {hotPoints.view} for
          a view, {hotPoints.click} for a click through to the original; ten times the points outweigh{' '}
          {hotSecondsPerTenfold / 3600} hours. Trending Now adds {trendPoints.publisher} for a new publisher and{' '}
          {trendPoints.visit} for a view or click, which halve every {trendHalfLifeHours} hours; an item is listed from{' '}
          {listedFrom.trend} points or {listedFrom.publishers} publishers on, at most {perPublisher} of one publisher.
        </p>
        <h2>Contact</h2>
        <p>
          {site.contact === undefined ? (
            'The owner of this site has named no contact.'
          ) : (
            <>
              <a href={site.contact}>{site.contact.replace(/^mailto:/, '')}</a>. To have your feed removed, write there
              with its address: a removed source disappears from every page and feed at once.
            </>
          )}{' '}
          When each feed was asked last, and why, stands on <a href="/status">Status</a>.
        </p>
        <p class="ui soft">Made with viaduct.</p>
      </div>
    </main>,
  );
}
