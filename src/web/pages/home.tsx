import type { Item } from '../../model.ts';
import { sourcePath } from '../../publish/links.ts';
import type { SourceView, View } from '../view.ts';
import { Place } from './coverage.tsx';
import { renderPage } from './layout.tsx';
import {
  categoryLinks,
  discussIn,
  foreign,
  ItemLink,
  itemTime,
  MetaLine,
  Rows,
  TrendingAndCategories,
  ViaLink,
  viewsOf,
} from './parts.tsx';
import { dekOf, pathOf, shownText } from './shown.ts';
import { itemListData } from './structured-data.ts';
import { ageInWords, counted, dayInWords, momentInWords } from './words.ts';

const OTHERS_NAMED = 3;
const SOURCES_NAMED = 20;

/** The front page: what matters most, what came last, what trends. */
export function homePage(
  view: View,
  { lead, stories, latest }: { lead?: Item; stories: readonly Item[]; latest: readonly Item[] },
): string {
  const { site } = view.config;
  const title = shownText(view, site.title) || 'viaduct';
  const shown = lead ? [lead, ...stories] : stories;
  return renderPage(
    view,
    {
      title,
      description:
        shownText(view, site.description) ||
        `${counted(view.itemCount, 'item')} from ${counted(view.sourceCount, 'source')}, each with the sources that carry it.`,
      path: '/',
      part: '/',
      data: itemListData(view, title, shown),
    },
    <div class="wrap cols front">
      <main id="main">
        <Day view={view} />
        <div class="stories">
          {shown.map((item) => (
            <Story item={item} view={view} isLead={item === lead} />
          ))}
          {shown.length === 0 && latest.length === 0 && <NothingYet view={view} />}
          {latest.length > 0 && (
            <section class="block" aria-labelledby="la">
              <h2 class="lab" id="la">
                Latest{' '}
                <a href="/latest" aria-label="All items, latest first">
                  All items
                </a>
              </h2>
              <Rows items={latest} view={view} />
              <p class="next ui">
                <a href="/latest">Earlier</a>
              </p>
            </section>
          )}
        </div>
      </main>
      <TrendingAndCategories view={view} />
    </div>,
  );
}

function Day({ view }: { view: View }) {
  const { config, now, lastPollAt } = view;
  return (
    <div class="day">
      <h1>{dayInWords(now, config.timezone)}</h1>
      <p class="ui soft">
        {counted(view.itemCount, 'item')} from {counted(view.sourceCount, 'source')}.
        {lastPollAt !== undefined && (
          <>
            {' Updated '}
            <time datetime={lastPollAt}>{momentInWords(lastPollAt, config.timezone, now)}</time>
          </>
        )}
      </p>
    </div>
  );
}

function Story({ item, view, isLead }: { item: Item; view: View; isLead: boolean }) {
  const dek = dekOf(view, item);
  const [first, ...others] = item.via;
  return (
    <article class={isLead ? 'st lead' : 'st'}>
      <h2>
        <ItemLink item={item} view={view} />
      </h2>
      {dek !== undefined && (
        <p class="d" {...foreign(item.body, view)}>
          {dek}
        </p>
      )}
      <MetaLine
        parts={[
          categoryLinks(item, 'k'),
          itemTime(item, view, ageInWords),
          viewsOf(item, view),
          first && (
            <span>
              via <ViaLink via={first} view={view} />
            </span>
          ),
          discussIn(item, view),
        ]}
      />
      {others.length > 0 && <OtherCoverage item={item} view={view} />}
    </article>
  );
}

/** 'More: Mirror Notes, Null Result, @fieldnotes and 2 more': each name leads to that source's page for the article. */
function OtherCoverage({ item, view }: { item: Item; view: View }) {
  const [, ...others] = item.via;
  const unnamed = others.length - OTHERS_NAMED;
  return (
    <p class="mr ui">
      <b>More:</b>{' '}
      {others.slice(0, OTHERS_NAMED).map((via, at) => (
        <>
          {at > 0 && ', '}
          <Place via={via} view={view} />
        </>
      ))}
      {unnamed > 0 && (
        <>
          {' and '}
          <a href={`${pathOf(view, item)}#coverage`}>{unnamed} more</a>
        </>
      )}
    </p>
  );
}

/** The front page before the first item: what is happening, to whom, and where to look. */
function NothingYet({ view }: { view: View }) {
  const named = view.sources.slice(0, SOURCES_NAMED);
  const unnamed = view.sourceCount - named.length;
  return (
    <section class="st lead" aria-labelledby="ny">
      <h2 id="ny">{view.sourceCount === 0 ? 'No sources yet' : 'Nothing here yet'}</h2>
      <p class="d">{whatHappens(view)}</p>
      <ul class="cats ui">
        {named.map((about) => (
          <li>
            <a href={sourcePath(about.source.id)}>
              <bdi>{shownText(view, about.name)}</bdi> <span>{progressOf(about)}</span>
            </a>
          </li>
        ))}
        {unnamed > 0 && (
          <li>
            <a href="/sources">and {unnamed} more</a>
          </li>
        )}
      </ul>
      {view.config.status === 'public' && (
        <p class="ui next">
          <a href="/status">Status</a> shows when each source was last checked, when it will be checked next, and any
          problems.
        </p>
      )}
    </section>
  );
}

function whatHappens({ sources }: View): string {
  if (sources.length === 0) return 'Add the address of a feed to feeds.json, and its items will appear here.';
  const unasked = sources.filter(({ state }) => state.askedAt === undefined).length;
  if (unasked === sources.length)
    return 'The sources are about to be checked for the first time. Their items will appear here in a moment.';
  if (unasked > 0)
    return `${unasked} of ${counted(sources.length, 'source')} ${unasked === 1 ? 'has' : 'have'} not been checked yet. Look again in a moment.`;
  return 'All sources were checked, and none has published anything so far. They will be checked again on schedule.';
}

function progressOf({ state, itemCount }: SourceView): string {
  if (state.problem !== undefined) return 'could not be read';
  return state.askedAt === undefined ? 'not checked yet' : counted(itemCount, 'item');
}
