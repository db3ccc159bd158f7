import { dayPath } from '../../publish/links.ts';
import type { Day, DayView } from '../archive-days.ts';
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
          {days.map(({ date, itemCount }) => (
            <li>
              <a href={dayPath(date)}>
                <time datetime={date}>{dateInFull(date)}</time> <span class="ui">{counted(itemCount, 'item')}</span>
              </a>
            </li>
          ))}
        </ol>
      )}
    </main>,
  );
}

/** What arrived on one day, latest first, and the ways to the days beside it. */
export function dayPage(view: View, { date, itemCount, later, earlier }: DayView, list: ListPage): string {
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
      <p class="ui soft">{counted(itemCount, 'item')} in the order of their arrival here.</p>
      <nav class="turn ui" aria-label="Days">
        {later !== undefined && <a href={dayPath(later)}>{dateInFull(later)}</a>}
        {earlier !== undefined && <a href={dayPath(earlier)}>{dateInFull(earlier)}</a>}
      </nav>
    </PagedList>,
  );
}
