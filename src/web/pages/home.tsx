import type { Item } from '../../model.ts';
import { standfirst } from '../../publish/excerpt.ts';
import { categoryPath, itemPath } from '../../publish/links.ts';
import type { View } from '../view.ts';
import { renderPage } from './layout.tsx';
import { CategoryLink, foreign, ItemLink, Rows, Trending, ViaLink, ViaWords, Views } from './parts.tsx';
import { counted, dayInWords, howLong, momentInWords } from './words.ts';

const OTHERS_NAMED = 3;

/** The front page: what matters most, what came last, what trends. */
export function homePage(
  view: View,
  { lead, stories, latest }: { lead?: Item; stories: readonly Item[]; latest: readonly Item[] },
): string {
  const { config, now, lastPollAt } = view;
  const head = {
    title: config.site.title,
    description:
      config.site.description ||
      `${counted(view.itemCount, 'item')} from ${counted(view.sources.length, 'source')}, every one with via whom it came.`,
    path: '/',
    current: 'top' as const,
  };
  return renderPage(
    view,
    head,
    <div class="wrap">
      <div class="day">
        <h1>{dayInWords(now, config.timezone)}</h1>
        <p class="ui soft">
          {counted(view.itemCount, 'item')} from {counted(view.sources.length, 'source')}.
          {lastPollAt !== undefined && (
            <>
              {' Updated '}
              <time datetime={lastPollAt}>{momentInWords(lastPollAt, config.timezone)}</time>
            </>
          )}
        </p>
      </div>
      {lead ? (
        <div class="cols front">
          <main id="main">
            <Story item={lead} view={view} isLead />
            {stories.map((item) => (
              <Story item={item} view={view} />
            ))}
            {latest.length > 0 && (
              <section class="block" aria-labelledby="la">
                <h2 class="lab" id="la">
                  Latest <a href="/latest">All items</a>
                </h2>
                <Rows items={latest} view={view} />
              </section>
            )}
          </main>
          <aside aria-label="More to read">
            <Trending view={view} />
            <Topics view={view} />
          </aside>
        </div>
      ) : (
        <Nothing view={view} />
      )}
    </div>,
  );
}

function Story({ item, view, isLead = false }: { item: Item; view: View; isLead?: boolean }) {
  const dek = standfirst(item.body);
  const others = item.via.slice(1);
  return (
    <article class={isLead ? 'st lead' : 'st'}>
      <h2>
        <ItemLink item={item} view={view} />
      </h2>
      {dek !== undefined && (
        <p class="d" {...foreign(item, view)}>
          {dek}
        </p>
      )}
      <p class="meta ui">
        {item.category !== undefined && <CategoryLink name={item.category} />}
        <time datetime={item.date}>{howLong(item.date, view.now)}</time>
        <Views item={item} view={view} />
        <ViaWords item={item} coverage={`${itemPath(item)}#coverage`} />
      </p>
      {isLead && others.length > 0 && (
        <p class="mr ui">
          <b>More:</b>{' '}
          {others.slice(0, OTHERS_NAMED).map((via, at) => (
            <>
              {at > 0 && ', '}
              <ViaLink via={via} />
            </>
          ))}
          {others.length > OTHERS_NAMED && (
            <>
              {' and '}
              <a href={`${itemPath(item)}#coverage`}>{others.length - OTHERS_NAMED} more</a>
            </>
          )}
        </p>
      )}
    </article>
  );
}

function Topics({ view }: { view: View }) {
  if (view.categories.length === 0) return null;
  return (
    <section aria-labelledby="to">
      <h2 class="lab" id="to">
        Topics <a href="/categories">All</a>
      </h2>
      <ul class="cats ui">
        {view.categories.map(({ name, itemCount }) => (
          <li>
            <a href={categoryPath(name)}>
              {name} <span>{itemCount}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Nothing({ view }: { view: View }) {
  return (
    <main id="main" class="one prose">
      <h2>Nothing here yet</h2>
      <p>
        {view.lastPollAt === undefined
          ? `${counted(view.sources.length, 'source')} will be asked; what they tell appears here by itself.`
          : 'The sources were asked and told nothing so far.'}{' '}
        <a href="/status">Status</a> says when each one was asked, and what went wrong.
      </p>
    </main>
  );
}
