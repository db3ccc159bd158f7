import { dayPath } from '../../publish/links.ts';
import type { Day } from '../days.ts';
import type { ListPage, View } from '../view.ts';
import { renderPage } from './layout.tsx';
import { PagedList, Rows } from './parts.tsx';
import { itemListData } from './structured-data.ts';
import { counted, dateInFull } from './words.ts';

/** All days on which something arrived, with their counts. */
export function archivePage(view: View, days: readonly Day[]): string {
  return renderPage(
    view,
    { title: 'Archive', description: 'Everything on this site, day by day.', path: '/archive', part: '/latest' },
    <main id="main" class="wrap one">
      <h1>Archive</h1>
      <p class="ui soft">Everything by the day of its arrival here.</p>
      {days.length === 0 ? (
        <p class="next soft">Nothing here yet.</p>
      ) : (
        <ol class="cats rule">
          {days.map(({ date, items }) => (
            <li>
              <a href={dayPath(date)}>
                <time datetime={date}>{dateInFull(date)}</time> <span class="ui">{counted(items.length, 'item')}</span>
              </a>
            </li>
          ))}
        </ol>
      )}
    </main>,
  );
}

/** What arrived on one day, latest first, and the ways to the days beside it. */
export function dayPage(
  view: View,
  { date, items }: Day,
  { later, earlier }: { readonly later: Day | undefined; readonly earlier: Day | undefined },
  list: ListPage,
): string {
  const title = dateInFull(date);
  return renderPage(
    view,
    {
      title,
      description: `What arrived on ${title}.`,
      path: dayPath(date),
      part: '/latest',
      list,
      data: itemListData(view, title, list.items),
    },
    <PagedList list={list} view={view} empty="Nothing here." rows={<Rows items={list.items} view={view} isInDay />}>
      <p class="kick ui">
        <a href="/archive">Archive</a>
      </p>
      <h1>{title}</h1>
      <p class="ui soft">{counted(items.length, 'item')} in the order of their arrival here.</p>
      <nav class="turn ui" aria-label="Days">
        {later && <a href={dayPath(later.date)}>{dateInFull(later.date)}</a>}
        {earlier && <a href={dayPath(earlier.date)}>{dateInFull(earlier.date)}</a>}
      </nav>
    </PagedList>,
  );
}
