import type { ListPage, View } from '../view.ts';
import { renderPage } from './layout.tsx';
import { FeedLinks, PagedList } from './parts.tsx';
import { itemListData } from './structured-data.ts';
import { counted } from './words.ts';

/** Everything, newest arrival first. */
export function latestPage(view: View, list: ListPage): string {
  return renderPage(
    view,
    {
      title: 'Latest',
      description: 'Everything that came, newest first.',
      path: '/latest',
      part: '/latest',
      ...(list.nextHref !== undefined && { nextHref: list.nextHref }),
      data: itemListData(view, 'Latest', list.items),
    },
    <PagedList list={list} view={view} empty="Nothing has come yet.">
      <h1>Latest</h1>
      <p class="ui soft">
        {counted(view.itemCount, 'item')}, in the order in which they came. Follow it as <FeedLinks path="" />.
      </p>
    </PagedList>,
  );
}
